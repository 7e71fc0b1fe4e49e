package io.github.quotaguard.jdbc;

import io.github.quotaguard.jdbc.Counters.Charge;
import io.github.quotaguard.jdbc.Settling.Root;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.UsageStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** Writes what reserve and extend come to, under the lock of the root counter: the life, then the counters it moves. */
final class LifeWriter {

    private final Statements statements;
    private final Dialect dialect;

    LifeWriter(Statements statements, Dialect dialect) {
        this.statements = statements;
        this.dialect = dialect;
    }

    /** Renews a life that a retry has taken over. */
    Allocation retake(Sql sql, Root root, Allocation life, Duration ttl) throws SQLException {
        Allocation again = renewed(life, 1, life.bytes(), root.now, ttl);
        write(sql, again);
        return again;
    }

    /** Renews a life. */
    void renew(Sql sql, Root root, Allocation life, Duration ttl) throws SQLException {
        write(sql, renewed(life, 0, life.bytes(), root.now, ttl));
    }

    /** Lets a life hold more. */
    Allocation extend(Sql sql, Root root, Allocation life, long more, Duration ttl) throws SQLException {
        Allocation extended = renewed(life, 0, life.bytes() + more, root.now, ttl);
        write(sql, extended);
        moveCounters(sql, root, life.spec(), more, 0);
        return extended;
    }

    /** Begins a life, in place of one that has ended if the version has a row. */
    Allocation begin(Sql sql, Root root, ReserveCommand command, Charge charge, boolean hasRow) throws SQLException {
        AllocationSpec spec = command.spec();
        Instant now = root.now;
        Allocation life = new Allocation(
                spec, AllocationState.RESERVED, newGeneration(), 1, charge.bytes(), now, now.plus(command.ttl()), now);
        dialect.stopWaitingForCallers(sql);
        sql.update(
                hasRow ? statements.overwriteAllocation : statements.writeAllocation,
                spec.account().path(),
                Rows.text(spec.category()),
                life.generation(),
                life.bytes(),
                charge.files(),
                Rows.declared(spec),
                Rows.text(spec.replacement()),
                Rows.text(spec.metadata()),
                spec.forcedReason(),
                spec.actor(),
                spec.retainUntil(),
                life.bornAt(),
                life.deadline(),
                life.since(),
                life.deadline(),
                spec.id().tenant(),
                spec.id().file(),
                spec.id().version());
        moveCounters(sql, root, spec, charge.bytes(), charge.files());
        if (!spec.id().version().isEmpty()) {
            sql.update(statements.countVersioned, root.tenant, root.tenant);
        }
        return life;
    }

    static long newGeneration() {
        return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    }

    private void moveCounters(Sql sql, Root root, AllocationSpec spec, long bytes, int files) throws SQLException {
        CounterDelta delta = new CounterDelta();
        delta.add(spec.account(), Rows.text(spec.category()), 0, bytes, 0, files);
        sql.updateEach(statements.moveCounter, delta.rows(root.tenant, root.now, 0));
    }

    /** Returns a life renewed, never past the time for which ended lives are remembered. */
    private static Allocation renewed(Allocation life, int moreAttempts, long bytes, Instant now, Duration ttl) {
        Instant last = life.bornAt().plus(UsageStore.RETENTION);
        Instant wanted = now.plus(ttl);
        return new Allocation(
                life.spec(),
                life.state(),
                life.generation(),
                life.attempt() + moreAttempts,
                bytes,
                life.bornAt(),
                wanted.isBefore(last) ? wanted : last,
                life.since());
    }

    private void write(Sql sql, Allocation life) throws SQLException {
        sql.update(
                statements.renewAllocation,
                life.attempt(),
                life.bytes(),
                life.deadline(),
                life.deadline(),
                life.id().tenant(),
                life.id().file(),
                life.id().version());
    }
}
