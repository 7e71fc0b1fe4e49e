package io.github.quotaguard;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.CallerTransaction;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.ExtendCommand;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reserves and extends: asks store and policy, and the policy afresh before anything is refused. */
final class Reservations implements Charging {

    private final UsageStore store;
    private final Function<ReserveCommand, ReserveResult> reserves;
    private final ChargeLimits limits;
    private final Duration ttl;
    private final InstantSource clock;
    private final @Nullable UnchargedUploads uncharged;
    private final UploadInterceptor interceptor;

    /**
     * Creates what a guard works with; {@code reserves} is how the store is asked for room, and without
     * {@code uncharged} the guard is closed while the store fails.
     */
    Reservations(
            UsageStore store,
            Function<ReserveCommand, ReserveResult> reserves,
            QuotaPolicy policy,
            Duration ttl,
            InstantSource clock,
            @Nullable UnchargedUploads uncharged,
            UploadInterceptor interceptor) {
        this.store = store;
        this.reserves = reserves;
        this.limits = new ChargeLimits(policy);
        this.ttl = ttl;
        this.clock = clock;
        this.uncharged = uncharged;
        this.interceptor = interceptor;
    }

    UsageStore store() {
        return store;
    }

    Duration ttl() {
        return ttl;
    }

    Admission reserve(AllocationSpec spec) {
        return interceptor.reserve(spec, () -> admit(spec));
    }

    private Admission admit(AllocationSpec spec) {
        List<CounterLimit> known;
        try {
            known = limits.of(spec);
        } catch (UsageStoreException e) {
            if (uncharged == null) {
                throw e;
            }
            return uncharged.admit(spec, List.of(), e);
        }
        Admission admission = reserve(new ReserveCommand(spec, ttl, known));
        if (admission instanceof Admission.Refused) {
            List<CounterLimit> fresh = limits.freshOf(spec);
            if (!fresh.equals(known)) {
                return reserve(new ReserveCommand(spec, ttl, fresh));
            }
        }
        return admission;
    }

    private Admission reserve(ReserveCommand command) {
        if (uncharged == null) {
            return admission(command.spec(), reserves.apply(command));
        }
        ReserveResult result;
        try {
            result = reserves.apply(command);
        } catch (UsageStoreException e) {
            return uncharged.admit(command.spec(), command.limits(), e);
        }
        if (!(result instanceof ReserveResult.Busy)) { // which may come from a queue before the store
            uncharged.storeHasAnswered();
        }
        return admission(command.spec(), result);
    }

    /** Takes up a reservation again, if a store knows it, or if it is an uncharged one of a guard that lets those pass. */
    Reservation resume(ReservationToken token) {
        requireYoung(token.id(), token.bornAt());
        AllocationSpec spec = token.uncharged();
        if (spec == null) {
            return store.find(token.id(), token.generation())
                    .map(allocation -> new Reservation(this, allocation))
                    .orElseThrow(() -> ReservationEndedException.unknown(token.id()));
        }
        if (uncharged == null) {
            throw ReservationEndedException.unknown(token.id());
        }
        return uncharged.reservation(spec, token.bornAt());
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

    @Override
    public boolean isUncharged() {
        return false;
    }

    @Override
    public Allocation extend(Allocation reservation, long bytes, long heldBytes) {
        ExtendResult result = interceptor.extend(reservation, bytes, () -> tryExtend(reservation, bytes, heldBytes));
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

    private ExtendResult tryExtend(Allocation reservation, long bytes, long heldBytes) {
        List<CounterLimit> known = limits.of(reservation.spec());
        ExtendResult result = store.extendTo(new ExtendCommand(reservation, bytes, heldBytes, ttl, known));
        if (result instanceof ExtendResult.Refused) {
            List<CounterLimit> fresh = limits.freshOf(reservation.spec());
            if (!fresh.equals(known)) {
                return store.extendTo(new ExtendCommand(reservation, bytes, heldBytes, ttl, fresh));
            }
        }
        return result;
    }

    @Override
    public CommitResult commit(Allocation reservation, long bytes, @Nullable CallerTransaction transaction) {
        return interceptor.commit(
                reservation,
                bytes,
                () -> transaction == null ? store.commit(reservation, bytes) : transaction.commit(reservation, bytes));
    }

    @Override
    public ReleaseResult release(Allocation reservation) {
        return interceptor.release(reservation, () -> store.release(reservation));
    }

    @Override
    public void abandon(Allocation reservation) {
        interceptor.release(reservation, () -> store.abandon(reservation));
    }

    DeleteResult delete(DeleteCommand command) {
        return interceptor.delete(command, () -> store.delete(command));
    }

    @Override
    public ReservationToken token(Allocation reservation) {
        return ReservationToken.of(reservation);
    }

    @Override
    public void requireYoung(Allocation reservation) {
        requireYoung(reservation.id(), reservation.bornAt());
    }

    private void requireYoung(FileVersion id, Instant bornAt) {
        if (!isYoung(bornAt)) {
            throw ReservationEndedException.unknown(id);
        }
    }

    @Override
    public boolean isYoung(Allocation reservation) {
        return isYoung(reservation.bornAt());
    }

    private boolean isYoung(Instant bornAt) {
        return !bornAt.isBefore(clock.instant().minus(UsageStore.RETENTION));
    }
}
