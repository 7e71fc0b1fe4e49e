package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.MetricType;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Says that an account is near a limit, at it or over it.
 *
 * @param account whose limit it is
 * @param metricType what the limit counts: bytes, files, or bytes of a category
 * @param category the category, or null for another metric
 * @param currentUsage what is used, in bytes or files
 * @param quotaLimit the limit, in bytes or files
 * @param usagePercentage usage in per cent of the limit, rounded down to two decimals: 99.999 % is 99.99
 * @param severity how severe it is
 * @param message the same for people, in English
 */
public record QuotaWarning(
        AccountId account,
        MetricType metricType,
        @Nullable Category category,
        long currentUsage,
        long quotaLimit,
        BigDecimal usagePercentage,
        QuotaSeverity severity,
        String message) {}
