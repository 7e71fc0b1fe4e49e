package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.WarningStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners when an account reaches a threshold: once for each time that it does, however many nodes have a
 * monitor with the same limits, and also if the node that saw it dies. Looks only at what is stored, not at what is
 * reserved, and never holds up an upload. Thread-safe.
 *
 * <p>After {@link #start}, two daemon threads work: one looks at an account soon after something of it was settled on
 * this node, and every {@linkplain Builder#interval interval} at what other nodes have left behind; the other calls the
 * listeners, so that one which hangs delays events and nothing else. Whoever has a schedule of their own calls
 * {@link #run} instead.
 *
 * <p>Usage that rises and falls again between two looks is not seen. If several thresholds are passed between two looks,
 * one event tells of the highest. The end of a grace is found by the search for what other nodes have left behind.
 *
 * <p>An account whose policy throws is logged, and looked at again with each search, of this monitor alone: after a
 * restart, {@link #evaluateAll} finds it, or the next settlement. Nodes whose policies have different limits for an
 * account raise and lower its level in turn, with an event for each raise.
 */
public final class WarningMonitor implements Runnable, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WarningMonitor.class);
    private static final long SECONDS_TO_END = 5;

    private final WarningStore warnings;
    private final WarningEvaluation evaluation;
    private final WarningDelivery delivery;
    private final Duration delay;
    private final Duration interval;
    private final ScheduledThreadPoolExecutor evaluator = thread("quotaguard-warnings");
    private final ScheduledThreadPoolExecutor deliverer = thread("quotaguard-warning-listeners");
    private final Set<String> settled = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isDeliveryDue = new AtomicBoolean();
    private @Nullable Runnable subscription;
    private volatile boolean isClosed;

    private WarningMonitor(Builder builder, WarningStore warnings, QuotaPolicy policy) {
        this.warnings = warnings;
        this.evaluation = new WarningEvaluation(builder.store, warnings, policy, this::isWanted);
        this.delivery = new WarningDelivery(warnings, List.copyOf(builder.listeners), builder.lease, this::isWanted);
        this.delay = builder.delay;
        this.interval = builder.interval;
    }

    private static ScheduledThreadPoolExecutor thread(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy()); // what is settled while it ends is found by others, or later
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    private boolean isWanted() {
        return !isClosed && !Thread.currentThread().isInterrupted();
    }

    /**
     * Starts to build a monitor.
     *
     * @param store what keeps the records, and who was warned of what
     * @return a builder that needs a policy and a listener
     */
    public static Builder builder(UsageStore store) {
        return new Builder(store);
    }

    /**
     * Starts the threads; no effect if they run.
     *
     * @return this monitor
     * @throws IllegalStateException if the monitor is closed
     */
    public synchronized WarningMonitor start() {
        if (isClosed) {
            throw new IllegalStateException("the monitor of warnings is closed");
        }
        if (subscription == null) {
            subscription = warnings.onSettled(this::evaluateSoon);
            every(evaluator, evaluation::evaluateBehind);
            every(deliverer, delivery::deliver);
        }
        return this;
    }

    private void every(ScheduledThreadPoolExecutor executor, Runnable task) {
        ScheduledFuture<?> unused =
                executor.scheduleWithFixedDelay(logged(task), 0, interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Whatever is thrown, also a checked exception that was not declared: it would end the schedule. */
    private static Runnable logged(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (Throwable e) {
                LOG.warn("Looking for warnings failed, the next look will make up for it", e);
            }
        };
    }

    /** Once for all that is settled of a tenant meanwhile. */
    private void evaluateSoon(String tenant) {
        if (settled.add(tenant)) {
            ScheduledFuture<?> unused = evaluator.schedule(
                    logged(() -> {
                        settled.remove(tenant);
                        evaluation.evaluateTenant(tenant);
                        deliverSoon();
                    }),
                    delay.toNanos(),
                    TimeUnit.NANOSECONDS);
        }
    }

    /** However often it is asked for while the listeners are busy, once is enough. */
    private void deliverSoon() {
        if (isDeliveryDue.compareAndSet(false, true)) {
            deliverer.execute(logged(() -> {
                isDeliveryDue.set(false);
                delivery.deliver();
            }));
        }
    }

    /**
     * Looks once at all that has changed since it was looked at, on any node, and tells the listeners, in this thread.
     * What can not be looked at, or told, is logged. No effect once the monitor is closed.
     *
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed
     */
    @Override
    public void run() {
        int unused = look();
    }

    /** Does {@link #run}, and returns how many events were told. */
    int look() {
        evaluation.evaluateBehind();
        return delivery.deliver();
    }

    /**
     * Looks at one account now, in this thread: its limit was changed, or its records were repaired. What is raised is
     * announced by the threads, or by the next {@link #run}. What the policy throws is thrown on.
     *
     * @param account the account's path; not its ancestors
     * @throws IllegalArgumentException if it is not allowed
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed
     */
    public void evaluate(String account) {
        evaluation.evaluate(AccountId.of(account));
        announceIfStarted();
    }

    /**
     * Looks at every account now, in this thread: a plan was changed, or a node has ended for whose accounts the policy
     * threw. One that can not be looked at is logged and keeps no other from being looked at.
     *
     * @throws IllegalStateException at the end, if some could not be looked at, or before, if the monitor was closed or
     *     the thread interrupted
     * @throws io.github.quotaguard.store.UsageStoreException if the storage failed
     */
    public void evaluateAll() {
        evaluation.evaluateAll();
        announceIfStarted();
    }

    private synchronized void announceIfStarted() {
        if (subscription != null) {
            deliverSoon();
        }
    }

    /**
     * Ends the threads, for good. The account or listener they are at is waited for, 5 seconds at most, and only then
     * interrupted, since an interrupt in the middle of a statement makes H2 close a database that it keeps in a file.
     * What was not announced is announced by other nodes, or later.
     */
    @Override
    public void close() {
        shutDown();
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_END);
            boolean unused = evaluator.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)
                    && deliverer.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        evaluator.shutdownNow();
        deliverer.shutdownNow();
    }

    private synchronized void shutDown() {
        isClosed = true;
        if (subscription != null) {
            subscription.run();
        }
        evaluator.shutdown();
        deliverer.shutdown();
    }

    /** Builds a {@link WarningMonitor}. */
    public static final class Builder {

        private final UsageStore store;
        private final List<QuotaListener> listeners = new ArrayList<>();
        private @Nullable QuotaPolicy policy;
        private Duration delay = Duration.ofSeconds(1);
        private Duration interval = Duration.ofSeconds(10);
        private Duration lease = Duration.ofMinutes(1);

        private Builder(UsageStore store) {
            this.store = Objects.requireNonNull(store, "store");
        }

        /**
         * Sets how much each account may use. It is asked afresh, past any cache.
         *
         * @param policy the policy
         * @return this builder
         */
        public Builder policy(QuotaPolicy policy) {
            this.policy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Adds who is told. An event is told to all again if one of them throws.
         *
         * @param listener the listener
         * @return this builder
         */
        public Builder listener(QuotaListener listener) {
            listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Sets how long after a settlement on this node its accounts are looked at, together with all that is settled
         * meanwhile; 1 second by default.
         *
         * @param delay 1 millisecond to 1 day
         * @return this builder
         * @throws IllegalArgumentException if it is outside that range
         */
        public Builder delay(Duration delay) {
            this.delay = require("delay", delay);
            return this;
        }

        /**
         * Sets how often to look for what other nodes have left behind, and for graces that have ended; 10 seconds by
         * default. Each look searches the counters of all tenants twice, as the sweep of a store does once.
         *
         * @param interval 1 millisecond to 1 day
         * @return this builder
         * @throws IllegalArgumentException if it is outside that range
         */
        public Builder interval(Duration interval) {
            this.interval = require("interval", interval);
            return this;
        }

        /**
         * Sets after how long an event whose listener has not returned is announced again, by any node; 1 minute by
         * default. An event whose listener throws comes again after as long, then after twice as long, and so on up to
         * 64 times as long.
         *
         * @param lease 1 millisecond to 1 day
         * @return this builder
         * @throws IllegalArgumentException if it is outside that range
         */
        public Builder lease(Duration lease) {
            this.lease = require("lease", lease);
            return this;
        }

        /**
         * Builds the monitor, which does nothing yet.
         *
         * @return the monitor
         * @throws IllegalStateException if the policy or every listener is missing
         * @throws UnsupportedOperationException if the store can not remember warnings
         */
        public WarningMonitor build() {
            if (policy == null || listeners.isEmpty()) {
                throw new IllegalStateException("a monitor of warnings needs a policy and a listener");
            }
            WarningStore warnings = store.warnings()
                    .orElseThrow(() -> new UnsupportedOperationException(
                            "the store can not remember warnings: its UsageStore.warnings() is empty"));
            return new WarningMonitor(this, warnings, policy);
        }

        private static Duration require(String what, Duration value) {
            Objects.requireNonNull(value, what);
            if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException(
                        "%s is %s, allowed are 1 millisecond to 1 day".formatted(what, value));
            }
            return value;
        }
    }
}
