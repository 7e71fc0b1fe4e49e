package io.github.quotaguard.jdbc;

import io.github.quotaguard.Deletion;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.store.DeleteResult;
import java.util.Objects;

/**
 * Ends reservations and files in the transaction that a caller has open on its own connection, together with the file's
 * row: both are committed, or neither is. Each end is one inserted row that nobody else wants; no counter is locked, so
 * however long the transaction stays open, it delays no other upload.
 *
 * <p>The connection is never committed, rolled back, closed or set up otherwise. With auto-commit on there is no
 * transaction to join, and each call runs in one of the store's own. A reservation has to be one of this store's: whether
 * it is recorded is not looked at again, so one that the database has lost is neither refused nor charged. Any exception
 * means that the caller has to roll back; after a retryable
 * {@link io.github.quotaguard.store.UsageStoreException} the whole transaction may be run again. Not thread-safe, as the
 * connection is not.
 */
public final class CallerConnection {

    private final Joining.HandedOver transaction;

    CallerConnection(Joining.HandedOver transaction) {
        this.transaction = transaction;
    }

    /**
     * Commits the declared size when the caller's transaction commits.
     *
     * @param reservation the handle; close it at any time after this call
     * @throws IllegalStateException if the size was declared unknown
     * @see Reservation#commitIn
     */
    public void commit(Reservation reservation) {
        reservation.commitIn(transaction);
    }

    /**
     * Commits a size when the caller's transaction commits. If more is needed than was held, it is reserved first, on a
     * connection of the store's own.
     *
     * @param reservation the handle; close it at any time after this call
     * @param bytes the size stored, 0 or more
     * @throws IllegalArgumentException if {@code bytes} is negative
     * @throws io.github.quotaguard.QuotaExceededException if more than was held is needed and does not fit
     * @throws io.github.quotaguard.ReservationEndedException if the reservation had ended otherwise
     * @throws io.github.quotaguard.UploadConflictException if another size was committed before
     * @see Reservation#commitIn(io.github.quotaguard.store.CallerTransaction, long)
     */
    public void commit(Reservation reservation, long bytes) {
        reservation.commitIn(transaction, bytes);
    }

    /**
     * Deletes every version of a file when the caller's transaction commits.
     *
     * @param account whose file it is
     * @param file the file's id
     * @return what this call deletes, nothing for a file that is not there
     * @throws IllegalArgumentException if an id is not allowed
     * @throws io.github.quotaguard.store.UsageStoreException retryable, if the file was stored after the transaction's
     *     snapshot, which so can not see it
     */
    public DeleteResult delete(String account, String file) {
        return delete(Deletion.of(account, file));
    }

    /**
     * Deletes one version of a file when the caller's transaction commits.
     *
     * @param account whose file it is
     * @param file the file's id
     * @param version the version's id
     * @return what this call deletes, nothing for a version that is not there
     * @throws IllegalArgumentException if an id is not allowed
     * @throws io.github.quotaguard.store.UsageStoreException as {@link #delete(String, String)}
     */
    public DeleteResult delete(String account, String file, String version) {
        return delete(Deletion.of(account, file).version(version));
    }

    /**
     * Deletes one version of a file, or all, when the caller's transaction commits, and says in the ledger who did and why.
     *
     * @param deletion what is deleted
     * @return what this call deletes, nothing for what is not there
     * @throws io.github.quotaguard.store.UsageStoreException as {@link #delete(String, String)}
     */
    public DeleteResult delete(Deletion deletion) {
        return transaction.delete(Objects.requireNonNull(deletion, "deletion").command());
    }
}
