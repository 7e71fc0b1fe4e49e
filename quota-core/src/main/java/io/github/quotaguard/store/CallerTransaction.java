package io.github.quotaguard.store;

/**
 * A transaction that the application opened and will end, in which a store records the end of a reservation. What
 * happens in it takes effect when, and only when, the application commits it.
 */
public interface CallerTransaction {

    /**
     * Commits a reservation in this transaction.
     *
     * @param reservation the handle
     * @param bytes the size stored, 0 to {@link Long#MAX_VALUE}
     * @return the outcome, which a rollback of the transaction takes back
     * @throws IllegalArgumentException if {@code bytes} is negative
     * @throws UsageStoreException if the storage failed; the caller has to roll back
     */
    CommitResult commit(Allocation reservation, long bytes);

    /**
     * Learns that the handle of a reservation committed here was closed. The transaction may still be running, or have
     * ended either way; if it was rolled back, the store may release the bytes before their deadline. Never waits for
     * the transaction and never throws.
     *
     * @param reservation the handle
     */
    void closed(Allocation reservation);
}
