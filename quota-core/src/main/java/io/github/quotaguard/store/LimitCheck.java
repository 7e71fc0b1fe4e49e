package io.github.quotaguard.store;

import java.io.Serializable;
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
 */
public record LimitCheck(
        AccountId account,
        MetricType metric,
        @Nullable Category category,
        long requested,
        long used,
        long reserved,
        long limit)
        implements Serializable {

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
     * @return true if {@code requested} is more than {@link #available()}
     */
    public boolean isExceeded() {
        return requested > 0 && requested > limit - used - reserved;
    }
}
