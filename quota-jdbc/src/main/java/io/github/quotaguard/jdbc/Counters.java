package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.Grace;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.Usage;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and seeds the counters of a charge. */
final class Counters {

    private final OwnTransactions transactions;
    private final Statements statements;
    private final Dialect dialect;

    Counters(OwnTransactions transactions, Statements statements, Dialect dialect) {
        this.transactions = transactions;
        this.statements = statements;
        this.dialect = dialect;
    }

    /** How much an upload asks of the counters: bytes and files more, and the size that a file would have. */
    record Charge(long bytes, int files, long fileBytes) {}

    /**
     * What counters say, by account and category; nothing of a counter that does not exist yet.
     */
    static final class Snapshot {

        private static final Found NOTHING = new Found(Usage.NONE, null);

        private final Map<Key, Found> found = new HashMap<>();
        private final List<Long> due = new ArrayList<>();
        private boolean unsettled;

        private record Key(String account, String category) {}

        private record Found(Usage usage, @Nullable Instant graceUntil) {}

        private boolean add(Row row) throws SQLException {
            Usage usage = new Usage(
                    row.number("used_bytes"),
                    row.number("reserved_bytes"),
                    row.number("used_files"),
                    row.number("reserved_files"));
            found.put(
                    new Key(row.text("account"), row.text("category")),
                    new Found(usage, row.timeOrNull("grace_until")));
            return true;
        }

        private boolean addWithArrears(Row row) throws SQLException {
            switch (row.text("what")) {
                case "C" -> add(row);
                case "U" -> unsettled = true;
                default -> due.add(row.number("used_bytes"));
            }
            return true;
        }

        private @Nullable Found of(CounterLimit limit) {
            return found.get(new Key(limit.account().path(), Rows.text(limit.category())));
        }

        boolean hasAll(List<CounterLimit> limits) {
            return limits.stream().allMatch(limit -> of(limit) != null);
        }

        /** Says whether something is unsettled, or overdue and not about to be ended by somebody else. */
        boolean hasArrears(Set<Long> inFlight) {
            return unsettled || !inFlight.containsAll(due);
        }

        List<LimitCheck> exceeded(AllocationSpec spec, List<CounterLimit> limits, Charge charge, Instant now) {
            List<LimitCheck> exceeded = new ArrayList<>();
            for (CounterLimit limit : limits) {
                CounterLimit inForce = spec.forcedReason() == null ? limit : limit.withoutLimits();
                Found counter = Optional.ofNullable(of(limit)).orElse(NOTHING);
                Grace grace = Grace.of(counter.graceUntil(), now);
                exceeded.addAll(
                        inForce.exceeded(counter.usage(), grace, charge.bytes(), charge.files(), charge.fileBytes()));
            }
            return exceeded;
        }

        /** Returns the arguments of {@link Statements#noteGrace}, one row per counter where that changes something. */
        private List<@Nullable Object[]> graces(List<CounterLimit> limits, Charge charge, Instant now) {
            List<@Nullable Object[]> rows = new ArrayList<>();
            for (CounterLimit limit : limits) {
                Found counter = Optional.ofNullable(of(limit)).orElse(NOTHING);
                Instant noted = counter.graceUntil();
                Instant due =
                        limit.graceAfter(counter.usage(), Grace.of(noted, now), now, charge.bytes(), charge.files());
                if (!Objects.equals(noted, due)) {
                    AccountId account = limit.account();
                    rows.add(new @Nullable Object[] {due, account.tenant(), account.path()});
                }
            }
            return rows;
        }
    }

    Snapshot read(Sql sql, List<CounterLimit> limits) throws SQLException {
        Snapshot snapshot = new Snapshot();
        sql.query(statements.counters, snapshot::add, arguments(limits).toArray());
        return snapshot;
    }

    /** Reads the counters and, in the same snapshot, whether anything is left to settle or to expire. */
    Snapshot readWithArrears(Sql sql, List<CounterLimit> limits, Set<Long> inFlight) throws SQLException {
        List<@Nullable Object> arguments = arguments(limits);
        String tenant = limits.get(0).account().tenant();
        arguments.add(tenant);
        arguments.add(tenant);
        arguments.add(inFlight.size() + 1);
        Snapshot snapshot = new Snapshot();
        sql.query(statements.refusalSnapshot, snapshot::addWithArrears, arguments.toArray());
        return snapshot;
    }

    /** Notes the graces that a charge begins, and those that are void by now; a forced charge begins one like any other. */
    void noteGraces(Sql sql, Snapshot before, List<CounterLimit> limits, Charge charge, Instant now)
            throws SQLException {
        sql.updateEach(statements.noteGrace, before.graces(limits, charge, now));
    }

    private static List<@Nullable Object> arguments(List<CounterLimit> limits) {
        List<String> accounts =
                limits.stream().map(limit -> limit.account().path()).distinct().toList();
        List<@Nullable Object> arguments = new ArrayList<>();
        arguments.add(limits.get(0).account().tenant());
        for (int i = 0; i < Statements.ACCOUNTS; i++) {
            arguments.add(accounts.get(Math.min(i, accounts.size() - 1)));
        }
        Category category = limits.stream()
                .map(CounterLimit::category)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        arguments.add(Rows.text(category));
        return arguments;
    }

    /** Creates the counters that do not exist yet, each in a transaction of its own, so that none waits for two. */
    void seed(List<CounterLimit> limits) {
        for (CounterLimit limit : limits) {
            transactions.statement(
                    "first charge to " + limit.account(),
                    sql -> dialect.insertIfAbsent(
                            sql,
                            statements.seed,
                            limit.account().tenant(),
                            limit.account().path(),
                            Rows.text(limit.category())));
        }
    }
}
