package io.github.quotaguard.jdbc;

import io.github.quotaguard.jdbc.Counters.Charge;
import io.github.quotaguard.jdbc.Counters.Snapshot;
import io.github.quotaguard.jdbc.OwnTransactions.Rollback;
import io.github.quotaguard.jdbc.Settling.Root;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.ExtendCommand;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.Lifecycle;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The first door to the counters, as several statements of one transaction under the lock of the tenant's root counter:
 * looks at the state first, then at the limits, and moves the counters only with a life that was written.
 *
 * <p>A refusal is never the first answer. What is unsettled is settled, what is overdue is expired, and only a snapshot
 * that shows neither, and the account full, refuses.
 */
final class Reserving {

    private static final int ATTEMPTS = 20;
    private static final int SETTLE_ROUNDS = 5;

    /** How many batches one transaction settles under the lock before it lets others have it. */
    private static final int LOOKS_AT_ONCE = 3;

    private final OwnTransactions transactions;
    private final Statements statements;
    private final Reading reading;
    private final Settling settling;
    private final Counters counters;
    private final LifeWriter lives;
    private final Arrears arrears;

    Reserving(
            OwnTransactions transactions,
            Statements statements,
            Dialect dialect,
            Reading reading,
            Settling settling,
            Counters counters,
            Arrears arrears) {
        this.transactions = transactions;
        this.statements = statements;
        this.reading = reading;
        this.settling = settling;
        this.counters = counters;
        this.lives = new LifeWriter(statements, dialect);
        this.arrears = arrears;
    }

    /** What a look under the lock came to: an answer, or what has to be done before the next one. */
    private record Look<T>(@Nullable T answer, Next next) {

        enum Next {
            NOTHING,
            SEED,
            LOOK_AGAIN,
            CLEAR_ARREARS,
            WAIT,
            GIVE_UP
        }

        static <T> Look<T> answer(T answer) {
            return new Look<>(answer, Next.NOTHING);
        }

        static <T> Look<T> first(Next next) {
            return new Look<>(null, next);
        }
    }

    /** Looks under the lock; overdue lives that are {@code inFlight} count as held. */
    @FunctionalInterface
    private interface Looker<T> {
        Look<T> look(Sql sql, Root root, Set<Long> inFlight) throws SQLException;
    }

    ReserveResult reserve(ReserveCommand command) {
        return untilDecided(
                "reserve of " + command.spec().id(),
                command.limits(),
                (sql, root, inFlight) -> reserve(sql, root, command, inFlight),
                new ReserveResult.Busy(OwnTransactions.BUSY));
    }

    ExtendResult extendTo(ExtendCommand command) {
        return untilDecided(
                "extension of " + command.reservation().id(),
                command.limits(),
                (sql, root, inFlight) -> extend(sql, root, command, inFlight),
                new ExtendResult.Busy(OwnTransactions.BUSY));
    }

    private <T> T untilDecided(String what, List<CounterLimit> limits, Looker<T> looker, T busy) {
        String tenant = limits.get(0).account().tenant();
        long giveUpAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(transactions.lockTimeoutMillis());
        Set<Long> inFlight = Set.of();
        int pauses = 0;
        int attempts = 0;
        while (attempts < ATTEMPTS) {
            Set<Long> held = inFlight;
            Look<T> look = transactions.inTransaction(
                    what,
                    sql -> {
                        Optional<Root> root = settling.lockRoot(sql, tenant);
                        return root.isPresent()
                                ? withoutWaiting(looker, sql, root.get(), held)
                                : Look.first(Look.Next.SEED);
                    },
                    Look.first(Look.Next.GIVE_UP));
            T answer = look.answer();
            if (answer != null) {
                return answer;
            }
            switch (look.next()) {
                case SEED -> counters.seed(limits);
                case CLEAR_ARREARS -> {
                    Optional<Set<Long>> cleared = arrears.clear(tenant);
                    if (cleared.isEmpty()) {
                        return busy;
                    }
                    inFlight = cleared.get();
                }
                case WAIT -> {
                    if (System.nanoTime() > giveUpAt) {
                        return busy;
                    }
                    OwnTransactions.pause(++pauses);
                }
                default -> {
                    return busy;
                }
            }
            attempts += look.next() == Look.Next.WAIT ? 0 : 1;
        }
        return busy;
    }

