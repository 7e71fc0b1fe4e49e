package io.github.quotaguard;

import io.github.quotaguard.store.AccountCounters;
import io.github.quotaguard.store.Grace;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.SoftLimit;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.WatchedLimit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an account uses of one of its own limits. What is reserved does not count, but for a soft limit, as when its grace
 * begins.
 *
 * @param limit which limit
 * @param used what is used, in bytes or files
 * @param max the limit, in bytes or files
 * @param grace the grace of a soft limit that is passed, or null
 */
record LimitedUse(
        WatchedLimit limit, long used, long max, @Nullable Grace grace) {

    private static final int NONE = 0;
    private static final int PASSED = QuotaSeverity.WARNING.level();
    private static final int OVER = QuotaSeverity.EXCEEDED.level();

    /** Returns the use of each limit that is set: bytes, soft limit, files, then the categories by name. */
    static List<LimitedUse> of(QuotaLimits limits, AccountCounters counters) {
        List<LimitedUse> uses = new ArrayList<>();
        Usage total = counters.total();
        limits.bytes()
                .ifPresent(max -> uses.add(new LimitedUse(
                        new WatchedLimit(counters.account(), MetricType.BYTES, null), total.usedBytes(), max, null)));
        limits.softBytes().ifPresent(soft -> uses.add(of(soft, counters)));
        limits.files()
                .ifPresent(max -> uses.add(new LimitedUse(
                        new WatchedLimit(counters.account(), MetricType.FILES, null), total.usedFiles(), max, null)));
        limits.bytesByCategory().entrySet().stream()
                .sorted(Comparator.comparing(category -> category.getKey().name()))
                .forEach(category -> uses.add(new LimitedUse(
                        new WatchedLimit(counters.account(), MetricType.CATEGORY_BYTES, category.getKey()),
                        counters.of(category.getKey()).usedBytes(),
                        category.getValue(),
                        null)));
        return uses;
    }

    private static LimitedUse of(SoftLimit soft, AccountCounters counters) {
        Usage total = counters.total();
        return new LimitedUse(
                new WatchedLimit(counters.account(), MetricType.SOFT_BYTES, null),
                total.usedBytes() + total.reservedBytes(),
                soft.bytes(),
                soft.graceOf(total, counters.grace()).orElse(null));
    }

    private boolean isSoft() {
        return limit.metric() == MetricType.SOFT_BYTES;
    }

    /** How severe it is: above a soft limit a warning, and exceeded once the grace is over. */
    Optional<QuotaSeverity> severity(WarningThresholds thresholds) {
        if (!isSoft()) {
            return thresholds.severity(used, max);
        }
        return used > max ? QuotaSeverity.ofLevel(isGraceOver() ? OVER : PASSED) : Optional.empty();
    }

    /**
     * The level after this was seen. That of a soft limit is raised once the grace has begun, so that its end can be told,
     * and falls when the grace is void, so that the next one is told too.
     */
    int level(WarningThresholds thresholds, int before) {
        if (!isSoft()) {
            return thresholds.level(before, used, max);
        }
        if (used <= max) {
            return NONE;
        }
        if (grace == null) {
            return Math.min(before, PASSED);
        }
        return isGraceOver() ? OVER : PASSED;
    }

    private boolean isGraceOver() {
        return grace != null && grace.isOver();
    }

    @Nullable
    Instant graceEndsAt() {
        return grace == null ? null : grace.endsAt();
    }
}
