package io.github.quotaguard;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.ExtendCommand;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.UsageStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Reserves and extends: asks store and policy, and the policy afresh before anything is refused. */
final class Reservations {

    private final UsageStore store;
    private final ChargeLimits limits;
    private final Duration ttl;
    private final InstantSource clock;

    Reservations(UsageStore store, QuotaPolicy policy, Duration ttl, InstantSource clock) {
        this.store = store;
        this.limits = new ChargeLimits(policy);
        this.ttl = ttl;
        this.clock = clock;
    }

    UsageStore store() {
        return store;
    }

    Duration ttl() {
        return ttl;
    }

    Admission reserve(AllocationSpec spec) {
        List<CounterLimit> known = limits.of(spec);
        ReserveResult result = store.reserve(new ReserveCommand(spec, ttl, known));
        if (result instanceof ReserveResult.Refused) {
            List<CounterLimit> fresh = limits.freshOf(spec);
            if (!fresh.equals(known)) {
                result = store.reserve(new ReserveCommand(spec, ttl, fresh));
            }
        }
        return admission(spec, result);
    }

    private Admission admission(AllocationSpec spec, ReserveResult result) {
        if (result instanceof ReserveResult.Granted granted) {
            return new Admission.Granted(new Reservation(this, granted.allocation()));
        }
        if (result instanceof ReserveResult.AlreadyStored stored) {
            return new Admission.AlreadyStored(new Reservation(this, stored.allocation()));
        }
        if (result instanceof ReserveResult.Refused refused) {
            return new Admission.Refused(spec.id(), refused.exceeded());
        }
        if (result instanceof ReserveResult.Conflict conflict) {
            return new Admission.Conflict(spec.id(), conflict.standing());
        }
        return new Admission.Busy(spec.id(), ((ReserveResult.Busy) result).reason());
    }

    /** Holds enough for a commit of {@code bytes}, at least {@code heldBytes}, and renews. */
    Allocation extend(Allocation reservation, long bytes, long heldBytes) {
        List<CounterLimit> known = limits.of(reservation.spec());
        ExtendResult result = store.extendTo(new ExtendCommand(reservation, bytes, heldBytes, ttl, known));
        if (result instanceof ExtendResult.Refused) {
            List<CounterLimit> fresh = limits.freshOf(reservation.spec());
            if (!fresh.equals(known)) {
                result = store.extendTo(new ExtendCommand(reservation, bytes, heldBytes, ttl, fresh));
            }
        }
        if (result instanceof ExtendResult.Extended extended) {
            return extended.allocation();
        }
        if (result instanceof ExtendResult.Refused refused) {
            throw new QuotaExceededException(reservation.id(), refused.exceeded());
        }
        if (result instanceof ExtendResult.Ended ended) {
            throw ReservationEndedException.ended(ended.allocation());
        }
        if (result instanceof ExtendResult.Busy busy) {
            throw new QuotaBusyException(
                    "%s: %s; it stands as it was, try again".formatted(reservation.id(), busy.reason()));
        }
        throw ReservationEndedException.unknown(reservation.id());
    }

    /** Refuses a handle that is older than anything a store has to remember. */
    void requireYoung(Allocation reservation) {
        requireYoung(ReservationToken.of(reservation));
    }

    void requireYoung(ReservationToken token) {
        if (!isYoung(token.bornAt())) {
            throw ReservationEndedException.unknown(token.id());
        }
    }

    boolean isYoung(Allocation reservation) {
        return isYoung(reservation.bornAt());
    }

    private boolean isYoung(Instant bornAt) {
        return !bornAt.isBefore(clock.instant().minus(UsageStore.RETENTION));
    }
}