    /** Where somebody else has locked rows of the file, who has locked the root does not wait for them with it. */
    private static <T> Look<T> withoutWaiting(Looker<T> looker, Sql sql, Root root, Set<Long> inFlight)
            throws SQLException {
        try {
            return untilNothingIsSettled(looker, sql, root, inFlight);
        } catch (SQLException e) {
            if (SqlFailures.isLockTimeout(e)) {
                throw new Rollback(Look.first(Look.Next.WAIT));
            }
            throw e;
        }
    }

    private static <T> Look<T> untilNothingIsSettled(Looker<T> looker, Sql sql, Root root, Set<Long> inFlight)
            throws SQLException {
        for (int looks = 0; looks < LOOKS_AT_ONCE; looks++) {
            Look<T> look = looker.look(sql, root, inFlight);
            if (look.next() != Look.Next.LOOK_AGAIN) {
                return look;
            }
        }
        return Look.first(Look.Next.CLEAR_ARREARS);
    }

    private Look<ReserveResult> reserve(Sql sql, Root root, ReserveCommand command, Set<Long> inFlight)
            throws SQLException {
        AllocationSpec spec = command.spec();
        if (hasMoreToSettle(sql, root, command.limits())) {
            return Look.first(Look.Next.CLEAR_ARREARS);
        }
        Optional<List<Allocation>> settled = settledVersions(sql, root, spec);
        if (settled.isEmpty()) {
            return Look.first(Look.Next.CLEAR_ARREARS);
        }
        List<Allocation> versions = settled.get();
        List<Allocation> live =
                versions.stream().filter(version -> version.state().isLive()).toList();
        Optional<ReserveResult> answer = Lifecycle.answerToReserve(spec, live);
        if (answer.isPresent() && Lifecycle.isOverdue(answer.get(), root.now) && !isInFlight(answer.get(), inFlight)) {
            return Look.first(Look.Next.CLEAR_ARREARS);
        }
        if (answer.isPresent()) {
            return Look.answer(answer.get());
        }
        Optional<Allocation> retried = Lifecycle.retried(spec, live);
        if (retried.isPresent()) {
            return Look.answer(new ReserveResult.Granted(lives.retake(sql, root, retried.get(), command.ttl())));
        }
        long bytes = Math.max(0, spec.bytes() - Lifecycle.credit(spec, live));
        Charge charge = new Charge(bytes, live.isEmpty() ? 1 : 0, spec.bytes());
        Look<List<LimitCheck>> verdict = exceeded(sql, root, spec, command.limits(), charge, inFlight);
        List<LimitCheck> exceeded = verdict.answer();
        if (exceeded == null) {
            return Look.first(verdict.next());
        }
        if (!exceeded.isEmpty()) {
            return Look.answer(new ReserveResult.Refused(exceeded));
        }
        boolean hasRow = versions.stream().anyMatch(version -> version.id().equals(spec.id()));
        return Look.answer(new ReserveResult.Granted(lives.begin(sql, root, command, charge, hasRow)));
    }

    /**
     * A grace may have ended by a delete that no counter shows yet, and another one begin: what is open is settled first.
     */
    private boolean hasMoreToSettle(Sql sql, Root root, List<CounterLimit> limits) throws SQLException {
        return limits.stream().anyMatch(limit -> limit.softLimit() != null)
                && settling.settle(sql, root).hasMore();
    }

