package io.github.quotaguard;

import static io.github.quotaguard.QuotaSeverity.EXCEEDED;
import static io.github.quotaguard.QuotaSeverity.WARNING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.MetricType;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What is told of soft limits and of their graces. */
class WarningMonitorGraceTest extends MonitoredTest {

    @Test
    void shouldTellWhenASoftLimitIsPassedAndWhenItsGraceIsOver() {
        limit("acme", QuotaLimits.unlimited().withSoftBytes(100, Duration.ofDays(14)));
        UploadGuard guard =
                UploadGuard.builder(store).policy(policy).clock(clock).build();
        guard.reserve(Upload.of("acme", "base", 100)).commit();
        look();
        assertThat(told).isEmpty();

        guard.reserve(Upload.of("acme", "a", 1)).commit();
        Instant end = clock.instant().plus(Duration.ofDays(14));
        look();
        look();
        assertThat(severities()).containsExactly(WARNING);
        assertThat(told.get(0).warning().metricType()).isEqualTo(MetricType.SOFT_BYTES);
        assertThat(told.get(0).warning().graceEndsAt()).isEqualTo(end);

        clock.advance(Duration.ofDays(14));
        look();
        look();
        assertThat(severities()).containsExactly(WARNING, EXCEEDED);

        unguarded.delete("acme", "base");
        look();
        guard.reserve(Upload.of("acme", "base", 100)).commit();
        look();
        assertThat(severities()).as("with a new grace").containsExactly(WARNING, EXCEEDED, WARNING);
        assertThat(told).extracting(WarningEvent::id).doesNotHaveDuplicates();
    }

    @Test
    void shouldTellOfAGraceOnceItHasBegunAndOfTheNextOneToo() {
        save("acme", "base", 600);
        limit("acme", QuotaLimits.unlimited().withSoftBytes(500, Duration.ofDays(14)));
        UploadGuard guard =
                UploadGuard.builder(store).policy(policy).clock(clock).build();
        monitor.evaluate("acme");
        look();
        assertThat(told).as("a lowered limit, whose grace has not begun").isEmpty();

        guard.reserve(Upload.of("acme", "a", 1)).commit();
        look();
        clock.advance(Duration.ofDays(3));
        guard.delete("acme", "base");
        look();
        guard.reserve(Upload.of("acme", "base", 500)).commit();
        look();

        assertThat(told)
                .extracting(event -> event.warning().graceEndsAt())
                .containsExactly(
                        clock.instant().plus(Duration.ofDays(11)),
                        clock.instant().plus(Duration.ofDays(14)));
    }
}
