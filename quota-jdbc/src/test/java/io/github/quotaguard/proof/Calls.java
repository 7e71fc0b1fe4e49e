package io.github.quotaguard.proof;

import io.github.quotaguard.Admission;
import io.github.quotaguard.QuotaBusyException;
import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.ReservationEndedException;
import io.github.quotaguard.UploadConflictException;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.UploadStream;
import io.github.quotaguard.proof.Slot.Attempt;
import io.github.quotaguard.proof.Slot.Call;
import io.github.quotaguard.proof.Slot.Held;
import io.github.quotaguard.proof.Slot.Outcome;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.UsageStoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The calls that a thread of a worker makes in transactions of the library's own, each with a line in the journal before
 * and after. An answer that can not be right is a violation, and goes into the journal too.
 */
final class Calls {

    /** What is noted of an upload whose bytes flowed through the guard. */
    static final String STREAMED = "streamed";

    private static final long MOST_STREAMED = 4_096;

    private final Node node;
    private final Journal journal;
    private final Judge judge;
    private final Random random;

    Calls(Node node, Journal journal, Judge judge, Random random) {
        this.node = node;
        this.journal = journal;
        this.judge = judge;
        this.random = random;
    }

    /** Returns the handle of what is held: by its token, or else by asking for the same upload again. */
    @Nullable
    Reservation handle(Slot slot, Held held) {
        if (held.token().isEmpty() || !held.isCertain()) {
            return reserve(slot, held.attempt());
        }
        try {
            return guard(held.attempt()).resume(held.token());
        } catch (UsageStoreException e) {
            return null;
        } catch (ReservationEndedException e) {
            journal.violation(slot, "the token of " + held + " is not known: " + e);
            return null;
        }
    }

    /** Asks for an upload; if a call is pending, to find out what became of that. */
    @Nullable
    Reservation reserve(Slot slot, Attempt attempt) {
        Call pending = slot.pending();
        Held before = slot.held();
        journal.begin(slot, pending == null ? Call.RESERVE : pending, attempt);
        try {
            return answered(slot, before, pending, admission(slot, attempt));
        } catch (UsageStoreException e) {
            judge.unknown(slot, e);
            return null;
        }
    }

    private Admission admission(Slot slot, Attempt attempt) {
        UploadGuard guard = guard(attempt);
        if (random.nextBoolean()) {
            return guard.tryReserve(slot.upload(attempt));
        }
        try {
            Reservation reservation = guard.reserve(slot.upload(attempt));
            return reservation.isAlreadyStored()
                    ? new Admission.AlreadyStored(reservation)
                    : new Admission.Granted(reservation);
        } catch (QuotaExceededException e) {
            return new Admission.Refused(slot.upload(attempt).spec().id(), e.violations());
        } catch (QuotaBusyException e) {
            return new Admission.Busy(slot.upload(attempt).spec().id(), e.toString());
        }
    }

    private @Nullable Reservation answered(
            Slot slot, @Nullable Held before, @Nullable Call pending, Admission admission) {
        if (admission instanceof Admission.Granted granted) {
            Allocation life = granted.reservation().allocation();
            judge.granted(slot, before, pending, life);
            held(slot, granted.reservation(), "");
            return granted.reservation();
        }
        if (admission instanceof Admission.AlreadyStored stored) {
            if (pending != Call.COMMIT && pending != Call.UPLOAD) {
                journal.violation(slot, "stored, and nobody committed it: " + stored.reservation());
            }
            journal.end(slot, Outcome.STORED, "");
        } else if (admission instanceof Admission.Refused refused) {
            judge.refused(slot, before, pending, refused);
            journal.end(slot, Outcome.REFUSED, "");
        } else if (admission instanceof Admission.Busy) {
            journal.end(slot, Outcome.BUSY, "busy");
        } else {
            journal.violation(slot, "conflict: " + admission);
            journal.end(slot, Outcome.STANDS, "");
        }
        return null;
    }

    /** Writes down what is held; every other time with the token, for another process to resume it. */
    private void held(Slot slot, Reservation reservation, String note) {
        Allocation life = reservation.allocation();
        Held before = slot.held();
        String token = before != null && before.generation() == life.generation() ? before.token() : "";
        if (token.isEmpty() && random.nextBoolean()) {
            token = reservation.detach();
        }
        journal.end(slot, Outcome.HELD, life.generation(), Judge.micros(life.deadline()), token, note);
    }

    void extend(Slot slot, Reservation reservation) {
        journal.begin(slot, Call.EXTEND, attempt(slot));
        try {
            reservation.extendTo(slot.bytes);
            held(slot, reservation, "");
        } catch (QuotaExceededException e) {
            journal.end(slot, Outcome.STANDS, "refused");
        } catch (QuotaBusyException e) {
            journal.end(slot, Outcome.STANDS, "busy");
        } catch (ReservationEndedException e) {
            judge.ended(slot, null, e);
        } catch (UsageStoreException e) {
            judge.unknown(slot, e);
        }
    }