    private static boolean isInFlight(ReserveResult answer, Set<Long> inFlight) {
        return answer instanceof ReserveResult.Conflict conflict
                && inFlight.contains(conflict.standing().generation());
    }

    private Look<ExtendResult> extend(Sql sql, Root root, ExtendCommand command, Set<Long> inFlight)
            throws SQLException {
        Allocation handle = command.reservation();
        if (hasMoreToSettle(sql, root, command.limits())) {
            return Look.first(Look.Next.CLEAR_ARREARS);
        }
        Optional<List<Allocation>> settled = settledVersions(sql, root, handle.spec());
        if (settled.isEmpty()) {
            return Look.first(Look.Next.CLEAR_ARREARS);
        }
        Optional<Allocation> found = reading.find(sql, handle.id(), handle.generation());
        if (found.isEmpty()) {
            return Look.answer(new ExtendResult.Unknown());
        }
        Allocation life = found.get();
        if (life.state() != AllocationState.RESERVED) {
            return Look.answer(new ExtendResult.Ended(life));
        }
        lives.renew(sql, root, life, command.ttl());
        long more = Math.max(0, command.toHold(Lifecycle.credit(life.spec(), settled.get())) - life.bytes());
        Charge charge = new Charge(more, 0, command.bytes());
        Look<List<LimitCheck>> verdict = exceeded(sql, root, life.spec(), command.limits(), charge, inFlight);
        List<LimitCheck> exceeded = verdict.answer();
        if (exceeded == null) {
            return Look.first(verdict.next());
        }
        if (!exceeded.isEmpty()) {
            return Look.answer(new ExtendResult.Refused(exceeded));
        }
        Allocation extended = lives.extend(sql, root, life, more, command.ttl());
        return Look.answer(new ExtendResult.Extended(extended));
    }

    /**
     * Locks the versions of a file and reads them, after the ends that are not settled yet have been: a row whose end
     * is open must not begin another life. The lock keeps expiry away from a life that is being renewed.
     *
     * @return empty if an end is still open because somebody else has locked its entry
     */
    private Optional<List<Allocation>> settledVersions(Sql sql, Root root, AllocationSpec spec) throws SQLException {
        String tenant = spec.id().tenant();
        String file = spec.id().file();
        if (sql.query(statements.lockVersions, row -> true, tenant, file).isEmpty()) {
            return Optional.of(List.of());
        }
        for (int round = 0; round < SETTLE_ROUNDS; round++) {
            Optional<List<Allocation>> settled = reading.settledVersions(sql, tenant, file);
            if (settled.isPresent()) {
                return settled;
            }
            settling.settle(sql, root);
        }
        return Optional.empty();
    }

    /**
     * Returns the limits that a charge does not fit into, none if it fits, and then its graces are noted; or what has to
     * be done before a refusal may be given. What can be settled is settled here and now, since the lock is held; then
     * everything is looked at again, since the versions of the file may have changed too.
     */
    private Look<List<LimitCheck>> exceeded(
            Sql sql, Root root, AllocationSpec spec, List<CounterLimit> limits, Charge charge, Set<Long> inFlight)
            throws SQLException {
        Snapshot snapshot = counters.read(sql, limits);
        if (!snapshot.hasAll(limits)) {
            return Look.first(Look.Next.SEED);
        }
        List<LimitCheck> exceeded = snapshot.exceeded(spec, limits, charge, root.now);
        if (exceeded.isEmpty()) {
            counters.noteGraces(sql, snapshot, limits, charge, root.now);
            return Look.answer(exceeded);
        }
        if (settling.settle(sql, root).settled() > 0) {
            return Look.first(Look.Next.LOOK_AGAIN);
        }
        Snapshot last = counters.readWithArrears(sql, limits, inFlight);
        return last.hasArrears(inFlight)
                ? Look.first(Look.Next.CLEAR_ARREARS)
                : Look.answer(last.exceeded(spec, limits, charge, root.now));
    }
}
