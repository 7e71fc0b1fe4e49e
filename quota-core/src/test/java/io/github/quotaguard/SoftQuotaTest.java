package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.SoftLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A soft limit as an application sets and sees it. */
class SoftQuotaTest {

    private static final Duration WEEK = Duration.ofDays(7);
    private static final QuotaLimits LIMITS = QuotaLimits.ofBytes(200).withSoftBytes(100, WEEK);

    private final TestClock clock = new TestClock();
    private final InMemoryUsageStore store = new InMemoryUsageStore(clock);
    private final AtomicReference<QuotaLimits> limits = new AtomicReference<>(LIMITS);
    private final QuotaPolicy policy =
            account -> account.path().equals("acme") ? limits.get() : QuotaLimits.unlimited();
    private final UploadGuard guard =
            UploadGuard.builder(store).policy(policy).clock(clock).build();
    private final QuotaService service = QuotaService.of(store, policy);

    private void store(String file, long bytes) {
        guard.reserve(Upload.of("acme", file, bytes)).commit();
    }

    @Test
    void shouldShowNoGraceBelowTheSoftLimit() {
        store("photo-1", 100);

        StorageQuota quota = service.storageQuota("acme");

        assertThat(quota.softQuota()).hasValue(100);
        assertThat(quota.isAboveSoftQuota()).isFalse();
        assertThat(quota.graceEndsAt()).isEmpty();
        assertThat(quota.isGraceOver()).isFalse();
        assertThat(service.warnings("acme")).isEmpty();
    }

    @Test
    void shouldShowAndWarnOfTheEndOfTheGrace() {
        store("photo-1", 90);
        Instant begin = clock.instant();
        guard.reserve(Upload.of("acme", "photo-2", 60));

        StorageQuota quota = service.storageQuota("acme");
        assertThat(quota.isAboveSoftQuota()).isTrue();
        assertThat(quota.graceEndsAt()).hasValue(begin.plus(WEEK));
        assertThat(quota.isGraceOver()).isFalse();
        assertThat(service.warnings("acme")).singleElement().satisfies(warning -> {
            assertThat(warning.metricType()).isEqualTo(MetricType.SOFT_BYTES);
            assertThat(warning.severity()).isEqualTo(QuotaSeverity.WARNING);
            assertThat(warning.currentUsage()).isEqualTo(150);
            assertThat(warning.quotaLimit()).isEqualTo(100);
            assertThat(warning.usagePercentage()).hasToString("150.00");
            assertThat(warning.message())
                    .isEqualTo("acme uses and holds 150 B, above its soft limit of 100 B;" + " uploads go on until "
                            + begin.plus(WEEK));
        });
    }

    @Test
    void shouldShowWarnOfAndRefuseByAGraceThatIsOver() {
        store("photo-1", 150);
        Instant end = clock.instant().plus(WEEK);
        clock.advance(WEEK);

        assertThat(service.storageQuota("acme").graceEndsAt()).hasValue(end);
        assertThat(service.storageQuota("acme").isGraceOver()).isTrue();
        assertThat(service.warnings("acme")).singleElement().satisfies(warning -> {
            assertThat(warning.severity()).isEqualTo(QuotaSeverity.EXCEEDED);
            assertThat(warning.message()).endsWith("nothing may grow since " + end);
        });
        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> store("photo-2", 1))
                .satisfies(refused -> assertThat(refused.metric()).isEqualTo(MetricType.SOFT_BYTES))
                .withMessageEndingWith("does not fit: 1 byte asked for, acme has used 150 bytes of a soft limit of"
                        + " 100 bytes, and its grace is over since " + end);
    }

    @Test
    void shouldSayThatTheGraceBeginsWithTheNextUploadWhereTheSoftLimitWasLowered() {
        limits.set(QuotaLimits.ofBytes(500));
        store("photo-1", 150);
        limits.set(LIMITS);

        assertThat(service.storageQuota("acme").isAboveSoftQuota()).isTrue();
        assertThat(service.storageQuota("acme").graceEndsAt()).isEmpty();
        assertThat(service.warnings("acme")).singleElement().satisfies(warning -> {
            assertThat(warning.severity()).isEqualTo(QuotaSeverity.WARNING);
            assertThat(warning.message()).endsWith("its grace begins with the next upload");
        });
    }

    @Test
    void shouldShowNoGraceOnceUseIsAtTheSoftLimit() {
        store("photo-1", 100);
        store("photo-2", 1);
        clock.advance(WEEK);

        guard.delete("acme", "photo-2");

        assertThat(service.storageQuota("acme").graceEndsAt()).isEmpty();
        assertThat(service.storageQuota("acme").isGraceOver()).isFalse();
        assertThat(service.warnings("acme")).isEmpty();
    }

    @Test
    void shouldExplainWhatTheGraceAllowsAndWhatItsEndForbids() {
        Explanation below = service.explain(Upload.of("acme", "photo-1", 100));
        assertThat(below.reason()).isEqualTo("it fits into every limit");
        assertThat(below.checks())
                .filteredOn(check -> check.metric() == MetricType.SOFT_BYTES)
                .extracting(LimitCheck::limit)
                .containsExactly(100L);
        Explanation above = service.explain(Upload.of("acme", "photo-1", 101));
        assertThat(above.decision()).isEqualTo(Explanation.Decision.ADMIT);
        assertThat(above.reason())
                .isEqualTo("it fits into every limit; acme is above its soft limit then, for the time of its grace");
        store("photo-1", 101);
        clock.advance(WEEK);

        Explanation over = service.explain(Upload.of("acme", "photo-2", 0));
        assertThat(over.decision()).isEqualTo(Explanation.Decision.REFUSE);
        assertThat(over.reason()).contains("its grace is over since");
        assertThat(service.explain(Upload.of("acme", "photo-1", 101).overwrite())
                        .decision())
                .isEqualTo(Explanation.Decision.ADMIT);
        assertThat(service.explain(Upload.of("acme", "photo-2", 1).forced("restored by support"))
                        .decision())
                .isEqualTo(Explanation.Decision.ADMIT);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 101, Long.MAX_VALUE})
    void shouldTakeNoSoftLimitOutsideTheLimit(long soft) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QuotaLimits.ofBytes(100).withSoftBytes(soft, WEEK));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "P3650DT0.000000001S"})
    void shouldTakeNoGraceOutsideItsRange(Duration grace) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QuotaLimits.ofBytes(100).withSoftBytes(100, grace));
    }

    @Test
    void shouldKeepTheSoftLimitThroughEveryOtherChange() {
        QuotaLimits changed = LIMITS.withBytes(300)
                .withFiles(3)
                .withBytes("image", 50)
                .withBytesPerFile(20)
                .withThresholds(new WarningThresholds(50, 60));

        assertThat(changed.softBytes()).hasValue(new SoftLimit(100, WEEK));
        assertThat(changed.withSoftBytes(100, WEEK)).isEqualTo(changed).hasSameHashCodeAs(changed);
        assertThat(changed.withSoftBytes(99, WEEK)).isNotEqualTo(changed);
        assertThat(changed).asString().contains("softBytes=SoftLimit[bytes=100, grace=PT168H]");
        assertThat(QuotaLimits.ofBytes(1).softBytes()).isEmpty();
        assertThat(QuotaLimits.ofBytes(1)).asString().contains("softBytes=none");
        assertThatIllegalArgumentException().isThrownBy(() -> LIMITS.withBytes(99));
        assertThat(QuotaLimits.unlimited()
                        .withSoftBytes(Long.MAX_VALUE, SoftLimit.LONGEST_GRACE)
                        .softBytes())
                .isPresent();
    }
}
