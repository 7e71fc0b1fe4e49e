package io.github.quotaguard.proof;

import io.github.quotaguard.Admission;
import io.github.quotaguard.ReservationEndedException;
import io.github.quotaguard.proof.Slot.Call;
import io.github.quotaguard.proof.Slot.Held;
import io.github.quotaguard.proof.Slot.Outcome;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Says of an answer whether it can be right, given what was acknowledged before; what can not be is a violation. */
final class Judge {

    /** Deadlines are the database's, whose clock is this machine's; this much is no lie. */
    private static final long CLOCK_SLACK_MICROS = 20_000;

    private final Journal journal;

    Judge(Journal journal) {
        this.journal = journal;
    }

    /** A reservation that was acknowledged is found again, unless its deadline had passed. */
    void granted(Slot slot, @Nullable Held before, @Nullable Call pending, Allocation life) {
        if (before != null
                && isCertain(before, pending, slot)
                && before.generation() != life.generation()
                && isBefore(before)) {
            journal.violation(slot, "%s was acknowledged, and is another one: %s".formatted(before, life));
        }
    }

    /** What is held fits. */
    void refused(Slot slot, @Nullable Held before, @Nullable Call pending, Admission.Refused refused) {
        if (before != null && isCertain(before, pending, slot) && isBefore(before)) {
            journal.violation(slot, "%s was acknowledged, and is refused: %s".formatted(before, refused));
        }
    }

    /**
     * Says whether what was held before has to be there still. It may have been released, by the call whose outcome is
     * asked for; or by the rollback of a commit with a file's row, whose handle was closed.
     */
    private static boolean isCertain(Held before, @Nullable Call pending, Slot slot) {
        return before.isCertain()
                && pending != Call.RELEASE
                && pending != Call.CLOSE
                && !(pending == Call.COMMIT && slot.hasRow);
    }

    /** Writes down that a reservation has ended: only its deadline can have done that. */
    void ended(Slot slot, @Nullable Call pending, ReservationEndedException e) {
        Held held = slot.held();
        boolean isRight = held == null
                || !isCertain(held, pending, slot)
                || e.allocation()
                        .filter(life -> life.state() == AllocationState.EXPIRED
                                && !life.since().isBefore(deadline(held)))
                        .isPresent();
        if (!isRight) {
            journal.violation(slot, "%s was acknowledged, and ended: %s".formatted(held, e.allocation()));
        }
        journal.end(slot, Outcome.ENDED, "expired");
    }

    void unknown(Slot slot, UsageStoreException e) {
        judge(slot, e);
        journal.end(slot, Outcome.UNKNOWN, "unknown");
    }

    /** Nothing is done here that could never succeed, so every failure has to say that a retry can help. */
    void judge(Slot slot, UsageStoreException e) {
        if (!e.isRetryable()) {
            journal.violation(slot, "not retryable: %s, cause %s".formatted(e, e.getCause()));
        }
    }

    private static Instant deadline(Held held) {
        return Instant.EPOCH.plus(held.deadlineMicros(), ChronoUnit.MICROS);
    }

    /**
     * Says whether it is too early for an expiry, now that the answer is there. The birth of the next life does not tell:
     * its time was taken before the wait for the lock.
     */
    private static boolean isBefore(Held held) {
        return micros(Instant.now()) + CLOCK_SLACK_MICROS < held.deadlineMicros();
    }

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
