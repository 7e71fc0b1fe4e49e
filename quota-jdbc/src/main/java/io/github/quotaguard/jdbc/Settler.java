package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.Allocation;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's thread: sweeps now and then, and looks after reservations that were committed in transactions whose end
 * nobody reports. Whatever it misses, the next sweep of any node finds.
 */
final class Settler implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Settler.class);
    private static final int MAX_ATTENDED = 10_000;
    private static final long FIRST_LOOK_MILLIS = 20;
    private static final int LOOKS = 10;

    private final Maintenance maintenance;
    private final ScheduledThreadPoolExecutor executor;
    private final Semaphore room = new Semaphore(MAX_ATTENDED);

    Settler(Maintenance maintenance, Duration interval) {
        this.maintenance = maintenance;
        this.executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "quotaguard-settler");
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
        long millis = interval.toMillis();
        ScheduledFuture<?> unused = executor.scheduleWithFixedDelay(
                () -> quietly("sweep", this::sweep), millis, millis, TimeUnit.MILLISECONDS);
    }

    private void sweep() {
        while (!executor.isShutdown() && !maintenance.sweep().isIdle()) {
            LOG.debug("Swept, and going on");
        }
    }

    /**
     * Looks after a reservation whose handle was closed while its commit may still be under way: settles it once it is
     * committed, releases it if it was rolled back. Looks again, ever more rarely, while neither has happened.
     */
    void attend(Allocation reservation) {
        if (room.tryAcquire()) {
            schedule(reservation, 1);
        }
    }

    private void schedule(Allocation reservation, int look) {
        long delay = FIRST_LOOK_MILLIS << (look - 1);
        try {
            ScheduledFuture<?> unused = executor.schedule(
                    () -> quietly("look at " + reservation.id(), () -> look(reservation, look)),
                    delay,
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Closed; the deadline of {} will end it", reservation.id());
        }
    }

    private void look(Allocation reservation, int look) {
        boolean ended = false;
        try {
            ended = maintenance.settleOrRelease(reservation);
        } finally {
            if (ended || look == LOOKS) {
                room.release();
            } else {
                schedule(reservation, look + 1);
            }
        }
    }

    private static void quietly(String what, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.warn("The {} failed, the next one will make up for it", what, e);
        }
    }

    /** Stops; a task that is running ends first, waited for at most 5 seconds. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
