package io.github.quotaguard.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which limit a warning is about.
 *
 * @param account whose limit it is
 * @param metric what it counts
 * @param category the category it counts, or null for another metric
 */
public record WatchedLimit(
        AccountId account, MetricType metric, @Nullable Category category) {

    /**
     * Checks that a category is given for a category's bytes and for nothing else.
     *
     * @throws IllegalArgumentException if it is not
     */
    public WatchedLimit {
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(metric, "metric");
        if ((category != null) != (metric == MetricType.CATEGORY_BYTES)) {
            throw new IllegalArgumentException("category is %s for a limit of %s".formatted(category, metric));
        }
    }
}
