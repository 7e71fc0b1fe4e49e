package io.github.quotaguard;

import io.github.quotaguard.store.AccountUsage;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.WatchedLimit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What an account uses of one of its own limits; what is reserved does not count.
 *
 * @param limit which limit
 * @param used what is used, in bytes or files
 * @param max the limit, in bytes or files
 */
record LimitedUse(WatchedLimit limit, long used, long max) {

    /** Returns the use of each limit that is set: bytes, files, then the categories by name. */
    static List<LimitedUse> of(QuotaLimits limits, AccountUsage usage) {
        List<LimitedUse> uses = new ArrayList<>();
        limits.bytes()
                .ifPresent(max -> uses.add(new LimitedUse(
                        new WatchedLimit(usage.account(), MetricType.BYTES, null),
                        usage.total().usedBytes(),
                        max)));
        limits.files()
                .ifPresent(max -> uses.add(new LimitedUse(
                        new WatchedLimit(usage.account(), MetricType.FILES, null),
                        usage.total().usedFiles(),
                        max)));
        limits.bytesByCategory().entrySet().stream()
                .sorted(Comparator.comparing(category -> category.getKey().name()))
                .forEach(category -> uses.add(new LimitedUse(
                        new WatchedLimit(usage.account(), MetricType.CATEGORY_BYTES, category.getKey()),
                        usage.of(category.getKey()).usedBytes(),
                        category.getValue())));
        return uses;
    }
}
