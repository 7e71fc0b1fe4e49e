package io.github.quotaguard;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CallerTransaction;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.ReleaseResult;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Room held for one upload, until it is committed, released, or its deadline passes. Use it in a
 * try-with-resources statement: what was not committed is released on close.
 *
 * <p>Every call may be repeated, also after an exception that left the outcome unknown; a second call has no second
 * effect. May be handed to another thread, by what hands over any object (an executor, a queue, a lock), but is not for
 * use by two at once.
 */
public final class Reservation implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Reservation.class);
    private static final int COMMIT_ATTEMPTS = 8;

    private enum Handle {
        OPEN,
        ENDED,
        DETACHED
    }

    private final Charging charging;
    private final boolean isAlreadyStored;

    private Allocation allocation;
    /**
     * What this handle was given out for, with what it was extended to. It bears this handle's attempt, also where a
     * retry has taken the life over; and a commit in a transaction that may be rolled back changes nothing in it.
     */
    private Allocation held;

    /** The largest size that was checked against every limit: the declared one, or what it was extended to. */
    private long checkedBytes;

    private Handle handle;
    private @Nullable CallerTransaction joined;

    Reservation(Charging charging, Allocation allocation) {
        this.charging = charging;
        this.allocation = allocation;
        this.held = allocation;
        this.isAlreadyStored = allocation.state() == AllocationState.COMMITTED;
        this.checkedBytes = allocation.spec().bytes();
        this.handle = allocation.state() == AllocationState.RESERVED ? Handle.OPEN : Handle.ENDED;
    }

    /**
     * Returns what is recorded of the upload, as this handle last saw it.
     *
     * @return a snapshot
     */
    public Allocation allocation() {
        return allocation;
    }

    /**
     * Returns when the reservation may be expired unless it is renewed or committed before.
     *
     * @return the deadline, by the store's clock
     */
    public Instant deadline() {
        return allocation.deadline();
    }

    /**
     * Says whether this is the retry of an upload that had been committed before this handle was given out.
     *
     * @return true if a commit of the same size will only replay
     */
    public boolean isAlreadyStored() {
        return isAlreadyStored;
    }

    /**
     * Says whether the guard let the upload through without asking the limits, because its store failed and it is
     * {@link FailurePolicy#OPEN}. Then no call of this handle reaches the store, also once that is back: a commit charges
     * nothing, and extensions look only for sizes that could never fit.
     *
     * @return true if the bytes are not and will not be charged
     */
    public boolean isUncharged() {
        return charging.isUncharged();
    }

    /**
     * Says whether the handle still has to be committed, released, detached or closed.
     *
     * @return false after any of them
     */
    public boolean isOpen() {
        return handle == Handle.OPEN;
    }

    /**
     * Commits the declared size: charges its bytes.
     *
     * @throws IllegalStateException if the size was declared unknown
     * @see #commit(long)
     */
    public void commit() {
        commit(declaredBytes());
    }

    /**
     * Commits a size: charges its bytes, and gives back what was held beyond; in a transaction of the store's own, or in
     * that of the calling thread if the store knows it, and then it takes effect with that. A
     * size larger than declared, extended to or held is first extended to, so that it passes every limit, even where
     * the bytes of replaced versions would make up for it. To replay a commit is allowed: with the same size it has no
     * second effect.
     *
     * @param bytes the size stored, 0 or more
     * @throws IllegalArgumentException if it is negative
     * @throws QuotaExceededException if more than was held is needed and does not fit; the reservation stands
     * @throws QuotaBusyException if that could not be found out in time; the reservation stands
     * @throws ReservationEndedException if it had been released or expired, or the file deleted
     * @throws UploadConflictException if another size was committed before
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed; the outcome is unknown
     */
    public void commit(long bytes) {
        commit(bytes, null);
    }

    /**
     * Commits the declared size in a transaction of the caller's.
     *
     * @param transaction the transaction, from a store that can join one
     * @throws IllegalStateException if the size was declared unknown
     * @see #commitIn(CallerTransaction, long)
     */
    public void commitIn(CallerTransaction transaction) {
        commitIn(transaction, declaredBytes());
    }

    /**
     * Commits a size in a transaction of the caller's, together with the file's row. It takes effect when the caller
     * commits; a rollback leaves the reservation to its close and its deadline. What does not fit is reserved outside
     * the transaction.
     *
     * @param transaction the transaction, from a store that can join one
     * @param bytes the size stored, 0 or more
     * @throws RuntimeException as {@link #commit(long)}; the caller has to roll back
     */
    public void commitIn(CallerTransaction transaction, long bytes) {
        commit(bytes, isUncharged() ? null : transaction);
    }

    private void commit(long bytes, @Nullable CallerTransaction transaction) {
        CommitResult.requireBytes(bytes);
        if (!isAlreadyStored()) {
            charging.requireYoung(allocation);
        }
        ReservationEndedException ended = isChecked(bytes) ? null : cover(bytes, 0);
        for (int attempt = 1; ; attempt++) {
            CommitResult result = charging.commit(held, bytes, transaction);
            if (!(result instanceof CommitResult.NotCovered notCovered) || attempt == COMMIT_ATTEMPTS) {
                end(result, bytes, transaction);
                return;
            }
            if (ended != null) {
                throw ended;
            }
            ended = cover(bytes, notCovered.heldBytes());
        }
    }

    /** Says whether a size has passed the limits; that the credit of replaced versions covers it is not enough. */
    private boolean isChecked(long bytes) {
        return isAlreadyStored() || bytes <= Math.max(checkedBytes, held.bytes());
    }

    /** Extends; that the life has ended is returned, since only a commit tells whether it was by the same commit. */
    private @Nullable ReservationEndedException cover(long bytes, long heldBytes) {
        try {
            extend(bytes, heldBytes);
            return null;
        } catch (ReservationEndedException e) {
            allocation = e.allocation().orElse(allocation);
            held = withAttempt(allocation, held.attempt());
            return e;
        }
    }

    private void end(CommitResult result, long bytes, @Nullable CallerTransaction transaction) {
        if (result instanceof CommitResult.Committed committed) {
            allocation = committed.allocation();
            joined = transaction;
            handle = Handle.ENDED;
        } else if (result instanceof CommitResult.Conflict conflict) {
            throw new UploadConflictException(
                    "%s was committed with %s bytes, not with %s"
                            .formatted(
                                    conflict.allocation().id(),
                                    conflict.allocation().bytes(),
                                    bytes),
                    conflict.allocation());
        } else if (result instanceof CommitResult.Ended ended) {
            throw ReservationEndedException.ended(ended.allocation());
        } else if (result instanceof CommitResult.Unknown) {
            throw ReservationEndedException.unknown(allocation.id());
        } else {
            throw new QuotaBusyException("%s: the versions it replaces keep changing; it is not committed, try again"
                    .formatted(allocation.id()));
        }
    }

    /**
     * Holds enough for a commit of this size, and renews the deadline. What is held never shrinks.
     *
     * @param bytes the size the file may reach, 0 or more
     * @throws IllegalArgumentException if it is negative
     * @throws QuotaExceededException if it does not fit; what was held is held still, and the deadline is renewed
     * @throws QuotaBusyException if that could not be found out in time
     * @throws ReservationEndedException if it is no longer a reservation
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed; the outcome is unknown
     */
    public void extendTo(long bytes) {
        CommitResult.requireBytes(bytes);
        charging.requireYoung(allocation);
        extend(bytes, 0);
    }

    private void extend(long bytes, long heldBytes) {
        allocation = charging.extend(held, bytes, heldBytes);
        held = withAttempt(allocation, held.attempt());
        checkedBytes = Math.max(checkedBytes, bytes);
    }

    private static Allocation withAttempt(Allocation life, int attempt) {
        return new Allocation(
                life.spec(),
                life.state(),
                life.generation(),
                attempt,
                life.bytes(),
                life.bornAt(),
                life.deadline(),
                life.since());
    }

    /**
     * Moves the deadline to the guard's time to live from now, at most 7 days from when the upload was first reserved.
     *
     * @throws ReservationEndedException if it is no longer a reservation
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed
     */
    public void renew() {
        extendTo(0);
    }

    /**
     * Gives the bytes back. Has no effect if the reservation was released before, or has expired; nor on a handle older
     * than 7 days, which is not sent to the store: the deadline has passed by then.
     *
     * @throws UploadConflictException if it is a stored file; {@link UploadGuard#delete(String, String)} is the way
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed; the deadline will free the bytes
     */
    public void release() {
        if (charging.isYoung(allocation) && charging.release(allocation) == ReleaseResult.COMMITTED) {
            throw new UploadConflictException(
                    "%s is stored and can not be released: delete it".formatted(allocation.id()), allocation);
        }
        handle = Handle.ENDED;
    }

    /**
     * Gives the reservation out of hand, to be resumed by another request or node with {@link UploadGuard#resume}.
     * This handle's close does nothing any more. The token is a name and not a secret: whoever presents it has to be
     * authorised by the application.
     *
     * @return a token of URL-safe characters, at most 2,591; of an uncharged reservation at most 4,916, and good only for
     *     a guard that is {@link FailurePolicy#OPEN}: who could forge one would upload uncharged, so keep it on the server
     */
    public String detach() {
        handle = Handle.DETACHED;
        return charging.token(allocation).encode();
    }

    /**
     * Releases the reservation unless it was committed, released or detached, or a retry has reserved the same upload
     * again; as {@link #release}, without effect on a handle older than 7 days. Never throws: a release that fails is
     * logged and left to the deadline.
     */
    @Override
    public void close() {
        CallerTransaction transaction = joined;
        boolean wasOpen = handle == Handle.OPEN;
        joined = null;
        if (wasOpen) {
            handle = Handle.ENDED;
        }
        try {
            if ((transaction == null && !wasOpen) || !charging.isYoung(held)) {
                return;
            }
            if (transaction != null) {
                transaction.closed(held);
            } else {
                charging.abandon(held);
            }
        } catch (RuntimeException e) {
            LOG.warn(
                    "Reservation of {} could not be released, its deadline {} will do it",
                    allocation.id(),
                    deadline(),
                    e);
        }
    }

    private long declaredBytes() {
        return allocation
                .spec()
                .declaredBytes()
                .orElseThrow(() ->
                        new IllegalStateException("the size of %s was declared unknown: commit(bytes) has to name it"
                                .formatted(allocation.id())));
    }

    /** Returns id and state, for messages. */
    @Override
    public String toString() {
        return "Reservation of %s, %s, %s bytes".formatted(allocation.id(), allocation.state(), allocation.bytes());
    }
}
