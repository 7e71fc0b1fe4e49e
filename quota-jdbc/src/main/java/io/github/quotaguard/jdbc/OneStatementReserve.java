package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.Replacement;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import java.sql.Array;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reserves in one statement and one round trip what needs no second look: new files of one tenant, without versions,
 * that all fit, of accounts without a soft limit.
 */
final class OneStatementReserve {

    private final OwnTransactions transactions;
    private final String statement;

    OneStatementReserve(OwnTransactions transactions, String statement) {
        this.transactions = transactions;
        this.statement = statement;
    }

    /**
     * Tries it.
     *
     * @param commands of one tenant, each of another file
     * @return granted, for each; none if a lock was not free in time; empty, with nothing changed, if {@link Deciding} has
     *     to look at them
     */
    Optional<List<ReserveResult>> tryReserve(List<ReserveCommand> commands) {
        Map<Counter, Charge> charges = new LinkedHashMap<>();
        for (ReserveCommand command : commands) {
            if (!isPlain(command) || !add(charges, command)) {
                return Optional.empty();
            }
        }
        return transactions.statement(
                "reserve of " + commands.get(0).spec().id(),
                sql -> tryReserve(sql, commands, charges.values()),
                Optional.of(List.of()));
    }

    private static boolean isPlain(ReserveCommand command) {
        AllocationSpec spec = command.spec();
        return spec.id().version().isEmpty()
                && spec.replacement().scope() == Replacement.Scope.NONE
                && command.limits().stream().allMatch(limit -> limit.softLimit() == null);
    }

    private record Counter(AccountId account, @Nullable Category category) {}

    /** How much is asked of a counter, and how much it may have at most before, for each command in turn to fit. */
    private static final class Charge {

        private final Counter counter;
        private long bytes;
        private long files;
        private long mostBytes = CounterLimit.UNLIMITED;
        private long mostFiles = CounterLimit.UNLIMITED;

        private Charge(Counter counter) {
            this.counter = counter;
        }

        /** Adds a file; false if it fits not even when nothing is used. */
        private boolean add(long fileBytes, CounterLimit limit) {
            if (fileBytes > limit.maxBytesPerFile() || fileBytes > CounterLimit.UNLIMITED - bytes) {
                return false;
            }
            bytes += fileBytes;
            files++;
            if (fileBytes > 0) {
                mostBytes = Math.min(mostBytes, limit.maxBytes() - bytes);
            }
            mostFiles = Math.min(mostFiles, limit.maxFiles() - files);
            return mostBytes >= 0 && mostFiles >= 0;
        }
    }

    private static boolean add(Map<Counter, Charge> charges, ReserveCommand command) {
        AllocationSpec spec = command.spec();
        for (CounterLimit limit : command.limits()) {
            CounterLimit inForce = spec.forcedReason() == null ? limit : limit.withoutLimits();
            if (!charges.computeIfAbsent(new Counter(limit.account(), limit.category()), Charge::new)
                    .add(spec.bytes(), inForce)) {
                return false;
            }
        }
        return true;
    }

    private Optional<List<ReserveResult>> tryReserve(Sql sql, List<ReserveCommand> commands, Collection<Charge> charges)
            throws SQLException {
        String tenant = commands.get(0).spec().id().tenant();
        List<Grant> grants = commands.stream()
                .map(command -> new Grant(command, LifeWriter.newGeneration()))
                .toList();
        Columns<Charge> charge = new Columns<>(sql, charges);
        Columns<Grant> grant = new Columns<>(sql, grants);
        Map<String, Times> times = new HashMap<>();
        try {
            sql.query(
                    statement,
                    row -> times.put(row.text("file"), new Times(row.time("born_at"), row.time("deadline"))),
                    charge.texts(one -> one.counter.account().path()),
                    charge.texts(one -> Rows.text(one.counter.category())),
                    charge.numbers(one -> one.bytes),
                    charge.numbers(one -> one.files),
                    charge.numbers(one -> one.mostBytes),
                    charge.numbers(one -> one.mostFiles),
                    grant.texts(one -> one.spec().id().file()),
                    grant.texts(one -> one.spec().account().path()),
                    grant.texts(one -> Rows.text(one.spec().category())),
                    grant.numbers(one -> one.generation),
                    grant.numbers(one -> one.spec().bytes()),
                    grant.numbers(one -> Rows.declared(one.spec())),
                    grant.texts(one -> Rows.text(one.spec().metadata())),
                    grant.texts(one -> one.spec().forcedReason()),
                    grant.texts(one -> one.spec().actor()),
                    grant.texts(one -> Objects.toString(one.spec().retainUntil(), null)),
                    grant.numbers(one ->
                            TimeUnit.NANOSECONDS.toMicros(one.command.ttl().toNanos())),
                    tenant,
                    tenant,
                    Integer.toString(transactions.lockTimeoutMillis()),
                    tenant,
                    tenant,
                    tenant,
                    tenant,
                    tenant);
        } catch (SQLException e) {
            if (PostgresDialect.NOT_A_NUMBER.equals(e.getSQLState())) {
                return Optional.empty();
            }
            throw e;
        }
        return times.isEmpty()
                ? Optional.empty()
                : Optional.of(grants.stream()
                        .<ReserveResult>map(one -> one.result(
                                Objects.requireNonNull(times.get(one.spec().id().file()))))
                        .toList());
    }

    private record Times(Instant bornAt, Instant deadline) {}

    /** A life that is to begin. */
    private record Grant(ReserveCommand command, long generation) {

        AllocationSpec spec() {
            return command.spec();
        }

        ReserveResult result(Times times) {
            return new ReserveResult.Granted(new Allocation(
                    spec(),
                    AllocationState.RESERVED,
                    generation,
                    1,
                    spec().bytes(),
                    times.bornAt,
                    times.deadline,
                    times.bornAt));
        }
    }

    /** What is bound column by column, in the order of the rows. */
    private record Columns<T>(Sql sql, Collection<T> rows) {

        Array texts(Function<T, @Nullable String> column) throws SQLException {
            return array("text", column);
        }

        Array numbers(Function<T, @Nullable Long> column) throws SQLException {
            return array("bigint", column);
        }

        private Array array(String type, Function<T, ? extends @Nullable Object> column) throws SQLException {
            return sql.connection()
                    .createArrayOf(type, rows.stream().map(column).toArray());
        }
    }
}
