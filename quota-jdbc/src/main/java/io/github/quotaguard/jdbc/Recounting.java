package io.github.quotaguard.jdbc;

import io.github.quotaguard.jdbc.Settling.Root;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Adjustment;
import io.github.quotaguard.store.Balance;
import io.github.quotaguard.store.BalanceSums;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.RepairCause;
import io.github.quotaguard.store.RepairLease;
import io.github.quotaguard.store.Usage;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares counters with lives and entries, and moves those that are wrong. The difference is taken without the root's
 * lock, which correct traffic does not change, and applied under it, unless another repair has applied one since.
 */
final class Recounting {

    /** How many counters are looked for, and made, at a time. */
    private static final int SEEDED_AT_ONCE = 100;

    private final OwnTransactions transactions;
    private final RepairStatements statements;
    private final Statements storeStatements;
    private final Settling settling;
    private final Counters counters;

    Recounting(LockedTenant.Parts parts, RepairStatements statements) {
        this.transactions = parts.transactions();
        this.storeStatements = parts.statements();
        this.settling = parts.settling();
        this.counters = parts.counters();
        this.statements = statements;
    }

    List<Balance> balances(String tenant) {
        return transactions.snapshot("balances of " + tenant, sql -> {
            BalanceSums sums = new BalanceSums();
            sql.query(statements.balances, row -> add(sums, row), tenant, tenant, tenant);
            return sums.balances();
        });
    }

    private static boolean add(BalanceSums sums, Row row) throws SQLException {
        AccountId account = AccountId.of(row.text("account"));
        Category category = Rows.category(row.text("category"));
        Usage usage = new Usage(
                row.number("used_bytes"),
                row.number("reserved_bytes"),
                row.number("used_files"),
                row.number("reserved_files"));
        switch (row.text("what")) {
            case "C" -> sums.addCounter(account, category, usage);
            case "A" -> sums.addLives(account, category, usage);
            default -> sums.addEntries(account, category, usage);
        }
        return true;
    }

    List<Balance> recount(RepairLease lease, RepairCause cause) {
        String tenant = lease.tenant();
        long epoch = epoch(tenant);
        List<Balance> balances = balances(tenant);
        List<Balance> uneven =
                balances.stream().filter(balance -> !balance.isEven()).toList();
        List<Adjustment> adjustments = Adjustment.of(balances);
        if (adjustments.isEmpty()) {
            return List.of();
        }
        seed(tenant, adjustments);
        boolean isMade = transactions.inTransaction(
                "recount of " + tenant, sql -> recount(sql, lease, cause, epoch, adjustments));
        return isMade ? uneven : List.of();
    }

    private long epoch(String tenant) {
        return transactions.statement(
                "epoch of " + tenant,
                sql -> sql.first(statements.epoch, row -> row.number("epoch"), tenant)
                        .orElse(0L));
    }

    private void seed(String tenant, List<Adjustment> adjustments) {
        List<CounterLimit> wanted = new ArrayList<>(List.of(CounterLimit.unlimited(AccountId.of(tenant), null)));
        adjustments.forEach(
                adjustment -> wanted.add(CounterLimit.unlimited(adjustment.account(), adjustment.category())));
        for (int from = 0; from < wanted.size(); from += SEEDED_AT_ONCE) {
            counters.seed(wanted.subList(from, Math.min(wanted.size(), from + SEEDED_AT_ONCE)));
        }
    }

    private boolean recount(Sql sql, RepairLease lease, RepairCause cause, long epoch, List<Adjustment> adjustments)
            throws SQLException {
        String tenant = lease.tenant();
        Optional<Root> root = settling.lockRoot(sql, tenant);
        Optional<Repairs.Lease> leased = Repairs.Lease.lock(sql, statements, lease);
        if (root.isEmpty() || leased.isEmpty() || leased.get().epoch() != epoch) {
            return false;
        }
        long before = root.get().lastSeq();
        List<@Nullable Object[]> entries = new ArrayList<>();
        List<@Nullable Object[]> moves = new ArrayList<>();
        Usage ofRoot = Usage.NONE;
        for (Adjustment adjustment : adjustments) {
            entries.add(entry(root.get(), adjustment, cause));
            boolean isRoot =
                    adjustment.category() == null && adjustment.account().path().equals(tenant);
            if (isRoot) {
                ofRoot = adjustment.move();
            } else if (!adjustment.move().equals(Usage.NONE)) {
                moves.add(move(root.get(), adjustment.account(), adjustment.category(), adjustment.move(), 0));
            }
        }
        moves.add(
                move(root.get(), AccountId.of(tenant), null, ofRoot, root.get().lastSeq() - before));
        sql.updateEach(statements.insertAdjustment, entries);
        sql.updateEach(storeStatements.moveCounter, moves);
        sql.update(statements.moveEpoch, tenant);
        settling.tellAfterCommit(sql, tenant);
        return true;
    }

    private static @Nullable Object[] entry(Root root, Adjustment adjustment, RepairCause cause) {
        long seq = root.nextSeq();
        return new @Nullable Object[] {
            root.tenant,
            seq,
            adjustment.account().path(),
            Rows.text(adjustment.category()),
            adjustment.ledgerBytes(),
            adjustment.ledgerFiles(),
            adjustment.reason(cause),
            cause.actor(),
            root.now,
            seq,
            root.now
        };
    }

    private static @Nullable Object[] move(
            Root root, AccountId account, @Nullable Category category, Usage by, long numbered) {
        return new @Nullable Object[] {
            by.usedBytes(),
            by.reservedBytes(),
            by.usedFiles(),
            by.reservedFiles(),
            numbered,
            root.now,
            root.tenant,
            account.path(),
            Rows.text(category)
        };
    }
}
