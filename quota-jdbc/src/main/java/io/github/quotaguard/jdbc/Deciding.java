package io.github.quotaguard.jdbc;

import io.github.quotaguard.jdbc.Counters.Charge;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.ExtendCommand;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.Lifecycle;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a tenant whose root counter is locked answers: the state of the file first, then the limits. */
final class Deciding {

    private final Reading reading;

    Deciding(Reading reading) {
        this.reading = reading;
    }

    /** What has to be done before the next decision. */
    enum Next {
        NOTHING,
        SEED,
        LOOK_AGAIN,
        CLEAR_ARREARS,
        WAIT,
        GIVE_UP
    }

    /** What a decision came to: an answer, or what has to be done first. */
    record Step<T>(@Nullable T answer, Next next) {

        static <T> Step<T> answer(T answer) {
            return new Step<>(answer, Next.NOTHING);
        }

        static <T> Step<T> first(Next next) {
            return new Step<>(null, next);
        }
    }

    /** What a transaction came to: the answers to the first commands, and what has to be done before there are more. */
    record Look<T>(List<T> answers, Next next) {

        static <T> Look<T> first(Next next) {
            return new Look<>(List.of(), next);
        }
    }

    /** Answers reserves in their order, each of another file, until something has to be done first. */
    Look<ReserveResult> reserve(LockedTenant tenant, List<ReserveCommand> commands) throws SQLException {
        FileVersions versions = tenant.settledVersions(
                commands.stream().map(command -> command.spec().id().file()).toList());
        List<ReserveResult> answers = new ArrayList<>();
        for (ReserveCommand command : commands) {
            Step<ReserveResult> step = answer(tenant, versions, command);
            ReserveResult answer = step.answer();
            if (answer == null) {
                return new Look<>(answers, step.next());
            }
            answers.add(answer);
        }
        return new Look<>(answers, Next.NOTHING);
    }

    private static Step<ReserveResult> answer(LockedTenant tenant, FileVersions files, ReserveCommand command)
            throws SQLException {
        AllocationSpec spec = command.spec();
        if (files.isOpen(spec.id().file())) {
            return Step.first(Next.CLEAR_ARREARS);
        }
        List<Allocation> versions = files.of(spec.id().file());
        List<Allocation> live =
                versions.stream().filter(version -> version.state().isLive()).toList();
        Optional<ReserveResult> answer = Lifecycle.answerToReserve(spec, live);
        if (answer.isPresent()
                && Lifecycle.isOverdue(answer.get(), tenant.root().now)
                && !isInFlight(answer.get(), tenant.inFlight())) {
            return Step.first(Next.CLEAR_ARREARS);
        }
        if (answer.isPresent()) {
            return Step.answer(answer.get());
        }
        Optional<Allocation> retried = Lifecycle.retried(spec, live);
        if (retried.isPresent()) {
            return Step.answer(new ReserveResult.Granted(tenant.lives().retake(retried.get(), command.ttl())));
        }
        long bytes = Math.max(0, spec.bytes() - Lifecycle.credit(spec, live));
        Charge charge = new Charge(bytes, live.isEmpty() ? 1 : 0, spec.bytes());
        Step<List<LimitCheck>> verdict = tenant.tryCharge(spec, command.limits(), charge);
        List<LimitCheck> exceeded = verdict.answer();
        if (exceeded == null) {
            return Step.first(verdict.next());
        }
        if (!exceeded.isEmpty()) {
            return Step.answer(new ReserveResult.Refused(exceeded));
        }
        boolean hasRow = versions.stream().anyMatch(version -> version.id().equals(spec.id()));
        return Step.answer(new ReserveResult.Granted(tenant.lives().begin(command, charge, hasRow)));
    }

    private static boolean isInFlight(ReserveResult answer, Set<Long> inFlight) {
        return answer instanceof ReserveResult.Conflict conflict
                && inFlight.contains(conflict.standing().generation());
    }

    /** Answers an extension. */
    Look<ExtendResult> extend(LockedTenant tenant, ExtendCommand command) throws SQLException {
        Step<ExtendResult> step = answer(tenant, command);
        ExtendResult answer = step.answer();
        return answer == null ? Look.first(step.next()) : new Look<>(List.of(answer), Next.NOTHING);
    }

    private Step<ExtendResult> answer(LockedTenant tenant, ExtendCommand command) throws SQLException {
        Allocation handle = command.reservation();
        String file = handle.id().file();
        FileVersions versions = tenant.settledVersions(List.of(file));
        if (versions.isOpen(file)) {
            return Step.first(Next.CLEAR_ARREARS);
        }
        Optional<Allocation> found = reading.find(tenant.sql(), handle.id(), handle.generation());
        if (found.isEmpty()) {
            return Step.answer(new ExtendResult.Unknown());
        }
        Allocation life = found.get();
        if (life.state() != AllocationState.RESERVED) {
            return Step.answer(new ExtendResult.Ended(life));
        }
        tenant.lives().renew(life, command.ttl());
        long more = Math.max(0, command.toHold(Lifecycle.credit(life.spec(), versions.of(file))) - life.bytes());
        Charge charge = new Charge(more, 0, command.bytes());
        Step<List<LimitCheck>> verdict = tenant.tryCharge(life.spec(), command.limits(), charge);
        List<LimitCheck> exceeded = verdict.answer();
        if (exceeded == null) {
            return Step.first(verdict.next());
        }
        if (!exceeded.isEmpty()) {
            return Step.answer(new ExtendResult.Refused(exceeded));
        }
        return Step.answer(new ExtendResult.Extended(tenant.lives().extend(life, more, command.ttl())));
    }
}
