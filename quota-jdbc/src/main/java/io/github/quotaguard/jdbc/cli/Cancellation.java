package io.github.quotaguard.jdbc.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Becomes true when the process is told to end, by SIGINT or SIGTERM, and lets it wait for the batch that is under way.
 * Nothing is interrupted: that would close the files of an embedded H2.
 */
final class Cancellation implements BooleanSupplier {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final AtomicBoolean isCancelled = new AtomicBoolean();
    private final CountDownLatch finished = new CountDownLatch(1);

    static Cancellation bySignal() {
        Cancellation cancellation = new Cancellation();
        Runtime.getRuntime().addShutdownHook(new Thread(cancellation::stop));
        return cancellation;
    }

    private void stop() {
        isCancelled.set(true);
        try {
            boolean unused = finished.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The work has ended, so that the process may. */
    void finished() {
        finished.countDown();
    }

    @Override
    public boolean getAsBoolean() {
        return isCancelled.get();
    }
}
