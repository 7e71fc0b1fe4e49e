package io.github.quotaguard;

import static io.github.quotaguard.QuotaSeverity.WARNING;
import static io.github.quotaguard.store.MetricType.BYTES;
import static io.github.quotaguard.store.MetricType.CATEGORY_BYTES;
import static io.github.quotaguard.store.MetricType.FILES;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.WatchedLimit;
import java.time.Instant;
import java.util.Locale;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WarningTextTest {

    private static final QuotaWarning OF_BYTES = warning(BYTES, null, 438_407, 10_485_760);
    private static final QuotaWarning OF_FILES = warning(FILES, null, 801, 1_000);
    private static final QuotaWarning OF_IMAGES = warning(CATEGORY_BYTES, "image", 900, 1_000);

    private static final String ENGLISH = "acme has used 428.1 KiB of 10.0 MiB (4.18%)";
    private static final String CHINESE = "acme 已使用 428.1 KiB，配额 10.0 MiB（4.18%）";

    private final Locale before = Locale.getDefault();

    private static QuotaWarning warning(MetricType metric, @Nullable String category, long used, long max) {
        return QuotaWarning.of(
                new WatchedLimit(AccountId.of("acme"), metric, category == null ? null : new Category(category)),
                used,
                max,
                WARNING,
                null);
    }

    private static QuotaWarning aboveSoftLimit(QuotaSeverity severity, @Nullable Instant graceEndsAt) {
        WatchedLimit limit = new WatchedLimit(AccountId.of("acme"), MetricType.SOFT_BYTES, null);
        return QuotaWarning.of(limit, 438_407, 10_240, severity, graceEndsAt);
    }

    @AfterEach
    void speakAsBefore() {
        Locale.setDefault(before);
    }

    @Test
    void shouldSpeakEnglishUnlessAskedForMore() {
        assertThat(OF_BYTES.message()).isEqualTo(ENGLISH);
        assertThat(OF_FILES.message()).isEqualTo("acme has used 801 of 1000 files (80.10%)");
        assertThat(OF_IMAGES.message()).isEqualTo("acme has used 900 B of 1000 B for image (90.00%)");
    }

    @Test
    void shouldSpeakSimplifiedChinese() {
        Locale chinese = Locale.SIMPLIFIED_CHINESE;
        assertThat(OF_BYTES.message(chinese)).isEqualTo(CHINESE);
        assertThat(OF_FILES.message(chinese)).isEqualTo("acme 已使用 801 个文件，配额 1000 个（80.10%）");
        assertThat(OF_IMAGES.message(chinese)).isEqualTo("acme 的 image 类文件已使用 900 B，配额 1000 B（90.00%）");
        assertThat(OF_BYTES.in(chinese).message()).isEqualTo(CHINESE);
        assertThat(OF_BYTES.in(chinese).in(Locale.ENGLISH)).isEqualTo(OF_BYTES);
    }

    @Test
    void shouldSayUntilWhenOrSinceWhenASoftLimitIsPassed() {
        Instant end = Instant.parse("2026-03-01T00:00:00Z");
        QuotaWarning running = aboveSoftLimit(WARNING, end);
        QuotaWarning over = aboveSoftLimit(QuotaSeverity.EXCEEDED, end);

        assertThat(aboveSoftLimit(WARNING, null).message())
                .isEqualTo("acme uses and holds 428.1 KiB, above its soft limit of 10.0 KiB;"
                        + " its grace begins with the next upload");
        assertThat(running.message())
                .isEqualTo("acme uses and holds 428.1 KiB, above its soft limit of 10.0 KiB;"
                        + " uploads go on until 2026-03-01T00:00:00Z");
        assertThat(over.message())
                .isEqualTo("acme uses and holds 428.1 KiB, above its soft limit of 10.0 KiB;"
                        + " nothing may grow since 2026-03-01T00:00:00Z");
        assertThat(running.message(Locale.SIMPLIFIED_CHINESE))
                .isEqualTo("acme 已使用和占用 428.1 KiB，超过软配额 10.0 KiB；可继续上传至 2026-03-01T00:00:00Z");
        assertThat(over.message(Locale.SIMPLIFIED_CHINESE))
                .isEqualTo("acme 已使用和占用 428.1 KiB，超过软配额 10.0 KiB；自 2026-03-01T00:00:00Z 起不能再增加");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zh", "zh-CN", "zh-SG", "zh-Hans", "zh-Hans-TW"})
    void shouldSpeakSimplifiedChineseWhereItIsWritten(String locale) {
        assertThat(OF_BYTES.message(Locale.forLanguageTag(locale))).isEqualTo(CHINESE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "en-GB",
                "de-DE",
                "zh-TW",
                "zh-HK",
                "zh-MO",
                "zh-Hant",
                "zh-Hant-CN",
                "ja",
                "und",
                "ar-EG-u-nu-arab"
            })
    void shouldSpeakEnglishToEverybodyElseWhereverTheServerStands(String locale) {
        for (String server : new String[] {"zh-CN", "ar-EG-u-nu-arab", "en-US"}) {
            Locale.setDefault(Locale.forLanguageTag(server));
            ResourceBundle.clearCache();
            assertThat(OF_BYTES.message(Locale.forLanguageTag(locale)))
                    .as(server)
                    .isEqualTo(ENGLISH);
        }
    }

    /** A brace or a quote means something in a pattern, not in what is put into it. */
    @Test
    void shouldTakeIdsAsTheyAre() {
        QuotaWarning odd = QuotaWarning.of(
                new WatchedLimit(AccountId.of("{0}/it's {2}"), CATEGORY_BYTES, new Category("'{1}'")),
                9,
                10,
                WARNING,
                null);

        assertThat(odd.message()).isEqualTo("{0}/it's {2} has used 9 B of 10 B for '{1}' (90.00%)");
    }
}
