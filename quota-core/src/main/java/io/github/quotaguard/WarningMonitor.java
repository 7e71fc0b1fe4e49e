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
 * monitor, and also if the node that saw it dies. Looks only at what is stored, not at what is reserved, and never holds
 * up an upload. Thread-safe.
 *
 * <p>After {@link #start}, two daemon threads work: one looks at an account soon after something of it was settled on
 * this node, and every {@linkplain Builder#interval interval} at what other nodes have left behind; the other calls the
 * listeners, so that one which hangs delays events and nothing else. Whoever has a schedule of their own calls
 * {@link #run} instead.
 *
 * <p>Usage that rises and falls again between two looks is not seen. If several thresholds are passed between two looks,
 * one event tells of the highest. If the policy throws, that is logged, and tried again with the next look.
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

    private WarningMonitor(Builder builder, WarningStore warnings, QuotaPolicy policy) {
        this.warnings = warnings;
        this.evaluation = new WarningEvaluation(builder.store, warnings, policy);
        this.delivery = new WarningDelivery(warnings, List.copyOf(builder.listeners), builder.lease);
        this.delay = builder.delay;
        this.interval = builder.interval;
    }

    private static ScheduledThreadPoolExecutor thread(String name) {
        return new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy()); // what is settled while it ends is found by others, or later
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
     */
    public synchronized WarningMonitor start() {
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

    private static Runnable logged(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
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

    /** Looks once at all that has changed since it was looked at, on any node, and tells the listeners, in this thread. */
    @Override
    public void run() {
        evaluation.evaluateBehind();
        delivery.deliver();
    }

    /**
     * Looks at one account now, in this thread: its limit was changed, or its records were repaired. What is raised is
     * announced by the threads, or by the next {@link #run}.
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
     * Looks at every account now, in this thread: a plan was changed. One that can not be looked at is logged.
     *
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
     * Ends the threads. A listener that is being told is interrupted; both are waited for 5 seconds at most. What was
     * not announced is announced by other nodes, or later.
     */
    @Override
    public synchronized void close() {
        if (subscription != null) {
            subscription.run();
        }
        evaluator.shutdownNow();
        deliverer.shutdownNow();
        try {
            boolean unused = evaluator.awaitTermination(SECONDS_TO_END, TimeUnit.SECONDS)
                    && deliverer.awaitTermination(SECONDS_TO_END, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
         * Sets how often to look for what other nodes have left behind; 10 seconds by default. Each look searches the
         * counters of all tenants once, as the sweep of a store does.
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
            if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException(
                        "%s is %s, allowed are 1 millisecond to 1 day".formatted(what, value));
            }
            return value;
        }
    }
}
