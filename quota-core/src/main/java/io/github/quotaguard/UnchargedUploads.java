package io.github.quotaguard;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CallerTransaction;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.Lifecycle;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.Replacement;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Admits uploads without a charge while the store fails, counts them, and says in the log when that begins and ends. */
final class UnchargedUploads {

    private static final Logger LOG = LoggerFactory.getLogger(UnchargedUploads.class);

    private final ChargeLimits limits;
    private final InstantSource clock;
    private final LongAdder uploads = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    /** How many were admitted since the store last answered. */
    private final AtomicLong sinceLastAnswer = new AtomicLong();

    UnchargedUploads(QuotaPolicy policy, InstantSource clock) {
        this.limits = new ChargeLimits(policy);
        this.clock = clock;
    }

    long uploads() {
        return uploads.sum();
    }

    long bytes() {
        return bytes.sum();
    }

    Admission admit(AllocationSpec spec, List<CounterLimit> known, UsageStoreException failure) {
        if (Thread.currentThread().isInterrupted()) {
            throw failure;
        }
        List<LimitCheck> exceeded = exceededByItself(spec, known, spec.bytes());
        if (!exceeded.isEmpty()) {
            return new Admission.Refused(spec.id(), exceeded);
        }
        if (sinceLastAnswer.getAndIncrement() == 0) {
            LOG.warn("The store fails: from now on uploads are admitted uncharged, until it answers again", failure);
        }
        uploads.increment();
        bytes.add(spec.bytes());
        LOG.info("{} for {} is admitted uncharged, with {} bytes", spec.id(), spec.account(), spec.bytes());
        return new Admission.Granted(reservation(spec, clock.instant()));
    }

    void storeHasAnswered() {
        if (sinceLastAnswer.get() > 0) {
            long admitted = sinceLastAnswer.getAndSet(0);
            if (admitted > 0) {
                LOG.warn("The store answers again: {} uploads were admitted uncharged meanwhile", admitted);
            }
        }
    }

    Reservation reservation(AllocationSpec spec, Instant bornAt) {
        Allocation allocation = new Allocation(
                spec,
                AllocationState.RESERVED,
                ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE),
                1,
                spec.bytes(),
                bornAt,
                bornAt.plus(UsageStore.RETENTION),
                bornAt);
        return new Reservation(new NoCharge(spec.bytes()), allocation);
    }

    /** Returns the limits that a size does not fit into even if nothing is used; of a replacement, those of one file. */
    private static List<LimitCheck> exceededByItself(AllocationSpec spec, List<CounterLimit> limits, long bytes) {
        if (spec.forcedReason() != null) {
            return List.of();
        }
        long more = spec.replacement().scope() == Replacement.Scope.NONE ? bytes : 0;
        return limits.stream()
                .flatMap(limit -> limit.exceeded(Usage.NONE, null, more, 0, bytes).stream())
                .toList();
    }

    /** Limits that stand in the store that fails are not known. */
    private List<CounterLimit> limitsOf(AllocationSpec spec) {
        try {
            return limits.of(spec);
        } catch (UsageStoreException e) {
            LOG.debug("The limits of {} are not known", spec.account(), e);
            return List.of();
        }
    }

    /** Of one reservation; for use by one thread at a time. */
    private final class NoCharge implements Charging {

        private long counted;
        private @Nullable Allocation ended;

        NoCharge(long counted) {
            this.counted = counted;
        }

        @Override
        public boolean isUncharged() {
            return true;
        }

        @Override
        public boolean isYoung(Allocation reservation) {
            return true;
        }

        @Override
        public void requireYoung(Allocation reservation) {}

        @Override
        public Allocation extend(Allocation reservation, long bytes, long heldBytes) {
            if (ended != null) {
                throw ReservationEndedException.ended(ended);
            }
            AllocationSpec spec = reservation.spec();
            List<LimitCheck> exceeded = exceededByItself(spec, limitsOf(spec), bytes);
            if (!exceeded.isEmpty()) {
                throw new QuotaExceededException(spec.id(), exceeded);
            }
            return in(AllocationState.RESERVED, reservation, Math.max(bytes, reservation.bytes()));
        }

        @Override
        public CommitResult commit(Allocation reservation, long size, @Nullable CallerTransaction transaction) {
            if (ended != null) {
                return Lifecycle.answerToCommit(Optional.of(ended), size).orElseThrow();
            }
            if (size > counted) {
                bytes.add(size - counted);
                counted = size;
            }
            LOG.debug("{} for {} is stored uncharged, with {} bytes", reservation.id(), reservation.account(), size);
            ended = in(AllocationState.COMMITTED, reservation, size);
            return new CommitResult.Committed(ended);
        }

        private Allocation in(AllocationState state, Allocation reservation, long size) {
            return new Allocation(
                    reservation.spec(),
                    state,
                    reservation.generation(),
                    reservation.attempt(),
                    size,
                    reservation.bornAt(),
                    reservation.deadline(),
                    reservation.since());
        }

        @Override
        public ReleaseResult release(Allocation reservation) {
            if (ended != null) {
                return Lifecycle.answerToRelease(Optional.of(ended)).orElseThrow();
            }
            ended = in(AllocationState.RELEASED, reservation, reservation.bytes());
            return ReleaseResult.RELEASED;
        }

        @Override
        public void abandon(Allocation reservation) {}

        @Override
        public ReservationToken token(Allocation reservation) {
            return ReservationToken.ofUncharged(reservation);
        }
    }
}
