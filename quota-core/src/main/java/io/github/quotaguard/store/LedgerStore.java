package io.github.quotaguard.store;

import java.time.Duration;
import java.time.Instant;

/**
 * What a store can tell from its ledger beyond {@link UsageStore#entries}, and how it keeps the ledger small: an optional
 * part of the SPI. Only settled entries count. Times are those of settlement, by the store's clock. Thread-safe.
 */
public interface LedgerStore {

    /**
     * How old an entry has to be to be rolled up: older than any handle may be, and than any life is remembered, so that
     * nobody asks any more for the end that it records.
     */
    Duration ROLL_UP_AGE = UsageStore.RETENTION.plusDays(1);

    /** The most entries that one call may roll up. */
    int MAX_ROLL_UP = 10_000;

    /**
     * Lists entries of an account and of everything below it, newest first, each with the balance after it. Right at
     * whatever page and filter, and while entries are added and rolled up: each page is one snapshot.
     *
     * @param search what is looked for
     * @return a page
     * @throws UsageStoreException if the storage failed
     */
    LedgerSlice ledger(LedgerSearch search);

    /**
     * Sums up what changed in an account and everything below it, by spans of equal length, in one snapshot.
     *
     * @param query which account and which time
     * @return the spans in which something changed, and what is used after them
     * @throws UsageStoreException if the storage failed
     */
    Timeline timeline(TimelineQuery query);

    /**
     * Folds the oldest entries of a tenant that are not rolled up yet: those of one hour (UTC), account and category into
     * one of {@link EntryKind#ROLLUP}, together with an earlier one of that hour. Changes no balance at the end of any
     * hour; in every snapshot the sum of the entries is what the account uses. What moved nothing (RELEASE, EXPIRE) is
     * dropped. May run on several nodes at once, and beside everything else; one that finds another at work on the tenant
     * does nothing. Waits for nobody.
     *
     * @param tenant the tenant
     * @param before entries settled before this time are folded: a whole hour (UTC), at least {@link #ROLL_UP_AGE} ago
     * @param limit the most entries to fold, 1 to {@value #MAX_ROLL_UP}; a call takes all their locks
     * @return what it did
     * @throws IllegalArgumentException if an argument is not allowed
     * @throws UsageStoreException if the storage failed
     */
    RollUpResult rollUp(String tenant, Instant before, int limit);
}