    /** Commits, and now and then once more, which must have no effect. */
    void commit(Slot slot, Reservation reservation) {
        Call pending = slot.pending();
        journal.begin(slot, Call.COMMIT, attempt(slot));
        try {
            reservation.commit(slot.bytes);
            if (random.nextInt(8) == 0) {
                reservation.commit(slot.bytes);
            }
            journal.end(slot, Outcome.STORED, "");
        } catch (QuotaExceededException e) {
            journal.end(slot, Outcome.STANDS, "refused");
        } catch (QuotaBusyException e) {
            journal.end(slot, Outcome.STANDS, "busy");
        } catch (ReservationEndedException e) {
            judge.ended(slot, pending, e);
        } catch (UploadConflictException e) {
            journal.violation(slot, e.toString());
            journal.end(slot, Outcome.STANDS, "");
        } catch (UsageStoreException e) {
            judge.unknown(slot, e);
        }
    }

    void upload(Slot slot, Attempt attempt) {
        journal.begin(slot, Call.UPLOAD, attempt);
        try {
            if (slot.bytes <= MOST_STREAMED && random.nextBoolean()) {
                stream(slot, attempt);
                journal.end(slot, Outcome.STORED, STREAMED);
            } else {
                guard(attempt).<@Nullable Void, RuntimeException>upload(slot.upload(attempt), reservation -> {
                    if (attempt.declared() != slot.bytes) {
                        reservation.commit(slot.bytes);
                    }
                    return null;
                });
                journal.end(slot, Outcome.STORED, "");
            }
        } catch (QuotaExceededException e) {
            journal.end(slot, Outcome.REFUSED, "refused");
        } catch (QuotaBusyException e) {
            journal.end(slot, Outcome.BUSY, "busy");
        } catch (ReservationEndedException e) {
            judge.ended(slot, null, e);
        } catch (UsageStoreException e) {
            judge.unknown(slot, e);
        }
    }

    /** Its bytes are counted as they flow, so what is declared need not be right. */
    private void stream(Slot slot, Attempt attempt) {
        InputStream source = new ByteArrayInputStream(new byte[(int) slot.bytes]);
        try (UploadStream stream = guard(attempt).stream(slot.upload(attempt), source)) {
            stream.transferTo(OutputStream.nullOutputStream());
            stream.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void release(Slot slot, Reservation reservation) {
        journal.begin(slot, Call.RELEASE, attempt(slot));
        try {
            reservation.release();
            journal.end(slot, Outcome.ENDED, "");
        } catch (UploadConflictException e) {
            journal.violation(slot, e.toString());
            journal.end(slot, Outcome.STANDS, "");
        } catch (UsageStoreException e) {
            judge.unknown(slot, e);
        }
    }

    /** Closes a handle. One that was detached leaves the reservation as it was, so which it is has to be known. */
    void close(Slot slot, Reservation reservation) {
        journal.begin(slot, Call.CLOSE, attempt(slot));
        reservation.close();
        journal.end(slot, Outcome.LOOSE, "");
    }

    void delete(Slot slot) {
        String version = Objects.requireNonNull(slot.stored());
        boolean isRetry = slot.pending() == Call.DELETE;
        journal.begin(slot, Call.DELETE, Attempt.of(version));
        try {
            DeleteResult result = slot.kind() < 2
                    ? guard().delete(slot.account(), slot.file(), version)
                    : guard().delete(slot.account(), slot.file());
            if (result.freedBytes() != slot.bytes
                    && !(isRetry && result.deleted().isEmpty())) {
                journal.violation(slot, "deleted " + result);
            }
            journal.end(slot, Outcome.DELETED, "");
        } catch (UsageStoreException e) {
            judge.unknown(slot, e);
        }
    }

    /** Reads what is stored, in all ways; it is this thread's alone, so the answer is known. */
    void read(Slot slot) {
        String version = Objects.requireNonNull(slot.stored());
        journal.begin(slot, Call.READ, Attempt.of(version));
        try {
            Optional<Allocation> found = version.isEmpty()
                    ? guard().find(slot.account(), slot.file())
                    : guard().find(slot.account(), slot.file(), version);
            List<Allocation> versions = guard().versions(slot.account(), slot.file());
            boolean isThere = found.filter(
                                    life -> life.state() == AllocationState.COMMITTED && life.bytes() == slot.bytes)
                            .isPresent()
                    && versions.stream().anyMatch(life -> life.id().version().equals(version));
            if (!isThere) {
                journal.violation(slot, "acknowledged as stored, found %s of %s".formatted(found, versions));
            }
            if (node.quotas().storageQuota(slot.account()).usedQuota() < slot.bytes) {
                journal.violation(slot, "less is used than one file has");
            }
            journal.end(slot, Outcome.STANDS, "");
        } catch (UsageStoreException e) {
            judge.judge(slot, e);
            journal.end(slot, Outcome.STANDS, "unknown");
        }
    }

    Attempt attempt(Slot slot) {
        Held held = slot.held();
        Attempt attempt = held == null ? slot.attempt() : held.attempt();
        if (attempt == null) {
            throw new IllegalStateException(slot.key() + " has no attempt");
        }
        return attempt;
    }

    private UploadGuard guard(Attempt attempt) {
        return node.guard(attempt.ttlMillis());
    }

    private UploadGuard guard() {
        return node.guard(Node.LONG_MILLIS);
    }
}
