package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AccountCounters;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.ChangedAccounts;
import io.github.quotaguard.store.EndedGrace;
import io.github.quotaguard.store.Grace;
import io.github.quotaguard.store.LevelChange;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.PendingWarning;
import io.github.quotaguard.store.SettlementListeners;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.WarningLevel;
import io.github.quotaguard.store.WarningStore;
import io.github.quotaguard.store.WatchedAccount;
import io.github.quotaguard.store.WatchedLimit;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who was warned of what, in tables of its own, so that the rows of the counters stay small. Locks no counter; each row
 * changes by a guarded UPDATE of its own, so of many nodes one wins.
 */
final class Warnings implements WarningStore {

    private static final int CLAIMABLE = 20;

    private final OwnTransactions transactions;
    private final WarningStatements statements;
    private final Dialect dialect;
    private final SettlementListeners listeners;

    Warnings(
            OwnTransactions transactions,
            WarningStatements statements,
            Dialect dialect,
            SettlementListeners listeners) {
        this.transactions = transactions;
        this.statements = statements;
        this.dialect = dialect;
        this.listeners = listeners;
    }

    @Override
    public Runnable onSettled(Consumer<String> listener) {
        return listeners.add(listener);
    }

    @Override
    public Page<String> behind(@Nullable String after, int size) {
        Page.requireSize(size);
        return transactions.statement(
                "search for changed tenants",
                sql -> Page.of(
                        sql.query(statements.behind, row -> row.text("tenant"), after == null ? "" : after, size + 1),
                        size));
    }

    private record Mark(long mark, long lastSeq) {}

    private record ChangedAccount(AccountId account, long seq) {}

    /** What the root says is settled is visible to every later statement. */
    @Override
    public ChangedAccounts changed(String tenant, long afterSeq, int size) {
        AccountId.requireTenant(tenant);
        Page.requireSize(size);
        Mark mark = mark(tenant);
        long from = Math.max(mark.mark(), afterSeq);
        if (from >= mark.lastSeq()) {
            return new ChangedAccounts(Set.of(), mark.mark(), from, false);
        }
        Page<ChangedAccount> changed = transactions.statement(
                "search for changed accounts of " + tenant,
                sql -> Page.of(
                        sql.query(
                                statements.changed,
                                row -> new ChangedAccount(AccountId.of(row.text("account")), row.number("seq")),
                                tenant,
                                from,
                                mark.lastSeq(),
                                size + 1),
                        size));
        Set<AccountId> accounts = new LinkedHashSet<>();
        changed.items().forEach(entry -> accounts.add(entry.account()));
        long to = changed.hasMore() ? changed.items().get(size - 1).seq() : mark.lastSeq();
        return new ChangedAccounts(accounts, mark.mark(), to, changed.hasMore());
    }

    private Mark mark(String tenant) {
        return transactions
                .statement(
                        "mark of " + tenant,
                        sql -> sql.first(
                                statements.mark,
                                row -> new Mark(row.number("mark"), row.number("last_seq")),
                                tenant,
                                tenant))
                .orElse(new Mark(0, 0));
    }

    @Override
    public Page<EndedGrace> endedGraces(int level, @Nullable AccountId after, int size) {
        Page.requireSize(size);
        String tenant = after == null ? "" : after.tenant();
        String path = after == null ? "" : after.path();
        return transactions.statement(
                "search for ended graces",
                sql -> Page.of(
                        sql.query(
                                statements.endedGraces,
                                row -> new EndedGrace(AccountId.of(row.text("account")), row.time("grace_until")),
                                level,
                                tenant,
                                tenant,
                                path,
                                size + 1),
                        size));
    }

    @Override
    public boolean mark(String tenant, long from, long to) {
        AccountId.requireTenant(tenant);
        WarningStore.requireMark(from, to, mark(tenant).lastSeq());
        return transactions.statement(
                "mark of " + tenant,
                sql -> sql.update(statements.moveMark, to, tenant, from) == 1
                        || (from == 0 && dialect.insertIfAbsent(sql, statements.insertMark, tenant, to)));
    }

    @Override
    public WatchedAccount watched(AccountId account) {
        return transactions.snapshot("levels of " + account, sql -> {
            Watching watching = new Watching(account);
            sql.query(
                    statements.watched,
                    watching::add,
                    account.tenant(),
                    account.path(),
                    account.tenant(),
                    account.path());
            return watching.result();
        });
    }

    /** Gathers counters and levels of an account. */
    private static final class Watching {

