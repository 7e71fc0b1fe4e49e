package io.github.quotaguard.spring.actuate;

import io.github.quotaguard.QuotaSeverity;
import io.github.quotaguard.QuotaWarning;
import io.github.quotaguard.StorageQuota;
import io.github.quotaguard.store.MetricType;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The answer about an account, in the words of {@link StorageQuota} and {@link QuotaWarning}. */
record AccountOverview(
        String organizationId,
        boolean unlimited,
        @Nullable Long totalQuota,
        long usedQuota,
        long reservedQuota,
        @Nullable Long remainingQuota,
        @Nullable Long availableQuota,
        long fileCount,
        Map<String, Long> usageByCategory,
        @Nullable Long softQuota,
        @Nullable Instant graceEndsAt,
        @Nullable Instant updatedAt,
        List<Warning> warnings) {

    record Warning(
            MetricType metricType,
            @Nullable String category,
            long currentUsage,
            long quotaLimit,
            BigDecimal usagePercentage,
            QuotaSeverity severity,
            String message) {

        static Warning of(QuotaWarning warning) {
            return new Warning(
                    warning.metricType(),
                    warning.category() == null ? null : warning.category().name(),
                    warning.currentUsage(),
                    warning.quotaLimit(),
                    warning.usagePercentage(),
                    warning.severity(),
                    warning.message());
        }
    }

    static AccountOverview of(StorageQuota quota, List<QuotaWarning> warnings) {
        Map<String, Long> byCategory = new TreeMap<>();
        quota.usageByCategory().forEach((category, bytes) -> byCategory.put(category.name(), bytes));
        return new AccountOverview(
                quota.organizationId(),
                quota.isUnlimited(),
                orNull(quota.totalQuota()),
                quota.usedQuota(),
                quota.reservedQuota(),
                orNull(quota.remainingQuota()),
                orNull(quota.availableQuota()),
                quota.fileCount(),
                byCategory,
                orNull(quota.softQuota()),
                quota.graceEndsAt().orElse(null),
                quota.updatedAt().orElse(null),
                warnings.stream().map(Warning::of).toList());
    }

    private static @Nullable Long orNull(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }
}
