package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.WatchedLimit;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Says that an account is near a limit, at it or over it.
 *
 * @param account whose limit it is
 * @param metricType what the limit counts: bytes, files, bytes of a category, or bytes of the soft limit
 * @param category the category, or null for another metric
 * @param currentUsage what is used, in bytes or files; of a soft limit with what is reserved
 * @param quotaLimit the limit, in bytes or files
 * @param usagePercentage usage in per cent of the limit, rounded down to two decimals: 99.999 % is 99.99
 * @param severity how severe it is
 * @param graceEndsAt for a soft limit that is passed, when uploads end or have ended; else null
 * @param message the same for people, in the language that was asked for
 */
public record QuotaWarning(
        AccountId account,
        MetricType metricType,
        @Nullable Category category,
        long currentUsage,
        long quotaLimit,
        BigDecimal usagePercentage,
        QuotaSeverity severity,
        @Nullable Instant graceEndsAt,
        String message) {

    static QuotaWarning of(
            WatchedLimit limit, long used, long max, QuotaSeverity severity, @Nullable Instant graceEndsAt) {
        return new QuotaWarning(
                        limit.account(),
                        limit.metric(),
                        limit.category(),
                        used,
                        max,
                        Percentage.of(used, max),
                        severity,
                        graceEndsAt,
                        "")
                .in(Locale.ROOT);
    }

    /**
     * Says the warning in another language: in Simplified Chinese for {@code zh-CN} and its like, in English for every
     * other locale. Byte counts are in binary units, numbers in ASCII digits: {@code acme has used 428.1 KiB of
     * 10.0 MiB (4.18%)}.
     *
     * @param locale the reader's; the server's own has no influence
     * @return the text
     */
    public String message(Locale locale) {
        return WarningText.of(this, locale);
    }

    /**
     * Returns the language that a reader is written to, for who says it beside the message.
     *
     * @param reader the reader's locale
     * @return {@link Locale#SIMPLIFIED_CHINESE} for {@code zh-CN} and its like, {@link Locale#ENGLISH} for every other
     */
    public static Locale language(Locale reader) {
        return WarningText.language(reader);
    }

    /**
     * Returns the same warning with its message in another language.
     *
     * @param locale as for {@link #message(Locale)}
     * @return a changed copy
     */
    public QuotaWarning in(Locale locale) {
        return new QuotaWarning(
                account,
                metricType,
                category,
                currentUsage,
                quotaLimit,
                usagePercentage,
                severity,
                graceEndsAt,
                message(locale));
    }
}
