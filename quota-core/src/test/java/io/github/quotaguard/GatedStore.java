package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.UsageStore;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A store in memory that says of batches what it is told to. It holds each call that reserves until the test says how it ends. */
final class GatedStore extends ObservedStore {

    /** A call that reserves, held in the store. */
    static final class Call {

        private final Thread thread = Thread.currentThread();
        private final boolean interrupted = thread.isInterrupted();
        private final boolean isBatch;
        private final List<String> files;
        private final CompletableFuture<UnaryOperator<List<ReserveResult>>> end = new CompletableFuture<>();

        private Call(boolean isBatch, List<ReserveCommand> commands) {
            this.isBatch = isBatch;
            this.files =
                    commands.stream().map(command -> command.spec().id().file()).toList();
        }

        Thread thread() {
            return thread;
        }

        /** Says whether its thread was interrupted when it came in. */
        boolean wasInterrupted() {
            return interrupted;
        }

        void assertReserves(String file) {
            assertThat(files).containsExactly(file);
            assertThat(isBatch).isFalse();
        }

        void assertReservesTogether(String... expected) {
            assertThat(files).containsExactly(expected);
            assertThat(isBatch).isTrue();
        }

        void letGo() {
            letGo(UnaryOperator.identity());
        }

        /** Lets the call do its work, and changes what it answers. */
        void letGo(UnaryOperator<List<ReserveResult>> answers) {
            end.complete(answers);
        }

        /** Lets the call fail before it has done anything. */
        void fail(Throwable failure) {
            end.completeExceptionally(failure);
        }

        private UnaryOperator<List<ReserveResult>> awaitEnd() {
            try {
                return end.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) e.getCause();
            }
        }
    }

    private final UsageStore memory;
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<Call> unseen = new LinkedBlockingQueue<>();
    private volatile boolean open;

    private final boolean gains;

    GatedStore() {
        this(true);
    }

    GatedStore(boolean gainsFromBatches) {
        this(new InMemoryUsageStore(), gainsFromBatches);
    }

    private GatedStore(UsageStore memory, boolean gainsFromBatches) {
        super(memory);
        this.memory = memory;
        this.gains = gainsFromBatches;
    }

    /** Returns the next call that came in, which is held until the test says how it ends. */
    Call next() throws InterruptedException {
        Call call = unseen.poll(10, TimeUnit.SECONDS);
        assertThat(call).as("a call within 10 s").isNotNull();
        return call;
    }

    void assertNoOtherCall() {
        assertThat(unseen).isEmpty();
    }

    /** Lets every call go, those that are held and those to come. */
    void open() {
        open = true;
        calls.forEach(Call::letGo);
    }

    @Override
    public boolean gainsFromBatches() {
        return gains;
    }

    @Override
    public ReserveResult reserve(ReserveCommand command) {
        UnaryOperator<List<ReserveResult>> answers = hold(new Call(false, List.of(command)));
        return answers.apply(List.of(memory.reserve(command))).get(0);
    }

    @Override
    public List<ReserveResult> reserveAll(List<ReserveCommand> commands) {
        UnaryOperator<List<ReserveResult>> answers = hold(new Call(true, commands));
        return answers.apply(memory.reserveAll(commands));
    }

    private UnaryOperator<List<ReserveResult>> hold(Call call) {
        calls.add(call);
        unseen.add(call);
        if (open) {
            call.letGo();
        }
        return call.awaitEnd();
    }
}
