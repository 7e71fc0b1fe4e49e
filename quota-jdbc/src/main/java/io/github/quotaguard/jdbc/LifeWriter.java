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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Collects what reserve and extend come to, under the lock of the root counter, and writes it: the lives, then each of
 * the counters that they move, once.
 */
final class LifeWriter {

    private final Statements statements;
    private final Root root;
    private final List<@Nullable Object[]> newLives = new ArrayList<>();
    private final List<@Nullable Object[]> livesAnew = new ArrayList<>();
    private final List<@Nullable Object[]> retaken = new ArrayList<>();

    /** Alone, and perhaps as it was: at the end of its retention a life is renewed no further. */
    private @Nullable Allocation renewed;

    private CounterDelta delta = new CounterDelta();
    private boolean isVersioned;

    LifeWriter(Statements statements, Root root) {
        this.statements = statements;
        this.root = root;
    }

    /** Renews a life that a retry has taken over. */
    Allocation retake(Allocation life, Duration ttl) {
        Allocation again = renewed(life, 1, life.bytes(), ttl);
        retaken.add(renewal(again));
        return again;
    }

    /** Renews a life. */
    void renew(Allocation life, Duration ttl) {
        renewed = renewed(life, 0, life.bytes(), ttl);
    }

    /** Lets a life hold more. */
    Allocation extend(Allocation life, long more, Duration ttl) {
        delta.add(life.account(), Rows.text(life.category()), 0, more, 0, 0);
        Allocation extended = renewed(life, 0, life.bytes() + more, ttl);
        renewed = extended;
        return extended;
    }

    /** Begins a life, in place of one that has ended if the version has a row. */
    Allocation begin(ReserveCommand command, Charge charge, boolean hasRow) {
        AllocationSpec spec = command.spec();
        Instant now = root.now;
        Allocation life = new Allocation(
                spec, AllocationState.RESERVED, newGeneration(), 1, charge.bytes(), now, now.plus(command.ttl()), now);
        (hasRow ? livesAnew : newLives).add(new @Nullable Object[] {
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
            spec.id().version()
        });
        delta.add(spec.account(), Rows.text(spec.category()), 0, charge.bytes(), 0, charge.files());
        isVersioned |= !spec.id().version().isEmpty();
        return life;
    }

    static long newGeneration() {
        return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    }

    boolean beginsSome() {
        return !newLives.isEmpty() || !livesAnew.isEmpty();
    }

    /** Writes what was collected. */
    void write(Sql sql) throws SQLException {
        if (renewed != null) {
            sql.update(statements.renewAllocation, renewal(renewed));
        }
        sql.updateEach(statements.renewAllocation, retaken);
        sql.updateEach(statements.overwriteAllocation, livesAnew);
        sql.updateEach(statements.writeAllocation, newLives);
        sql.updateEach(statements.moveCounter, delta.rows(root.tenant, root.now, 0));
        if (isVersioned) {
            sql.update(statements.countVersioned, root.tenant, root.tenant);
        }
        renewed = null;
        retaken.clear();
        livesAnew.clear();
        newLives.clear();
        delta = new CounterDelta();
        isVersioned = false;
    }

    /** Returns a life renewed, never past the time for which ended lives are remembered. */
    private Allocation renewed(Allocation life, int moreAttempts, long bytes, Duration ttl) {
        Instant last = life.bornAt().plus(UsageStore.RETENTION);
        Instant wanted = root.now.plus(ttl);
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

    private static @Nullable Object[] renewal(Allocation life) {
        return new @Nullable Object[] {
            life.attempt(),
            life.bytes(),
            life.deadline(),
            life.deadline(),
            life.id().tenant(),
            life.id().file(),
            life.id().version()
        };
    }
}
