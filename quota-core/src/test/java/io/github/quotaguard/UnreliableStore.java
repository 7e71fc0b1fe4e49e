package io.github.quotaguard;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.UsageStoreException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A store in memory that takes a little time to reserve, now and then fails before or after its work, always if it meets
 * a file that it can not keep, and mostly if its thread is interrupted.
 */
class UnreliableStore extends ObservedStore {

    static final String BAD = "bad";

    private final UsageStore memory;

    /** Fewer than there are tenants. */
    private final Semaphore connections = new Semaphore(2);

    /** How many calls had more than one command. */
    final LongAdder batches = new LongAdder();

    final AtomicLong largestBatch = new AtomicLong();

    UnreliableStore() {
        this(new InMemoryUsageStore());
    }

    private UnreliableStore(UsageStore memory) {
        super(memory);
        this.memory = memory;
    }

    UsageStore memory() {
        return memory;
    }

    @Override
    public ReserveResult reserve(ReserveCommand command) {
        return unreliably(List.of(command), () -> memory.reserve(command));
    }

    @Override
    public List<ReserveResult> reserveAll(List<ReserveCommand> commands) {
        batches.increment();
        largestBatch.accumulateAndGet(commands.size(), Math::max);
        return unreliably(commands, () -> memory.reserveAll(commands));
    }

    private <T> T unreliably(List<ReserveCommand> commands, Supplier<T> work) {
        if (commands.stream().anyMatch(command -> command.spec().id().file().startsWith(BAD))) {
            throw new UsageStoreException("it has a bad member", false, null);
        }
        connections.acquireUninterruptibly();
        try {
            return onConnection(work);
        } finally {
            connections.release();
        }
    }

    private static <T> T onConnection(Supplier<T> work) {
        int chance = ThreadLocalRandom.current().nextInt(1_000);
        if (chance == 0) {
            throw new UsageStoreException("the connection was lost", true, null);
        }
        LockSupport.parkNanos(10_000 + chance * 50L);
        if (chance % 4 != 0 && Thread.currentThread().isInterrupted()) {
            throw new UsageStoreException("interrupted", true, null);
        }
        T result = work.get();
        if (chance == 1) {
            throw new UsageStoreException("the answer was lost", true, null);
        }
        return result;
    }
}
