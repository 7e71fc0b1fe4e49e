package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.Grace;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.Usage;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
     * What counters say, by account and category, with what was granted since; nothing of a counter that does not exist
     * yet.
     */
    static final class Snapshot {

        private static final Found NOTHING = new Found(Usage.NONE, null, null);

        private final Map<Key, Found> found = new HashMap<>();
        private final List<Long> due = new ArrayList<>();
        private boolean unsettled;

        private record Key(String account, String category) {}

        private record Found(
                Usage usage,
                @Nullable Instant graceRead,
                @Nullable Instant graceUntil) {}

        private boolean add(Row row) throws SQLException {
            switch (row.text("what")) {
                case "C" -> {
                    Usage usage = new Usage(
                            row.number("used_bytes"),
                            row.number("reserved_bytes"),
                            row.number("used_files"),
                            row.number("reserved_files"));
                    Instant grace = row.timeOrNull("grace_until");
                    found.put(new Key(row.text("account"), row.text("category")), new Found(usage, grace, grace));
                }
                case "U" -> unsettled = true;
                default -> due.add(row.number("used_bytes"));
            }
            return true;
        }

        private @Nullable Found of(CounterLimit limit) {
            return found.get(key(limit));
        }

        private static Key key(CounterLimit limit) {
            return new Key(limit.account().path(), Rows.text(limit.category()));
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

        /**
         * Adds a charge that is granted, with the graces that it begins, and those that it makes void; a forced one
         * begins one like any other.
         */
        void add(List<CounterLimit> limits, Charge charge, Instant now) {
            for (CounterLimit limit : limits) {
                Found counter = Optional.ofNullable(of(limit)).orElse(NOTHING);
                Usage usage = counter.usage();
                Instant noted = counter.graceUntil();
                Instant due = limit.graceAfter(usage, Grace.of(noted, now), now, charge.bytes(), charge.files());
                Usage more = new Usage(
                        usage.usedBytes(),
                        usage.reservedBytes() + charge.bytes(),
                        usage.usedFiles(),
                        usage.reservedFiles() + charge.files());
                found.put(key(limit), new Found(more, counter.graceRead(), due));
            }
        }
    }

    Snapshot read(Sql sql, List<CounterLimit> limits) throws SQLException {
        Question question = new Question(limits);
        Snapshot snapshot = new Snapshot();
        sql.query(
                statements.counters(question.accounts, question.categories),
                snapshot::add,
                question.arguments.toArray());
        return snapshot;
    }

    /** Reads the counters and, in the same snapshot, whether anything is left to settle or to expire. */
    Snapshot readWithArrears(Sql sql, List<CounterLimit> limits, Set<Long> inFlight) throws SQLException {
        Question question = new Question(limits);
        String tenant = limits.get(0).account().tenant();
        question.arguments.add(tenant);
        question.arguments.add(tenant);
        question.arguments.add(inFlight.size() + 1);
        Snapshot snapshot = new Snapshot();
        sql.query(
                statements.refusalSnapshot(question.accounts, question.categories),
                snapshot::add,
                question.arguments.toArray());
        return snapshot;
    }

    /** Notes the graces that what was granted has begun, and those that are void by now. */
    void noteGraces(Sql sql, String tenant, Snapshot snapshot) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        snapshot.found.forEach((counter, found) -> {
            if (!Objects.equals(found.graceRead(), found.graceUntil())) {
                rows.add(new @Nullable Object[] {found.graceUntil(), tenant, counter.account()});
            }
        });
        sql.updateEach(statements.noteGrace, rows);
    }

    /** Which counters are asked for: of each account the total, and the category of each limit. */
    private static final class Question {

        final List<@Nullable Object> arguments = new ArrayList<>();
        final int accounts;
        final int categories;

        Question(List<CounterLimit> limits) {
            Set<String> accountsAsked = new TreeSet<>();
            Set<String> categoriesAsked = new TreeSet<>();
            for (CounterLimit limit : limits) {
                accountsAsked.add(limit.account().path());
                categoriesAsked.add(Rows.text(limit.category()));
            }
            if (categoriesAsked.size() > 1) {
                categoriesAsked.remove("");
            }
            arguments.add(limits.get(0).account().tenant());
            accounts = Statements.addFilledUp(arguments, accountsAsked, Statements.ACCOUNTS);
            categories = Statements.addFilledUp(arguments, categoriesAsked, 1);
        }
    }

    /** Creates the counters that do not exist yet, each in a transaction of its own, so that none waits for two. */
    void seed(List<CounterLimit> limits) {
        Snapshot there =
                transactions.statement("first charge to " + limits.get(0).account(), sql -> read(sql, limits));
        Set<Snapshot.Key> seeded = new HashSet<>();
        for (CounterLimit limit : limits) {
            if (there.of(limit) == null && seeded.add(Snapshot.key(limit))) {
                long lastSeq = lastSeq(limit);
                transactions.statement("first charge to " + limit.account(), sql -> seed(sql, limit, lastSeq));
            }
        }
    }

    /**
     * A root that somebody has deleted goes on with the numbers of its ledger. Read before, since an INSERT that reads
     * would wait on MariaDB for entries that are not committed; without a root, nobody settles any meanwhile.
     */
    private long lastSeq(CounterLimit limit) {
        String tenant = limit.account().tenant();
        boolean isRoot = limit.category() == null && limit.account().path().equals(tenant);
        return isRoot
                ? transactions.statement(
                        "first charge to " + limit.account(),
                        sql -> sql.first(statements.lastSeq, row -> row.number("seq"), tenant)
                                .orElse(0L))
                : 0;
    }

    private boolean seed(Sql sql, CounterLimit limit, long lastSeq) throws SQLException {
        return dialect.insertIfAbsent(
                sql,
                statements.seed,
                limit.account().tenant(),
                limit.account().path(),
                Rows.text(limit.category()),
                lastSeq);
    }
}
