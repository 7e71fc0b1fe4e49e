package io.github.quotaguard.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.Backlog;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.UsageStoreException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BacklogReaderTest {

    private final TestStore store = new TestStore();
    private final AtomicLong nanos = new AtomicLong();
    private final BacklogReader reader = new BacklogReader(store.store, nanos::get);

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @AfterEach
    void close() {
        reader.close();
    }

    @Test
    void shouldReadAtMostEveryFewSeconds() {
        reader.read();
        reader.latest();
        pass(BacklogReader.FRESH.minusNanos(1));
        reader.read();
        reader.latest();
        assertThat(store.looks).hasValue(1);

        pass(Duration.ofNanos(1));
        reader.read();

        assertThat(store.looks).hasValue(2);
    }

    @Test
    void shouldTellWhoAsksForHealthWhatTheStoreThrows() {
        reader.read();
        pass(BacklogReader.FRESH);
        store.breakDown();

        assertThatExceptionOfType(UsageStoreException.class).isThrownBy(reader::read);
    }

    @Test
    void shouldTellAScrapeWhatItKnowsWhileTheStoreFailsAndNothingAfterAWhile() {
        assertThat(reader.latest()).isPresent();
        store.breakDown();
        pass(BacklogReader.FRESH);
        assertThat(reader.latest()).isPresent();

        pass(BacklogReader.OUTDATED);

        assertThat(reader.latest()).isEmpty();
        store.recover();
        await().until(() -> reader.latest().isPresent());
    }

    /** A database may hang: a scrape waits a moment for the first look, and not at all for one that is under way. */
    @Test
    void shouldNotKeepAScrapeWaiting() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger looks = new AtomicInteger();
        Optional<Backlog> known = new InMemoryUsageStore().backlog();
        UsageStore hanging = (UsageStore) Proxy.newProxyInstance(
                UsageStore.class.getClassLoader(), new Class<?>[] {UsageStore.class}, (proxy, method, arguments) -> {
                    looks.incrementAndGet();
                    answer.await();
                    return known;
                });
        try (BacklogReader patient = new BacklogReader(hanging)) {
            for (int scrape = 0; scrape < 10; scrape++) {
                assertThat(patient.latest()).isEmpty();
            }
            assertThat(looks).hasValue(1);

            answer.countDown();

            await().untilAsserted(() -> assertThat(patient.latest()).isEqualTo(known));
        }
    }
}
