package io.github.quotaguard.jdbc;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.WarningThresholds;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.SoftLimit;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How limits stand in the columns that the tables of plans and of accounts have in common. */
final class LimitColumns {

    static final List<String> NAMES = List.of(
            "bytes",
            "files",
            "bytes_per_file",
            "soft_bytes",
            "grace_seconds",
            "category_bytes",
            "warning_percent",
            "critical_percent",
            "hysteresis_points");

    private static final int MAX_CATEGORIES_LENGTH = 4_096;

    private LimitColumns() {}

    /** Returns the values for a plan, where null is unlimited. */
    static List<@Nullable Object> ofPlan(QuotaLimits limits) {
        return values(
                limited(limits.bytes().orElse(CounterLimit.UNLIMITED)),
                limited(limits.files().orElse(CounterLimit.UNLIMITED)),
                limited(limits.bytesPerFile().orElse(CounterLimit.UNLIMITED)),
                limits.softBytes().orElse(null),
                limits.bytesByCategory(),
                limits.thresholds());
    }

    private static @Nullable Long limited(long limit) {
        return limit == CounterLimit.UNLIMITED ? null : limit;
    }

    /** Returns the values for an account, where null is as the plan says. */
    static List<@Nullable Object> of(LimitOverrides overrides) {
        return values(
                overrides.bytes(),
                overrides.files(),
                overrides.bytesPerFile(),
                overrides.softBytes(),
                overrides.bytesByCategory(),
                overrides.thresholds());
    }

    /** In the order of {@link #NAMES}. */
    private static List<@Nullable Object> values(
            @Nullable Long bytes,
            @Nullable Long files,
            @Nullable Long bytesPerFile,
            @Nullable SoftLimit softBytes,
            Map<Category, Long> bytesByCategory,
            @Nullable WarningThresholds thresholds) {
        List<@Nullable Object> values = new ArrayList<>();
        values.add(bytes);
        values.add(files);
        values.add(bytesPerFile);
        values.add(softBytes == null ? null : softBytes.bytes());
        values.add(softBytes == null ? null : softBytes.grace().toSeconds());
        values.add(text(bytesByCategory));
        values.add(thresholds == null ? null : thresholds.warningPercent());
        values.add(thresholds == null ? null : thresholds.criticalPercent());
        values.add(thresholds == null ? null : thresholds.hysteresisPoints());
        return values;
    }

    /** Reads the limits of a plan, which are what is set instead of none. */
    static QuotaLimits plan(Row row) throws SQLException {
        return overrides(row).applyTo(QuotaLimits.unlimited());
    }

    static LimitOverrides overrides(Row row) throws SQLException {
        Map<Category, Long> bytesByCategory = new HashMap<>();
        Rows.metadata(row.text("category_bytes"))
                .forEach((category, bytes) -> bytesByCategory.put(new Category(category), Long.valueOf(bytes)));
        Long softBytes = row.numberOrNull("soft_bytes");
        Long warningPercent = row.numberOrNull("warning_percent");
        return new LimitOverrides(
                row.numberOrNull("bytes"),
                row.numberOrNull("files"),
                row.numberOrNull("bytes_per_file"),
                bytesByCategory,
                softBytes == null ? null : new SoftLimit(softBytes, Duration.ofSeconds(row.number("grace_seconds"))),
                warningPercent == null
                        ? null
                        : new WarningThresholds(
                                warningPercent.intValue(),
                                row.smallNumber("critical_percent"),
                                row.smallNumber("hysteresis_points")));
    }

    static void requireStorable(Map<Category, Long> bytesByCategory) {
        int length = text(bytesByCategory).length();
        if (length > MAX_CATEGORIES_LENGTH) {
            throw new IllegalArgumentException(
                    "%s limits of categories take %s characters encoded as a form, allowed are %s"
                            .formatted(bytesByCategory.size(), length, MAX_CATEGORIES_LENGTH));
        }
    }

    static void requireStorable(@Nullable SoftLimit softBytes) {
        if (softBytes != null && !softBytes.grace().equals(softBytes.grace().truncatedTo(ChronoUnit.SECONDS))) {
            throw new IllegalArgumentException(
                    "grace is %s, plans keep whole seconds of it".formatted(softBytes.grace()));
        }
    }

    private static String text(Map<Category, Long> bytesByCategory) {
        Map<String, String> pairs = new HashMap<>();
        bytesByCategory.forEach((category, bytes) -> pairs.put(category.name(), Long.toString(bytes)));
        return Rows.text(pairs);
    }
}
