package io.github.quotaguard.store;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The part of a store that remembers who was warned of what. It knows no plan and no percentage: the caller compares,
 * and the store keeps levels, raises that are to be announced, and up to which entry of its ledger each tenant was
 * evaluated. All of it survives whoever evaluates.
 *
 * <p>Every method is atomic, safe to call from many threads and nodes, and durable when it returns. None waits for an
 * upload, and no upload waits for any of them.
 */
public interface WarningStore {

    /** The most often that {@link #claim} doubles a lease: 64 times the first. */
    int MOST_DOUBLINGS = 6;

    /** A day. */
    Duration LONGEST_LEASE = Duration.ofDays(1);

    /**
     * Has a listener told of each tenant of which this store, in this process, has settled something. It may be told
     * more often than that, and is not told of what other nodes settle, which {@link #behind} finds. It is called by
     * the thread that settled, after the settlement took effect, and has to return at once.
     *
     * @param listener takes the tenant's id
     * @return what ends it
     */
    Runnable onSettled(Consumer<String> listener);

    /**
     * Lists the tenants of which something was settled since they were marked as evaluated.
     *
     * @param after the last tenant of the page before, or null for the first page
     * @param size how many, 1 to {@value Page#MAX_SIZE}
     * @return a page of ids, in the store's order
     * @throws UsageStoreException if the storage failed
     */
    Page<String> behind(@Nullable String after, int size);

    /**
     * Returns which accounts have changed since a tenant was marked as evaluated.
     *
     * @param tenant the tenant
     * @param afterSeq where the part before ended, or 0 for the first part
     * @param size how many entries of the ledger to look at, 1 to {@value Page#MAX_SIZE}
     * @return the accounts of the first entries after the mark and after {@code afterSeq}
     * @throws UsageStoreException if the storage failed
     */
    ChangedAccounts changed(String tenant, long afterSeq, int size);

    /**
     * Lists the accounts whose grace is over, as noted by the last charge, and whose soft limit has not been warned of
     * at a level.
     *
     * @param level the level
     * @param after the last account of the page before, or null for the first page
     * @param size how many, 1 to {@value Page#MAX_SIZE}
     * @return a page, in the store's order; also of graces that are void since
     * @throws UsageStoreException if the storage failed
     */
    Page<EndedGrace> endedGraces(int level, @Nullable AccountId after, int size);

    /**
     * Moves a tenant's mark, unless somebody else has moved it since it was read.
     *
     * @param tenant the tenant
     * @param from where the mark was
     * @param to up to which entry everything has been evaluated, more than {@code from}
     * @return whether the mark was moved
     * @throws IllegalArgumentException if {@code to} is not more than {@code from}, or there is no such entry yet
     * @throws UsageStoreException if the storage failed
     */
    boolean mark(String tenant, long from, long to);

    /**
     * Reads what an account uses, of what is settled, and its levels.
     *
     * @param account the account
     * @return both, in one snapshot
     * @throws UsageStoreException if the storage failed
     */
    WatchedAccount watched(AccountId account);

    /**
     * Takes a step if the level still is the one before it; of those who try at once, one does. A raise is recorded
     * with it, to be announced.
     *
     * @param change the step
     * @return whether it was taken by this call
     * @throws UsageStoreException if the storage failed
     */
    boolean move(LevelChange change);

    /**
     * Takes a raise that is to be announced, so that for a while nobody else does. One that is not confirmed until
     * then can be claimed again: {@code lease} after the first claim, twice as long after the second, and so on.
     *
     * @param lease how long the first claim holds, more than 0, at most {@link #LONGEST_LEASE}
     * @return one that nobody has claimed, of any tenant; not one that was claimed before while another is free since
     *     before that claim
     * @throws IllegalArgumentException if the lease is outside its range
     * @throws UsageStoreException if the storage failed
     */
    Optional<PendingWarning> claim(Duration lease);

    /**
     * Forgets a raise, which has been announced. No effect if it is forgotten already.
     *
     * @param warning the raise
     * @throws UsageStoreException if the storage failed
     */
    void confirm(PendingWarning warning);

    /**
     * Checks the lease of a claim.
     *
     * @param lease how long the first claim holds
     * @throws IllegalArgumentException if {@link #claim} does not allow it
     */
    static void requireLease(Duration lease) {
        Objects.requireNonNull(lease, "lease");
        if (lease.isNegative() || lease.isZero() || lease.compareTo(LONGEST_LEASE) > 0) {
            throw new IllegalArgumentException(
                    "lease is %s, allowed is more than 0 up to %s".formatted(lease, LONGEST_LEASE));
        }
    }

    /**
     * Checks a step of a mark.
     *
     * @param from where the mark was
     * @param to where it is to be
     * @param lastSeq the last entry of the tenant's ledger
     * @throws IllegalArgumentException if {@link #mark} does not allow it
     */
    static void requireMark(long from, long to, long lastSeq) {
        if (to <= from || to > lastSeq) {
            throw new IllegalArgumentException("mark is moved from %s to %s, allowed are entries after that up to %s"
                    .formatted(from, to, lastSeq));
        }
    }

    /**
     * Returns how long a claim holds.
     *
     * @param lease how long the first does
     * @param before how many claims there were before
     * @return {@code lease}, doubled for each claim before, at most {@value #MOST_DOUBLINGS} times
     */
    static Duration leaseAfter(Duration lease, int before) {
        return lease.multipliedBy(1L << Math.min(before, MOST_DOUBLINGS));
    }
}
