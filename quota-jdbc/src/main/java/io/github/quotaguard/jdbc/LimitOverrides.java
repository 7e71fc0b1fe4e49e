package io.github.quotaguard.jdbc;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.WarningThresholds;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.SoftLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an administrator has set for one account instead of single limits of its plan. What is null stays as the plan
 * says; {@link CounterLimit#UNLIMITED} lifts a limit that the plan has. Immutable.
 *
 * <pre>{@code
 * LimitOverrides.NONE.withBytes(20_971_520).withFiles(CounterLimit.UNLIMITED)
 * }</pre>
 *
 * @param bytes the most bytes, 0 to {@link CounterLimit#UNLIMITED}, or null
 * @param files the most files, 0 to {@link CounterLimit#UNLIMITED}, or null
 * @param bytesPerFile the most bytes of each version, 0 to {@link CounterLimit#UNLIMITED}, or null
 * @param bytesByCategory the most bytes of categories, each 0 to {@link CounterLimit#UNLIMITED}; those of the plan that
 *     are not named stay
 * @param softBytes the soft limit, whose grace is of whole seconds; of {@link CounterLimit#UNLIMITED} bytes for none; or
 *     null
 * @param thresholds from which share on warnings are given, or null
 */
public record LimitOverrides(
        @Nullable Long bytes,
        @Nullable Long files,
        @Nullable Long bytesPerFile,
        Map<Category, Long> bytesByCategory,
        @Nullable SoftLimit softBytes,
        @Nullable WarningThresholds thresholds) {

    private static final SoftLimit NO_SOFT_LIMIT = new SoftLimit(CounterLimit.UNLIMITED, SoftLimit.LONGEST_GRACE);

    /** Everything is as the plan says. */
    public static final LimitOverrides NONE = new LimitOverrides(null, null, null, Map.of(), null, null);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is negative, there are more categories than can be kept, which is more
     *     than 40 of them, or the grace has a fraction of a second
     */
    public LimitOverrides {
        require("bytes", bytes);
        require("files", files);
        require("bytes per file", bytesPerFile);
        bytesByCategory = Map.copyOf(bytesByCategory);
        bytesByCategory.forEach((category, most) -> require("bytes of category " + category, most));
        LimitColumns.requireStorable(bytesByCategory);
        LimitColumns.requireStorable(softBytes);
    }

    /** Returns limits as what takes the place of those of any plan, but for the plan's categories. */
    static LimitOverrides of(QuotaLimits limits) {
        return new LimitOverrides(
                limits.bytes().orElse(CounterLimit.UNLIMITED),
                limits.files().orElse(CounterLimit.UNLIMITED),
                limits.bytesPerFile().orElse(CounterLimit.UNLIMITED),
                limits.bytesByCategory(),
                limits.softBytes().orElse(NO_SOFT_LIMIT),
                limits.thresholds());
    }

    /**
     * Sets the limit of bytes.
     *
     * @param bytes the most bytes, 0 to {@link CounterLimit#UNLIMITED}
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative
     */
    public LimitOverrides withBytes(long bytes) {
        return new LimitOverrides(bytes, files, bytesPerFile, bytesByCategory, softBytes, thresholds);
    }

    /**
     * Sets the limit of bytes of one category.
     *
     * @param category the category
     * @param bytes the most bytes, 0 to {@link CounterLimit#UNLIMITED}
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative, or the category's name is not allowed
     */
    public LimitOverrides withBytes(String category, long bytes) {
        Map<Category, Long> changed = new HashMap<>(bytesByCategory);
        changed.put(new Category(category), bytes);
        return new LimitOverrides(this.bytes, files, bytesPerFile, changed, softBytes, thresholds);
    }

    /**
     * Sets the limit of files.
     *
     * @param files the most files, 0 to {@link CounterLimit#UNLIMITED}
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative
     */
    public LimitOverrides withFiles(long files) {
        return new LimitOverrides(bytes, files, bytesPerFile, bytesByCategory, softBytes, thresholds);
    }

    /**
     * Sets the limit of bytes per file.
     *
     * @param bytesPerFile the most bytes, 0 to {@link CounterLimit#UNLIMITED}
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative
     */
    public LimitOverrides withBytesPerFile(long bytesPerFile) {
        return new LimitOverrides(bytes, files, bytesPerFile, bytesByCategory, softBytes, thresholds);
    }

    /**
     * Sets the soft limit of bytes. Where it is above the limit of bytes that is in force, there is none.
     *
     * @param bytes the bytes that may be passed for a while, 0 or more
     * @param grace for how long, of whole seconds
     * @return a changed copy
     * @throws IllegalArgumentException as {@link SoftLimit}, or if the grace has a fraction of a second
     */
    public LimitOverrides withSoftBytes(long bytes, Duration grace) {
        return new LimitOverrides(
                this.bytes, files, bytesPerFile, bytesByCategory, new SoftLimit(bytes, grace), thresholds);
    }

    /**
     * Lifts the soft limit of the plan.
     *
     * @return a changed copy
     */
    public LimitOverrides withoutSoftBytes() {
        return new LimitOverrides(bytes, files, bytesPerFile, bytesByCategory, NO_SOFT_LIMIT, thresholds);
    }

    /**
     * Sets from which share of a limit on warnings are given.
     *
     * @param thresholds the shares
     * @return a changed copy
     */
    public LimitOverrides withThresholds(WarningThresholds thresholds) {
        return new LimitOverrides(
                bytes,
                files,
                bytesPerFile,
                bytesByCategory,
                softBytes,
                Objects.requireNonNull(thresholds, "thresholds"));
    }

    /**
     * Returns what is in force for an account. With 20 bytes set here, a plan of 10 bytes and 3 files becomes 20 bytes
     * and 3 files.
     *
     * @param plan the limits of its plan
     * @return those, with what is set here instead
     */
    public QuotaLimits applyTo(QuotaLimits plan) {
        QuotaLimits limits = plan.withoutSoftBytes();
        if (bytes != null) {
            limits = limits.withBytes(bytes);
        }
        if (files != null) {
            limits = limits.withFiles(files);
        }
        if (bytesPerFile != null) {
            limits = limits.withBytesPerFile(bytesPerFile);
        }
        for (Map.Entry<Category, Long> category : bytesByCategory.entrySet()) {
            limits = limits.withBytes(category.getKey().name(), category.getValue());
        }
        SoftLimit soft = softBytes == null ? plan.softBytes().orElse(NO_SOFT_LIMIT) : softBytes;
        if (!isNone(soft) && soft.bytes() <= limits.bytes().orElse(CounterLimit.UNLIMITED)) {
            limits = limits.withSoftBytes(soft.bytes(), soft.grace());
        }
        return thresholds == null ? limits : limits.withThresholds(thresholds);
    }

    /**
     * Returns what is set, as it stands in the audit: {@code bytes=20971520, bytesByCategory[image=unlimited]}; empty if
     * nothing is. Names of categories are encoded as in a form, so that no name reads as something else.
     */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        add(parts, "bytes", bytes);
        add(parts, "files", files);
        add(parts, "bytesPerFile", bytesPerFile);
        if (!bytesByCategory.isEmpty()) {
            List<String> categories = new ArrayList<>();
            bytesByCategory.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey(Comparator.comparing(Category::name)))
                    .forEach(category ->
                            add(categories, Rows.encode(category.getKey().name()), category.getValue()));
            parts.add("bytesByCategory" + categories);
        }
        if (softBytes != null) {
            parts.add(
                    isNone(softBytes)
                            ? "softBytes=none"
                            : "softBytes=%s, grace=%s".formatted(softBytes.bytes(), softBytes.grace()));
        }
        if (thresholds != null) {
            parts.add("warning=%s%%, critical=%s%%, hysteresis=%s"
                    .formatted(
                            thresholds.warningPercent(), thresholds.criticalPercent(), thresholds.hysteresisPoints()));
        }
        return String.join(", ", parts);
    }

    private static boolean isNone(SoftLimit soft) {
        return soft.bytes() == CounterLimit.UNLIMITED;
    }

    private static void add(List<String> parts, String what, @Nullable Long limit) {
        if (limit != null) {
            parts.add(what + "=" + (limit == CounterLimit.UNLIMITED ? "unlimited" : limit));
        }
    }

    private static void require(String what, @Nullable Long limit) {
        if (limit != null && limit < 0) {
            throw new IllegalArgumentException(
                    "limit of %s is %s, allowed are 0 or more, null for that of the plan".formatted(what, limit));
        }
    }
}
