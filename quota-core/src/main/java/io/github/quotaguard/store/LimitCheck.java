package io.github.quotaguard.store;

import java.io.Serializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One limit, with the numbers it was checked against. Bytes for every metric but {@link MetricType#FILES}.
 *
 * <p>A request of 600 against a limit of 1,000 of which 300 are used and 200 reserved does not fit: available are
 * 1,000 − 300 − 200 = 500.
 *
 * @param account whose limit it is: the account charged or an ancestor
 * @param metric what it counts
 * @param category the category it counts, or null
 * @param requested how much more was asked for
 * @param used how much was in use
 * @param reserved how much was held for uploads under way
 * @param limit the limit, {@link CounterLimit#UNLIMITED} if there is none
 * @param graceEndedAt since when the grace of a soft limit is over, so that it is exceeded; otherwise null
 */
public record LimitCheck(
        AccountId account,
        MetricType metric,
        @Nullable Category category,
        long requested,
        long used,
        long reserved,
        long limit,
        @Nullable Instant graceEndedAt)
        implements Serializable {

    /**
     * Returns the check of a limit without a grace.
     *
     * @param account whose limit it is: the account charged or an ancestor
     * @param metric what it counts
     * @param category the category it counts, or null
     * @param requested how much more was asked for
     * @param used how much was in use
     * @param reserved how much was held for uploads under way
     * @param limit the limit, {@link CounterLimit#UNLIMITED} if there is none
     */
    public LimitCheck(
            AccountId account,
            MetricType metric,
            @Nullable Category category,
            long requested,
            long used,
            long reserved,
            long limit) {
        this(account, metric, category, requested, used, reserved, limit, null);
    }

    /**
     * Returns what a request could still get.
     *
     * @return limit − used − reserved, never below 0
     */
    public long available() {
        return Math.max(0, limit - used - reserved);
    }

    /**
     * Says whether the request does not fit.
     *
     * @return true if {@code requested} is more than {@link #available()}; of a soft limit, if its grace is over
     */
    public boolean isExceeded() {
        return metric == MetricType.SOFT_BYTES
                ? graceEndedAt != null
                : requested > 0 && requested > limit - used - reserved;
    }
}
