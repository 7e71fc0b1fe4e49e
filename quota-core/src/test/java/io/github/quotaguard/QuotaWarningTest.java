package io.github.quotaguard;

import static io.github.quotaguard.QuotaSeverity.CRITICAL;
import static io.github.quotaguard.QuotaSeverity.EXCEEDED;
import static io.github.quotaguard.QuotaSeverity.WARNING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.MetricType;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaWarningTest {

    private static final AccountId ACME = AccountId.of("acme");

    private final InMemoryUsageStore store = new InMemoryUsageStore();
    private final UploadGuard unguarded = UploadGuard.builder(store)
            .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
            .build();

    @ParameterizedTest
    @CsvSource({"80, WARNING", "89, WARNING", "90, CRITICAL", "99, CRITICAL", "100, EXCEEDED", "120, EXCEEDED"})
    void shouldGiveWarningsOfBytes(int used, QuotaSeverity severity) {
        save("photo-1", used);

        assertThat(warnings(QuotaLimits.ofBytes(100)))
                .containsExactly(new QuotaWarning(
                        ACME,
                        MetricType.BYTES,
                        null,
                        used,
                        100,
                        new BigDecimal(used + ".00"),
                        severity,
                        null,
                        "acme has used %d B of 100 B (%d.00%%)".formatted(used, used)));
    }

    @ParameterizedTest
    @CsvSource({"4, WARNING", "5, CRITICAL", "6, EXCEEDED", "7, EXCEEDED"})
    void shouldGiveWarningsOfFiles(int files, QuotaSeverity severity) {
        for (int i = 0; i < files; i++) {
            save("photo-" + i, 1);
        }
        QuotaLimits limits = QuotaLimits.unlimited().withFiles(6).withThresholds(new WarningThresholds(60, 80));

        assertThat(warnings(limits)).singleElement().satisfies(warning -> {
            assertThat(warning.metricType()).isEqualTo(MetricType.FILES);
            assertThat(warning.currentUsage()).isEqualTo(files);
            assertThat(warning.severity()).isEqualTo(severity);
            assertThat(warning.message()).startsWith("acme has used %d of 6 files".formatted(files));
        });
    }

    @ParameterizedTest
    @CsvSource({"80, WARNING", "90, CRITICAL", "100, EXCEEDED"})
    void shouldGiveWarningsOfACategory(int used, QuotaSeverity severity) {
        save("note", 1_000);
        unguarded.upload(Upload.of("acme", "photo-1", used).category("image"), reservation -> "saved");

        assertThat(warnings(QuotaLimits.unlimited().withBytes("image", 100).withBytes("film", 0)))
                .singleElement()
                .satisfies(warning -> {
                    assertThat(warning.metricType()).isEqualTo(MetricType.CATEGORY_BYTES);
                    assertThat(warning.category()).isEqualTo(new Category("image"));
                    assertThat(warning.currentUsage()).isEqualTo(used);
                    assertThat(warning.severity()).isEqualTo(severity);
                    assertThat(warning.message()).contains("for image");
                });
    }

    @Test
    void shouldBeSilentBelowTheFirstThreshold() {
        save("photo-1", 79);

        assertThat(warnings(QuotaLimits.ofBytes(100).withFiles(2).withBytes("image", 1)))
                .isEmpty();
    }

    @Test
    void shouldBeSilentWithoutALimit() {
        save("photo-1", Long.MAX_VALUE);

        assertThat(warnings(QuotaLimits.unlimited())).isEmpty();
    }

    @Test
    void shouldPutTheSeverestFirst() {
        for (int i = 0; i < 8; i++) {
            save("note-" + i, 0);
        }
        unguarded.upload(Upload.of("acme", "photo", 100).category("image"), reservation -> "saved");
        unguarded.upload(Upload.of("acme", "film", 0).category("film"), reservation -> "saved");

        List<QuotaWarning> warnings =
                warnings(QuotaLimits.ofBytes(125).withFiles(11).withBytes("image", 100));

        assertThat(warnings).extracting(QuotaWarning::severity).containsExactly(EXCEEDED, CRITICAL, WARNING);
        assertThat(warnings)
                .extracting(QuotaWarning::metricType)
                .containsExactly(MetricType.CATEGORY_BYTES, MetricType.FILES, MetricType.BYTES);
    }

    @Test
    void shouldNotCountWhatIsOnlyReserved() {
        save("photo-1", 79);
        unguarded.reserve(Upload.of("acme", "photo-2", 21));

        assertThat(warnings(QuotaLimits.ofBytes(100))).isEmpty();
    }

    @Test
    void shouldBeWithdrawnWhenFilesAreDeletedOrTheLimitIsRaised() {
        save("photo-1", 95);
        assertThat(warnings(QuotaLimits.ofBytes(100))).hasSize(1);

        assertThat(warnings(QuotaLimits.ofBytes(1_000))).isEmpty();
        unguarded.delete("acme", "photo-1");
        assertThat(warnings(QuotaLimits.ofBytes(100))).isEmpty();
    }

    @Test
    void shouldConcernAnAccountWithEverythingBelowIt() {
        unguarded.upload(Upload.of("acme/user-1", "photo-1", 45), reservation -> "saved");
        unguarded.upload(Upload.of("acme/user-2", "photo-2", 45), reservation -> "saved");

        assertThat(warnings(QuotaLimits.ofBytes(100)))
                .extracting(QuotaWarning::severity)
                .containsExactly(CRITICAL);
        assertThat(QuotaService.of(store, QuotaPolicy.fixed(QuotaLimits.ofBytes(100)))
                        .warnings("acme/user-1"))
                .isEmpty();
    }

    private List<QuotaWarning> warnings(QuotaLimits limits) {
        return QuotaService.of(store, QuotaPolicy.fixed(limits)).warnings("acme");
    }

    private void save(String file, long bytes) {
        unguarded.upload(Upload.of("acme", file, bytes), reservation -> "saved");
    }
}
