package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.Allocation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's two threads, for two tasks that do not wait for each other: to sweep now and then; and to settle what
 * callers' transactions have ended, and look after reservations that were committed in transactions that may have been
 * rolled back. Whatever they miss, the next sweep of any node finds.
 */
final class Settler implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Settler.class);
    private static final int MAX_ATTENDED = 10_000;

    /** Long enough for a busy tenant's uploads to be settled by the dozen: each settlement takes a turn at its root. */
    private static final long LOOK_MILLIS = 50;

    private static final int LOOKS = 9;
    private static final String TOO_MANY = "Too many at once; the sweep will settle or expire {}";

    /** How long a tenant may keep the others waiting, whose handles have to be released one by one. */
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Maintenance maintenance;
    private final ScheduledThreadPoolExecutor executor;
    private final Set<String> unsettled = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Attended> closed = new ArrayBlockingQueue<>(MAX_ATTENDED);

    /** Those whose end was still under way; touched by the task that looks after them alone. */
    private final Deque<Attended> waiting = new ArrayDeque<>();

    private long round;

    /** A reservation to look at in a certain round; {@code look} counts the looks. */
    private record Attended(Allocation reservation, int look, long dueInRound) {}

    Settler(Maintenance maintenance, Duration interval) {
        this.maintenance = maintenance;
        this.executor = new ScheduledThreadPoolExecutor(2, task -> {
            Thread thread = new Thread(task, "quotaguard-settler");
            thread.setDaemon(true);
            return thread;
        });
        every(interval.toMillis(), "sweep", this::sweep);
        every(LOOK_MILLIS, "look after callers' transactions", this::look);
    }

    private void every(long millis, String what, Runnable task) {
        ScheduledFuture<?> unused = executor.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) {
                        LOG.warn("The {} failed, the next one will make up for it", what, e);
                    }
                },
                millis,
                millis,
                TimeUnit.MILLISECONDS);
    }

    private void sweep() {
        while (!executor.isShutdown() && !maintenance.sweep().isIdle()) {
            LOG.debug("Swept, and going on");
        }
    }

    /** Settles a tenant, of which a transaction that has ended may have deleted files; once for all that ask meanwhile. */
    void settleSoon(String tenant) {
        unsettled.add(tenant);
    }

    /**
     * Looks after a reservation whose transaction has ended, or whose handle was closed while that may be under way:
     * settles it once it is committed, releases it if it was rolled back. If there are too many to remember, the sweep
     * does it.
     */
    void attend(Allocation reservation) {
        if (!closed.offer(new Attended(reservation, 1, 0))) {
            LOG.debug(TOO_MANY, reservation.id());
        }
    }

    /** Settles each tenant once, and looks again, ever more rarely, at those whose end is still under way. */
    private void look() {
        round++;
        Set<Attended> due = new LinkedHashSet<>();
        waiting.removeIf(attended -> attended.dueInRound() <= round && due.add(attended));
        closed.drainTo(due);
        Map<String, List<Attended>> tenants = due.stream()
                .collect(Collectors.groupingBy(
                        attended -> attended.reservation().id().tenant()));
        unsettled.removeIf(tenant -> {
            tenants.putIfAbsent(tenant, List.of());
            return true;
        });
        tenants.forEach(this::look);
    }

    /**
     * What the tenant's turn is too short for comes in the next round; what can not be looked at, as while the tenant is
     * locked, waits with all others of the tenant.
     */
    private void look(String tenant, List<Attended> due) {
        Deque<Attended> left = new ArrayDeque<>(due);
        try {
            maintenance.settle(tenant);
            Set<Allocation> held = maintenance.held(
                    tenant, due.stream().map(Attended::reservation).toList());
            left.removeIf(attended -> !held.contains(attended.reservation()));
            long end = System.nanoTime() + TURN_NANOS;
            while (!left.isEmpty() && System.nanoTime() < end) {
                if (!maintenance.release(left.element().reservation())) {
                    lookAgain(left.element());
                }
                left.remove();
            }
            left.forEach(attended -> await(new Attended(attended.reservation(), attended.look(), round + 1)));
        } catch (RuntimeException e) {
            LOG.warn("Tenant {} could not be looked after, the next sweep makes up for it: {}", tenant, e.getMessage());
            left.forEach(this::lookAgain);
        }
    }

    private void lookAgain(Attended attended) {
        int look = attended.look();
        if (look < LOOKS) {
            await(new Attended(attended.reservation(), look + 1, round + (1L << look)));
        }
    }

    private void await(Attended attended) {
        if (waiting.size() < MAX_ATTENDED) {
            waiting.add(attended);
        } else {
            LOG.debug(TOO_MANY, attended.reservation().id());
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
