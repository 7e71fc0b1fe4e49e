package io.github.quotaguard;

import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.MetricType;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One number of an account, in bytes or files.
 *
 * @param metricType what it counts: bytes, files, or bytes of a category
 * @param category the category, or null for another metric
 * @param used what is stored
 * @param reserved what is held for uploads under way
 * @param limit the account's own limit, empty if there is none
 */
public record UsageMetric(
        MetricType metricType, @Nullable Category category, long used, long reserved, OptionalLong limit) {

    /**
     * Returns the share of the limit that is used.
     *
     * @return per cent, rounded down to two decimals: 4.18 for 438,407 of 10,485,760; empty if there is no limit
     */
    public Optional<BigDecimal> percentage() {
        return limit.isPresent() ? Optional.of(Percentage.of(used, limit.getAsLong())) : Optional.empty();
    }
}
