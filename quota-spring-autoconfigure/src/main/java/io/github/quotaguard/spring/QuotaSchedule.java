package io.github.quotaguard.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.Trigger;

/**
 * Jobs that are begun by the application's scheduler, while the context runs. Each works in a thread of its own, since a
 * diagnosis may take hours and Spring Boot's scheduler has a single thread unless told otherwise; one that is still at
 * work when its time comes again is not begun twice.
 */
final class QuotaSchedule implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(QuotaSchedule.class);
    private static final long SECONDS_TO_END = 10;

    private final TaskScheduler scheduler;
    private final AsyncTaskExecutor threads;
    private final List<Job> jobs = new ArrayList<>();
    private volatile boolean isRunning;

    QuotaSchedule(TaskScheduler scheduler, AsyncTaskExecutor threads) {
        this.scheduler = scheduler;
        this.threads = threads;
    }

    /**
     * Adds a job, before the start.
     *
     * @param name for the log
     * @param trigger when to begin it
     * @param work what to do; is given what tells whether it is to stop
     */
    void add(String name, Trigger trigger, Consumer<BooleanSupplier> work) {
        jobs.add(new Job(name, trigger, work));
    }

    @Override
    public void start() {
        isRunning = true;
        jobs.forEach(Job::schedule);
    }

    /**
     * Lets the jobs at work stop, and waits for them. None is interrupted: in the middle of a statement that makes H2
     * close a database that it keeps in a file.
     */
    @Override
    public void stop() {
        isRunning = false;
        jobs.forEach(Job::cancel);
        CompletableFuture<?>[] working = jobs.stream().map(job -> job.working).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(working).get(SECONDS_TO_END, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOG.warn("Jobs of quotas are still at work after {} s; they are left alone", SECONDS_TO_END);
        } catch (ExecutionException e) {
            throw new IllegalStateException("jobs log what they throw", e);
        }
    }

    @Override
    public boolean isRunning() {
        return isRunning;
    }

    private final class Job {

        private final String name;
        private final Trigger trigger;
        private final Consumer<BooleanSupplier> work;
        private final AtomicBoolean isAtWork = new AtomicBoolean();
        private volatile CompletableFuture<Void> working = CompletableFuture.completedFuture(null);
        private @Nullable ScheduledFuture<?> scheduled;

        Job(String name, Trigger trigger, Consumer<BooleanSupplier> work) {
            this.name = name;
            this.trigger = trigger;
            this.work = work;
        }

        void schedule() {
            scheduled = Objects.requireNonNull(scheduler.schedule(this::begin, trigger), "it is due at some time");
        }

        void cancel() {
            if (scheduled != null) {
                scheduled.cancel(false);
            }
        }

        private void begin() {
            if (!isRunning) {
                return;
            }
            if (!isAtWork.compareAndSet(false, true)) {
                LOG.info("Quota {} is still at work and is not begun again", name);
                return;
            }
            try {
                working = threads.submitCompletable(this::run);
            } catch (TaskRejectedException e) {
                isAtWork.set(false);
                LOG.warn("Quota {} found no thread, the next one will make up for it", name, e);
            }
        }

        private void run() {
            try {
                work.accept(() -> !isRunning);
            } catch (Throwable e) {
                LOG.warn("Quota {} failed, the next one will make up for it", name, e);
            } finally {
                isAtWork.set(false);
            }
        }
    }
}
