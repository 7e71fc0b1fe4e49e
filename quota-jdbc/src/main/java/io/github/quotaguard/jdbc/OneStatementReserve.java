package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.Replacement;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import java.sql.Array;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Reserves in one statement and one round trip what needs no second look: a new file without versions that fits, of
 * accounts without a soft limit.
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
     * @return granted, or busy if a lock was not free in time; empty, with nothing changed, if {@link Reserving} has to
     *     look at it
     */
    Optional<ReserveResult> tryReserve(ReserveCommand command) {
        AllocationSpec spec = command.spec();
        boolean tooLarge = command.limits().stream().anyMatch(limit -> spec.bytes() > limit.maxBytesPerFile());
        boolean plain = spec.id().version().isEmpty() && spec.replacement().scope() == Replacement.Scope.NONE;
        boolean soft = command.limits().stream().anyMatch(limit -> limit.softLimit() != null);
        if (!plain || tooLarge || soft) {
            return Optional.empty();
        }
        return transactions.statement(
                "reserve of " + spec.id(),
                sql -> tryReserve(sql, command).map(ReserveResult.Granted::new),
                Optional.of(new ReserveResult.Busy(OwnTransactions.BUSY)));
    }

    private Optional<Allocation> tryReserve(Sql sql, ReserveCommand command) throws SQLException {
        AllocationSpec spec = command.spec();
        List<CounterLimit> limits = spec.forcedReason() == null
                ? command.limits()
                : command.limits().stream().map(CounterLimit::withoutLimits).toList();
        long generation = LifeWriter.newGeneration();
        long ttlMicros = TimeUnit.NANOSECONDS.toMicros(command.ttl().toNanos());
        return sql.first(
                statement,
                row -> {
                    Instant bornAt = row.time("born_at");
                    Instant deadline = row.time("deadline");
                    return new Allocation(
                            spec, AllocationState.RESERVED, generation, 1, spec.bytes(), bornAt, deadline, bornAt);
                },
                Integer.toString(transactions.lockTimeoutMillis()),
                array(
                        sql,
                        "text",
                        limits.stream().map(limit -> limit.account().path()).toArray()),
                array(
                        sql,
                        "text",
                        limits.stream()
                                .map(limit -> Rows.text(limit.category()))
                                .toArray()),
                array(sql, "bigint", limits.stream().map(CounterLimit::maxBytes).toArray()),
                array(sql, "bigint", limits.stream().map(CounterLimit::maxFiles).toArray()),
                spec.id().tenant(),
                spec.id().file(),
                spec.bytes(),
                spec.id().version(),
                spec.account().path(),
                Rows.text(spec.category()),
                generation,
                Rows.declared(spec),
                Rows.text(spec.metadata()),
                spec.forcedReason(),
                spec.actor(),
                spec.retainUntil(),
                ttlMicros,
                ttlMicros);
    }

    private static Array array(Sql sql, String type, Object[] elements) throws SQLException {
        return sql.connection().createArrayOf(type, elements);
    }
}
