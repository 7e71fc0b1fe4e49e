package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.quotaguard.memory.InMemoryUsageStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Monitors with their own threads. */
class WarningMonitorThreadsTest {

    private static final QuotaPolicy POLICY = QuotaPolicy.fixed(QuotaLimits.ofBytes(100));

    private final InMemoryUsageStore store = new InMemoryUsageStore();
    private final UploadGuard guard = UploadGuard.builder(store).policy(POLICY).build();
    private final List<String> told = new CopyOnWriteArrayList<>();

    private WarningMonitor.Builder builder(QuotaListener listener) {
        return WarningMonitor.builder(store)
                .policy(POLICY)
                .listener(listener)
                .delay(Duration.ofMillis(1))
                .interval(Duration.ofDays(1));
    }

    private void save(String account, long bytes) {
        guard.reserve(Upload.of(account, "f" + bytes, bytes)).commit();
    }

    @Test
    void shouldTellSoonAfterAnUploadWithoutASearch() {
        try (WarningMonitor monitor =
                builder(event -> told.add(event.id())).build().start()) {
            assertThat(monitor.start()).isSameAs(monitor);
            save("corp", 1);
            save("acme", 80);
            await().until(() -> told.contains("acme//BYTES-1-1"));
        }
        assertThat(told).hasSize(1);
    }

    @Test
    void shouldSearchForWhatItWasNotToldOf() {
        save("acme", 80);
        try (WarningMonitor monitor = builder(event -> told.add(event.id()))
                .interval(Duration.ofMillis(10))
                .build()) {
            monitor.start();
            await().until(() -> told.contains("acme//BYTES-1-1"));
        }
    }

    @Test
    void shouldAnnounceWhatIsRaisedByAChangedLimit() {
        AtomicLong limit = new AtomicLong(100);
        try (WarningMonitor monitor = builder(event -> told.add(event.id()))
                .policy(account -> QuotaLimits.ofBytes(limit.get()))
                .build()) {
            monitor.start();
            save("acme", 50);
            await().until(this::isAllLookedAt);

            limit.set(50);
            monitor.evaluate("acme");
            await().until(() -> told.contains("acme//BYTES-3-1"));

            limit.set(1_000);
            monitor.evaluateAll();
            limit.set(60);
            monitor.evaluateAll();
            await().until(() -> told.contains("acme//BYTES-1-2"));
        }
    }

    private boolean isAllLookedAt() {
        return store.warnings().orElseThrow().behind(null, 1).items().isEmpty();
    }

    @Test
    void shouldHoldUpNothingButDeliveryWhileAListenerHangs() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        WarningMonitor hanging = startedUntilTold(builder -> builder.lease(Duration.ofMillis(50)), () -> hang(never));
        try (hanging) {
            save("corp", 90);
            await().until(() ->
                    store.warnings().orElseThrow().behind(null, 10).items().isEmpty());

            try (WarningMonitor other = builder(event -> told.add(event.id()))
                    .interval(Duration.ofMillis(10))
                    .build()) {
                other.start();
                await().until(() -> told.containsAll(List.of("acme//BYTES-1-1", "corp//BYTES-2-1")));
            }
            never.countDown();
        }
        assertThat(told).hasSize(2);
    }

    /** Starts a monitor, and returns when its listener has been told of an upload and does not come back. */
    private WarningMonitor startedUntilTold(UnaryOperator<WarningMonitor.Builder> settings, Runnable listener)
            throws InterruptedException {
        CountDownLatch called = new CountDownLatch(1);
        WarningMonitor monitor = settings.apply(builder(event -> {
                    called.countDown();
                    listener.run();
                }))
                .build()
                .start();
        save("acme", 80);
        called.await();
        return monitor;
    }

    /** Gives up when its thread is interrupted, as whoever hangs in a socket or a lock may. */
    private static void hang(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Test
    void shouldEndItsThreadsAndLookNoMore() {
        WarningMonitor monitor = builder(event -> told.add(event.id())).build().start();
        monitor.close();
        monitor.close();

        save("acme", 80);

        // A pool has ended a moment before its threads have.
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("quotaguard-warning") && thread.isAlive()));
        assertThat(store.warnings().orElseThrow().behind(null, 1).items()).containsExactly("acme");
        assertThat(told).isEmpty();
    }

    /** Whoever closes is interrupted, and waits no longer. */
    @Test
    void shouldInterruptAListenerThatKeepsItFromEnding() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        WarningMonitor monitor = startedUntilTold(UnaryOperator.identity(), () -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });

        Thread closing = new Thread(monitor::close);
        closing.start();
        closing.interrupt();

        assertThat(interrupted.await(3, TimeUnit.SECONDS)).isTrue();
        closing.join();
    }

    @Test
    void shouldHoldNobodyUpWhileItWaitsForItsEnd() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        WarningMonitor monitor = startedUntilTold(UnaryOperator.identity(), () -> hang(never));
        Thread closing = new Thread(monitor::close);
        closing.start();
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);

        Thread other = new Thread(() -> monitor.evaluate("acme"));
        other.start();
        other.join(3_000);

        assertThat(other.isAlive()).isFalse();
        assertThat(closing.isAlive()).isTrue();
        never.countDown();
        closing.join();
    }
}
