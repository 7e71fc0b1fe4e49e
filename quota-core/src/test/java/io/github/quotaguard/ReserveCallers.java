package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.core.ConditionFactory;

/** Threads that reserve for acme, which has a limit of bytes, through a coalescer. */
final class ReserveCallers {

    static final AccountId ACME = new AccountId("acme");
    static final long LIMIT = 1_000;

    /** One thread with one upload. */
    static final class Caller {

        private final CompletableFuture<ReserveResult> result = new CompletableFuture<>();
        private final Thread thread;
        private volatile boolean leftInterrupted;

        private Caller(ReserveCoalescer coalescer, ReserveCommand command) {
            thread = new Thread(() -> {
                try {
                    ReserveResult answer = coalescer.reserve(command);
                    leftInterrupted = Thread.currentThread().isInterrupted();
                    result.complete(answer);
                } catch (Throwable e) {
                    leftInterrupted = Thread.currentThread().isInterrupted();
                    result.completeExceptionally(e);
                }
            });
        }

        Thread thread() {
            return thread;
        }

        void interrupt() {
            thread.interrupt();
        }

        boolean leftInterrupted() {
            return leftInterrupted;
        }

        ReserveResult result() {
            return result.orTimeout(10, TimeUnit.SECONDS).join();
        }

        Allocation granted() {
            assertThat(result()).isInstanceOf(ReserveResult.Granted.class);
            return ((ReserveResult.Granted) result()).allocation();
        }

        String busy() {
            assertThat(result()).isInstanceOf(ReserveResult.Busy.class);
            return ((ReserveResult.Busy) result()).reason();
        }

        Throwable failure() {
            try {
                throw new AssertionError("answered " + result());
            } catch (CompletionException e) {
                return e.getCause();
            }
        }

        UsageStoreException storeFailure() {
            assertThat(failure()).isInstanceOf(UsageStoreException.class);
            return (UsageStoreException) failure();
        }
    }

    private final ReserveCoalescer coalescer;
    private final List<Caller> callers = new ArrayList<>();

    ReserveCallers(ReserveCoalescer coalescer) {
        this.coalescer = coalescer;
    }

    static ConditionFactory soon() {
        return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
    }

    static ReserveCommand command(String file, long bytes) {
        return command(ACME, file, bytes);
    }

    static ReserveCommand command(AccountId account, String file, long bytes) {
        CounterLimit limit = new CounterLimit(account, null, LIMIT, CounterLimit.UNLIMITED, CounterLimit.UNLIMITED);
        return new ReserveCommand(
                Upload.of(account.path(), file, bytes).spec(), Duration.ofMinutes(15), List.of(limit));
    }

    /** Starts a caller that is expected to get into the store. */
    Caller start(ReserveCommand command) {
        Caller caller = new Caller(coalescer, command);
        callers.add(caller);
        caller.thread.start();
        return caller;
    }

    Caller start(String file) {
        return start(command(file, 1));
    }

    /** Starts a caller and returns once it waits for others. */
    Caller queue(ReserveCommand command) {
        Caller caller = start(command);
        soon().until(() -> isWaiting(caller.thread));
        return caller;
    }

    Caller queue(String file) {
        return queue(command(file, 1));
    }

    boolean isWaiting(Thread thread) {
        return LockSupport.getBlocker(thread) == coalescer;
    }

    /** Expects that every caller has come back, and that the coalescer keeps nothing. */
    void assertGone() throws InterruptedException {
        for (Caller caller : callers) {
            caller.thread.join(10_000);
            assertThat(caller.thread.isAlive()).isFalse();
        }
        assertThat(coalescer.lanes).isEmpty();
    }
}
