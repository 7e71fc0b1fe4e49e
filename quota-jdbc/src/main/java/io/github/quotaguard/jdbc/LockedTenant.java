package io.github.quotaguard.jdbc;

import io.github.quotaguard.jdbc.Counters.Charge;
import io.github.quotaguard.jdbc.Counters.Snapshot;
import io.github.quotaguard.jdbc.Deciding.Next;
import io.github.quotaguard.jdbc.Deciding.Step;
import io.github.quotaguard.jdbc.Settling.Root;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.LimitCheck;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One look at a tenant whose root counter is locked: what its files and counters say, read once for all that is to be
 * decided, and what was decided, written once. Whoever is decided later finds what was granted before.
 */
final class LockedTenant {

    private static final int SETTLE_ROUNDS = 5;

    private final Parts parts;
    private final Sql sql;
    private final Root root;
    private final List<CounterLimit> limits;
    private final Set<Long> inFlight;
    private final LifeWriter lives;
    private @Nullable Snapshot counters;
    private boolean isWithoutArrears;

    /** What every look needs. */
    record Parts(
            OwnTransactions transactions,
            Statements statements,
            Dialect dialect,
            Reading reading,
            Settling settling,
            Counters counters) {}

    /**
     * Begins a look.
     *
     * @param limits of all that is to be decided
     * @param inFlight the overdue lives that somebody else is about to end, which count as held
     */
    LockedTenant(Parts parts, Sql sql, Root root, List<CounterLimit> limits, Set<Long> inFlight) {
        this.parts = parts;
        this.sql = sql;
        this.root = root;
        this.limits = limits;
        this.inFlight = inFlight;
        this.lives = new LifeWriter(parts.statements(), root);
    }

    Sql sql() {
        return sql;
    }

    Root root() {
        return root;
    }

    Set<Long> inFlight() {
        return inFlight;
    }

    LifeWriter lives() {
        return lives;
    }

    /**
     * A grace may have ended by a delete that no counter shows yet, and another one begin: what is open is settled first.
     */
    boolean hasMoreToSettle() throws SQLException {
        return limits.stream().anyMatch(limit -> limit.softLimit() != null)
                && parts.settling().settle(sql, root).hasMore();
    }

    /**
     * Locks the versions of some files and reads them, after the ends that are not settled yet have been: a row whose end
     * is open must not begin another life. It stays open where somebody else has locked its entry. The lock keeps expiry
     * away from a life that is being renewed.
     */
    FileVersions settledVersions(List<String> files) throws SQLException {
        @Nullable Object[] arguments = Statements.tenantAndFiles(root.tenant, files);
        if (sql.query(parts.statements().lockVersions(arguments.length - 1), row -> true, arguments)
                .isEmpty()) {
            return new FileVersions();
        }
        FileVersions versions = parts.reading().versions(sql, root.tenant, files);
        for (int round = 0; versions.isAnyOpen() && round < SETTLE_ROUNDS; round++) {
            if (parts.settling().settle(sql, root).settled() == 0) {
                break;
            }
            versions = parts.reading().versions(sql, root.tenant, files);
        }
        return versions;
    }

    /**
     * Counts a charge if it fits. Returns the limits that it does not fit into, none if it does; or what has to be done
     * before a refusal may be given. What can be settled is settled here and now, since the lock is held; then
     * everything is looked at again, since the versions of the files may have changed too. One snapshot without arrears
     * is enough for all: whoever else does not fit into it was asked for before it was taken.
     */
    Step<List<LimitCheck>> tryCharge(AllocationSpec spec, List<CounterLimit> charged, Charge charge)
            throws SQLException {
        Snapshot snapshot = counters == null ? parts.counters().read(sql, limits) : counters;
        counters = snapshot;
        if (!snapshot.hasAll(charged)) {
            return Step.first(Next.SEED);
        }
        List<LimitCheck> exceeded = snapshot.exceeded(spec, charged, charge, root.now);
        if (exceeded.isEmpty()) {
            snapshot.add(charged, charge, root.now);
        } else if (!isWithoutArrears) {
            return withoutArrears(spec, charged, charge);
        }
        return Step.answer(exceeded);
    }

    private Step<List<LimitCheck>> withoutArrears(AllocationSpec spec, List<CounterLimit> charged, Charge charge)
            throws SQLException {
        boolean begins = lives.beginsSome();
        write();
        if (begins) {
            parts.dialect().waitForCallersAgain(sql, parts.transactions().lockTimeoutMillis());
        }
        if (parts.settling().settle(sql, root).settled() > 0) {
            return Step.first(Next.LOOK_AGAIN);
        }
        Snapshot snapshot = parts.counters().readWithArrears(sql, limits, inFlight);
        if (snapshot.hasArrears(inFlight)) {
            return Step.first(Next.CLEAR_ARREARS);
        }
        counters = snapshot;
        isWithoutArrears = true;
        return tryCharge(spec, charged, charge);
    }

    /** Writes what was decided, and waits for no caller with it. */
    void write() throws SQLException {
        if (lives.beginsSome()) {
            parts.dialect().stopWaitingForCallers(sql);
        }
        lives.write(sql);
        if (counters != null) {
            parts.counters().noteGraces(sql, root.tenant, counters);
        }
        counters = null;
    }
}
