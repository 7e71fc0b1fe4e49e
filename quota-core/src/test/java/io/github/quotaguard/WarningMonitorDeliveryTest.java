package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** How often, and to whom, an event is told. */
class WarningMonitorDeliveryTest extends MonitoredTest {

    @Test
    void shouldRepeatTheSameEventAfterGrowingPausesUntilTheListenerTakesIt() {
        limit("acme", QuotaLimits.ofBytes(100));
        List<String> attempts = new CopyOnWriteArrayList<>();
        WarningMonitor failing = monitor(event -> {
            attempts.add(event.id());
            throw new IllegalStateException("mail server is down");
        });
        save("acme", "a", 80);

        String log = CapturedLog.of(failing);
        assertThat(log).contains("acme//BYTES-1-1").contains("mail server is down");
        CapturedLog.of(failing);
        assertThat(attempts).hasSize(1);

        clock.advance(Duration.ofMinutes(1));
        CapturedLog.of(failing);
        clock.advance(Duration.ofMinutes(1));
        CapturedLog.of(failing);
        assertThat(attempts).containsExactly("acme//BYTES-1-1", "acme//BYTES-1-1");

        clock.advance(Duration.ofMinutes(1));
        look();
        clock.advance(Duration.ofDays(1));
        look();
        assertThat(told).extracting(WarningEvent::id).containsExactly("acme//BYTES-1-1");
        assertThat(told.get(0).raisedAt()).isEqualTo(TestClock.START);
    }

    @Test
    void shouldTellEveryListenerThoughOneThrows() {
        limit("acme", QuotaLimits.ofBytes(100));
        save("acme", "a", 80);
        WarningMonitor both = WarningMonitor.builder(store)
                .policy(policy)
                .listener(event -> {
                    throw new AssertionError("broken");
                })
                .listener(told::add)
                .build();

        CapturedLog.of(both);
        clock.advance(Duration.ofMinutes(1));
        CapturedLog.of(both);

        assertThat(told).extracting(WarningEvent::id).containsExactly("acme//BYTES-1-1", "acme//BYTES-1-1");
    }

    /** As a node that dies after the level was moved, and one that dies before. */
    @Test
    void shouldAnnounceWhatAnotherMonitorHasLeftBehind() {
        limit("acme", QuotaLimits.ofBytes(100));
        limit("corp", QuotaLimits.ofBytes(100));
        save("acme", "a", 80);
        monitor(event -> {}).evaluate("acme");
        save("corp", "a", 80);

        look();

        assertThat(told).extracting(WarningEvent::id).containsExactlyInAnyOrder("acme//BYTES-1-1", "corp//BYTES-1-1");
    }
}
