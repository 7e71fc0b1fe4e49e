package io.github.quotaguard.store;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be done in a store, of all tenants. Every time is by the store's clock, so ages are right on a node whose
 * own clock is not.
 *
 * @param asOf when it was looked at
 * @param unsettled how many entries of the ledger are not settled; no more than {@value #MAX_COUNT} are counted
 * @param oldestUnsettled when the oldest of those that were counted was recorded; null if there are none
 * @param overdue how many reservations are past their deadline and hold their bytes still, since nothing has ended them;
 *     no more than {@value #MAX_COUNT} are counted
 * @param oldestOverdue the earliest deadline of those that were counted; null if there are none
 * @param oldestTransaction since when at least the oldest transaction is open, of whomever, that the store can see beside
 *     its own look; null if there is none, or it may see none
 */
public record Backlog(
        Instant asOf,
        long unsettled,
        @Nullable Instant oldestUnsettled,
        long overdue,
        @Nullable Instant oldestOverdue,
        @Nullable Instant oldestTransaction) {

    /** The most entries, and the most reservations, that are counted. */
    public static final int MAX_COUNT = 10_000;

    /**
     * Returns how long the oldest entry has waited to be settled.
     *
     * @return zero if there is none
     */
    public Duration unsettledFor() {
        return since(oldestUnsettled);
    }

    /**
     * Returns for how long the deadline of the oldest overdue reservation has passed.
     *
     * @return zero if there is none
     */
    public Duration overdueFor() {
        return since(oldestOverdue);
    }

    /**
     * Returns for how long the oldest transaction has been open.
     *
     * @return zero if there is none, or none can be seen
     */
    public Duration transactionOpenFor() {
        return since(oldestTransaction);
    }

    private Duration since(@Nullable Instant time) {
        return time == null || time.isAfter(asOf) ? Duration.ZERO : Duration.between(time, asOf);
    }
}