        private final AccountId account;
        private Usage total = Usage.NONE;
        private @Nullable Grace grace;
        private final Map<Category, Usage> categories = new HashMap<>();
        private final Map<WatchedLimit, WarningLevel> levels = new HashMap<>();

        Watching(AccountId account) {
            this.account = account;
        }

        private boolean add(Row row) throws SQLException {
            Category category = Rows.category(row.text("category"));
            if (row.text("what").equals("L")) {
                levels.put(
                        new WatchedLimit(account, MetricType.valueOf(row.text("metric")), category),
                        new WarningLevel(row.smallNumber("level"), row.number("raises")));
                return true;
            }
            Usage usage =
                    new Usage(row.number("used_bytes"), row.number("reserved_bytes"), row.number("used_files"), 0);
            if (category == null) {
                total = usage;
                grace = Grace.of(row.timeOrNull("grace_until"), row.time("now"));
            } else {
                categories.put(category, usage);
            }
            return true;
        }

        private WatchedAccount result() {
            return new WatchedAccount(new AccountCounters(account, total, categories, null, grace), levels);
        }
    }

    @Override
    public boolean move(LevelChange change) {
        return transactions.inTransaction("warning level of " + change.limit(), sql -> move(sql, change));
    }

    private boolean move(Sql sql, LevelChange change) throws SQLException {
        WarningLevel before = change.before();
        WarningLevel after = change.after();
        List<@Nullable Object> row = new ArrayList<>();
        Collections.addAll(row, after.level(), after.raises());
        Collections.addAll(row, key(change.limit()));
        boolean isMoved = before.equals(WarningLevel.NONE)
                ? dialect.insertIfAbsent(sql, statements.insertLevel, row.toArray())
                : sql.update(statements.moveLevel, with(row.toArray(), before.level(), before.raises())) == 1;
        if (isMoved && change.isRaise()) {
            sql.update(
                    statements.insertWarning,
                    with(
                            key(change.limit()),
                            after.raises(),
                            after.level(),
                            change.used(),
                            change.max(),
                            change.graceEndsAt()));
        }
        return isMoved;
    }

    private record Claimable(PendingWarning warning, int claims, Instant now) {}

    @Override
    public Optional<PendingWarning> claim(Duration lease) {
        WarningStore.requireLease(lease);
        List<Claimable> claimable = List.of();
        do {
            claimable = transactions.statement(
                    "search for warnings", sql -> sql.query(statements.claimable, Warnings::claimable, CLAIMABLE));
            for (Claimable candidate : claimable) {
                if (claim(candidate, lease)) {
                    return Optional.of(candidate.warning());
                }
            }
        } while (!claimable.isEmpty());
        return Optional.empty();
    }

    private boolean claim(Claimable candidate, Duration lease) {
        PendingWarning warning = candidate.warning();
        List<@Nullable Object> arguments = new ArrayList<>();
        arguments.add(candidate.now().plus(WarningStore.leaseAfter(lease, candidate.claims())));
        Collections.addAll(arguments, key(warning.limit()));
        Collections.addAll(arguments, warning.raised().raises(), candidate.claims());
        return transactions.statement(
                "claim of " + warning.id(), sql -> sql.update(statements.claim, arguments.toArray()) == 1);
    }

    private static Claimable claimable(Row row) throws SQLException {
        PendingWarning warning = new PendingWarning(
                new WatchedLimit(
                        AccountId.of(row.text("account")),
                        MetricType.valueOf(row.text("metric")),
                        Rows.category(row.text("category"))),
                new WarningLevel(row.smallNumber("level"), row.number("raises")),
                row.number("used"),
                row.number("max_used"),
                row.timeOrNull("grace_ends_at"),
                row.time("raised_at"));
        return new Claimable(warning, row.smallNumber("claims"), row.time("now"));
    }

    @Override
    public void confirm(PendingWarning warning) {
        transactions.statement(
                "confirmation of " + warning.id(),
                sql -> sql.update(
                        statements.confirm,
                        with(key(warning.limit()), warning.raised().raises())));
    }

    private static @Nullable Object[] key(WatchedLimit limit) {
        return new @Nullable Object[] {
            limit.account().tenant(),
            limit.account().path(),
            Rows.text(limit.category()),
            limit.metric().name()
        };
    }

    private static @Nullable Object[] with(@Nullable Object[] arguments, @Nullable Object... more) {
        List<@Nullable Object> all = new ArrayList<>(Arrays.asList(arguments));
        Collections.addAll(all, more);
        return all.toArray();
    }
}
