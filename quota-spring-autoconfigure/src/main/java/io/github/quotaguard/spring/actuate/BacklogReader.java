package io.github.quotaguard.spring.actuate;

import io.github.quotaguard.store.Backlog;
import io.github.quotaguard.store.UsageStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the backlog for all who ask, at most every few seconds: whoever may ask for health, or scrape, must not keep the
 * database busy with it.
 */
final class BacklogReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BacklogReader.class);

    static final Duration FRESH = Duration.ofSeconds(5);

    /** After which what was read last is not told any more. */
    static final Duration OUTDATED = Duration.ofMinutes(1);

    /** How long a scrape waits for what is being read. */
    private static final Duration PATIENCE = Duration.ofMillis(250);

    private final UsageStore store;
    private final LongSupplier nanoTime;
    private final AtomicBoolean isReading = new AtomicBoolean();
    private volatile @Nullable Reading last;

    /** One thread, which ends when nobody asks any more. */
    private final ThreadPoolExecutor background =
            new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                Thread thread = new Thread(work, "quotaguard-backlog");
                thread.setDaemon(true);
                return thread;
            });

    BacklogReader(UsageStore store) {
        this(store, System::nanoTime);
    }

    BacklogReader(UsageStore store, LongSupplier nanoTime) {
        this.store = store;
        this.nanoTime = nanoTime;
        background.allowCoreThreadTimeOut(true);
    }

    private record Reading(Optional<Backlog> backlog, long at) {}

    /**
     * Reads in this thread, unless somebody has a moment ago.
     *
     * @return empty if the store can not tell
     * @throws RuntimeException what the store throws
     */
    Optional<Backlog> read() {
        Reading fresh = noOlderThan(FRESH);
        return fresh == null ? readNow() : fresh.backlog();
    }

    private Optional<Backlog> readNow() {
        long at = nanoTime.getAsLong();
        Optional<Backlog> backlog = store.backlog();
        last = new Reading(backlog, at);
        return backlog;
    }

    private @Nullable Reading noOlderThan(Duration age) {
        Reading reading = last;
        return reading == null || nanoTime.getAsLong() - reading.at() >= age.toNanos() ? null : reading;
    }

    /**
     * Has it read in the background, unless somebody has a moment ago, and waits a moment for that.
     *
     * @return what was read last; empty if that is too long ago, or the store can not tell
     */
    Optional<Backlog> latest() {
        if (noOlderThan(FRESH) == null && isReading.compareAndSet(false, true)) {
            awaitBriefly(CompletableFuture.runAsync(this::readInBackground, background));
        }
        Reading reading = noOlderThan(OUTDATED);
        return reading == null ? Optional.empty() : reading.backlog();
    }

    private void readInBackground() {
        try {
            readNow();
        } catch (RuntimeException e) {
            LOG.debug("The backlog could not be read", e);
        } finally {
            isReading.set(false);
        }
    }

    private static void awaitBriefly(CompletableFuture<Void> reading) {
        try {
            reading.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("The backlog is not read yet", e);
        }
    }

    @Override
    public void close() {
        background.shutdownNow();
    }
}
