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

    /** Checks that there is an account and a metric. */
    public WatchedLimit {
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(metric, "metric");
    }
}
