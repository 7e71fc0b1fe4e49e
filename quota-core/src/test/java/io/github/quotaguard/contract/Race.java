package io.github.quotaguard.contract;

import io.github.quotaguard.store.UsageStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Threads that start together. */
final class Race implements AutoCloseable {

    private static final long MOST_SECONDS = 120;

    private final int threads;
    private final ExecutorService pool;

    Race(int threads) {
        this.threads = threads;
        this.pool = Executors.newFixedThreadPool(threads);
    }

    /**
     * Runs a task once in each thread, all from the same instant on.
     *
     * @return the results, by the number of the thread
     */
    <T> List<T> run(IntFunction<T> task) {
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Callable<T>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int thread = i;
            tasks.add(() -> {
                start.await();
                return task.apply(thread);
            });
        }
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> future : pool.invokeAll(tasks, MOST_SECONDS, TimeUnit.SECONDS)) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw new AssertionError("a thread failed: " + e.getCause(), e.getCause());
        } catch (CancellationException e) {
            throw new AssertionError("a thread did not end within %d s".formatted(MOST_SECONDS), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Calls again for as long as the store says that it lost to others and that a retry can help. */
    static <T> T retry(Supplier<T> call) {
        for (int i = 0; i < 1_000; i++) {
            try {
                return call.get();
            } catch (UsageStoreException e) {
                if (!e.isRetryable()) {
                    throw e;
                }
            }
        }
        throw new AssertionError("lost to others for 1,000 times");
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
