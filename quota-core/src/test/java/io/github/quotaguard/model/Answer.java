package io.github.quotaguard.model;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.ReserveResult;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** What a call answers, in a form in which a store's answer and the model's can be compared. */
record Answer(What what, Set<Seen> lives, Set<?> details) {

    enum What {
        GRANTED,
        ALREADY_STORED,
        CONFLICT,
        REFUSED,
        BUSY,
        EXTENDED,
        ENDED,
        UNKNOWN,
        COMMITTED,
        NOT_COVERED,
        RELEASED,
        NO_EFFECT,
        DELETED,
        FOUND
    }

    /** A life as an answer shows it: times in minutes since its birth, since a database's clock can not be stopped. */
    record Seen(
            int life,
            AllocationSpec spec,
            AllocationState state,
            int attempt,
            long bytes,
            long deadlineMinute,
            long sinceMinute) {

        static Seen of(Allocation allocation, ToIntFunction<Allocation> number) {
            return new Seen(
                    number.applyAsInt(allocation),
                    allocation.spec(),
                    allocation.state(),
                    allocation.attempt(),
                    allocation.bytes(),
                    Duration.between(allocation.bornAt(), allocation.deadline()).toMinutes(),
                    Duration.between(allocation.bornAt(), allocation.since()).toMinutes());
        }

        @Override
        public String toString() {
            return "life %d of %s: %s, %d bytes, attempt %d, since minute %d, until minute %d"
                    .formatted(life, spec, state, bytes, attempt, sinceMinute, deadlineMinute);
        }
    }

    static Answer of(What what) {
        return new Answer(what, Set.of(), Set.of());
    }

    static Answer of(What what, Seen life) {
        return new Answer(what, Set.of(life), Set.of());
    }

    /** Of an earlier life a store may have kept no more than how it ended. */
    static Answer ended(int life, AllocationState state) {
        return new Answer(What.ENDED, Set.of(), Set.of(life, state));
    }

    static Answer of(ReserveResult result, ToIntFunction<Allocation> number) {
        if (result instanceof ReserveResult.Granted granted) {
            return of(What.GRANTED, Seen.of(granted.allocation(), number));
        }
        if (result instanceof ReserveResult.AlreadyStored stored) {
            return of(What.ALREADY_STORED, Seen.of(stored.allocation(), number));
        }
        if (result instanceof ReserveResult.Conflict conflict) {
            return of(What.CONFLICT, Seen.of(conflict.standing(), number));
        }
        if (result instanceof ReserveResult.Refused refused) {
            return new Answer(What.REFUSED, Set.of(), Set.copyOf(refused.exceeded()));
        }
        return of(What.BUSY);
    }

    static Answer of(ExtendResult result, ToIntFunction<Allocation> number) {
        if (result instanceof ExtendResult.Extended extended) {
            return of(What.EXTENDED, Seen.of(extended.allocation(), number));
        }
        if (result instanceof ExtendResult.Ended ended) {
            return ended(
                    number.applyAsInt(ended.allocation()), ended.allocation().state());
        }
        if (result instanceof ExtendResult.Refused refused) {
            return new Answer(What.REFUSED, Set.of(), Set.copyOf(refused.exceeded()));
        }
        return of(result instanceof ExtendResult.Unknown ? What.UNKNOWN : What.BUSY);
    }

    static Answer of(CommitResult result, ToIntFunction<Allocation> number) {
        if (result instanceof CommitResult.Committed committed) {
            return of(What.COMMITTED, Seen.of(committed.allocation(), number));
        }
        if (result instanceof CommitResult.Conflict conflict) {
            return of(What.CONFLICT, Seen.of(conflict.allocation(), number));
        }
        if (result instanceof CommitResult.Ended ended) {
            return ended(
                    number.applyAsInt(ended.allocation()), ended.allocation().state());
        }
        if (result instanceof CommitResult.NotCovered short_) {
            return new Answer(
                    What.NOT_COVERED, Set.of(Seen.of(short_.allocation(), number)), Set.of(short_.heldBytes()));
        }
        return of(What.UNKNOWN);
    }

    static Answer of(DeleteResult result, ToIntFunction<Allocation> number) {
        return new Answer(What.DELETED, seen(result.deleted(), number), seen(result.reserved(), number));
    }

    static Answer found(Collection<Allocation> lives, ToIntFunction<Allocation> number) {
        return new Answer(What.FOUND, seen(lives, number), Set.of());
    }

    private static Set<Seen> seen(Collection<Allocation> lives, ToIntFunction<Allocation> number) {
        List<Seen> seen = lives.stream().map(life -> Seen.of(life, number)).toList();
        Set<Seen> distinct = seen.stream().collect(Collectors.toUnmodifiableSet());
        if (distinct.size() < seen.size()) {
            throw new AssertionError("listed twice: " + seen);
        }
        return distinct;
    }
}
