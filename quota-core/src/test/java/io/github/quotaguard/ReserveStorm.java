package io.github.quotaguard;

import io.github.quotaguard.contract.Conservation;
import io.github.quotaguard.model.ProofLine;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Threads that reserve for a few tenants near their limits, through a coalescer with little room, while they interrupt
 * each other and send what the store can not keep. Each checks that its answers are its own and true.
 */
final class ReserveStorm {

    private static final List<AccountId> TENANTS = List.of(new AccountId("a"), new AccountId("b"), new AccountId("c"));
    private static final int THREADS = 32;

    /** So that the tenants, of 1,000 bytes, are near their limit. */
    private static final int HELD_BY_A_THREAD = 18;

    private final UnreliableStore store;
    private final ReserveCoalescer coalescer;
    private final ThreadFactory factory;
    private final int callsOfAThread;
    private final long seed;
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Throwable> unexpected = new AtomicReference<>();
    private final Queue<FileVersion> unknownIds = new ConcurrentLinkedQueue<>();
    private final LongAdder admitted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder busy = new LongAdder();
    private final LongAdder unknown = new LongAdder();
    final LongAdder bad = new LongAdder();
    final LongAdder notSent = new LongAdder();

    ReserveStorm(UnreliableStore store, ThreadFactory factory, int calls, long seed) {
        this(store, factory, calls, seed, Duration.ofSeconds(5));
    }

    ReserveStorm(UnreliableStore store, ThreadFactory factory, int calls, long seed, Duration patience) {
        this.store = store;
        this.factory = factory;
        this.coalescer = new ReserveCoalescer(store, 8, 9, Duration.ofSeconds(5), patience, uploads -> {});
        this.callsOfAThread = calls / THREADS;
        this.seed = seed;
    }

    /** Returns what was wrong. */
    List<String> rage() throws InterruptedException {
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            threads.add(factory.newThread(() -> {
                try {
                    calls(number, new Random(seed + number));
                } catch (RuntimeException | Error e) {
                    unexpected.set(e);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join(120_000);
            expect(!thread.isAlive(), "hangs: %s", thread);
        }
        expect(unexpected.get() == null, "unexpected: %s", unexpected.get());
        expect(coalescer.lanes.isEmpty(), "left: %s", coalescer.lanes);
        unknownIds.forEach(this::giveUp);
        for (AccountId tenant : TENANTS) {
            expect(store.memory().usage(tenant).total().reservedBytes() == 0, "%s holds bytes in the end", tenant);
            Conservation.assertHolds(store.memory(), tenant.tenant());
        }
        return List.copyOf(violations);
    }

    private void giveUp(FileVersion id) {
        store.memory().find(id).ifPresent(store.memory()::release);
    }

    private void expect(boolean isTrue, String violation, Object what) {
        if (!isTrue) {
            violations.add(violation.formatted(what));
        }
    }

    ProofLine line() {
        return new ProofLine(
                "12",
                "memory",
                (long) callsOfAThread * THREADS,
                admitted.sum(),
                refused.sum(),
                busy.sum(),
                unknown.sum(),
                violations.size(),
                seed);
    }

    private void calls(int number, Random random) {
        Deque<Allocation> held = new ArrayDeque<>();
        Deque<FileVersion> unsure = new ArrayDeque<>();
        for (int i = 0; i < callsOfAThread; i++) {
            boolean isBad = random.nextInt(200) == 0;
            ReserveCommand command = ReserveCallers.command(
                    TENANTS.get(random.nextInt(TENANTS.size())),
                    (isBad ? UnreliableStore.BAD : "f") + number + "-" + i,
                    1 + random.nextInt(10));
            call(command, isBad, held, unsure);
            if (random.nextInt(50) == 0) {
                threads.get(random.nextInt(THREADS)).interrupt();
            }
            if (held.size() > random.nextInt(HELD_BY_A_THREAD)) {
                store.memory().release(held.remove());
            }
            if (unsure.size() > 2) { // the call that it was sent with may still go on for the latest
                giveUp(unsure.remove());
            }
        }
        held.forEach(store.memory()::release);
    }

    private void call(ReserveCommand command, boolean isBad, Deque<Allocation> held, Deque<FileVersion> unsure) {
        FileVersion id = command.spec().id();
        try {
            ReserveResult result = coalescer.reserve(command);
            Thread.interrupted();
            expect(!isBad || result instanceof ReserveResult.Busy, "kept what is bad: %s", id);
            if (result instanceof ReserveResult.Granted granted) {
                admitted.increment();
                expect(granted.allocation().spec().equals(command.spec()), "not its own answer: %s", id);
                expect(store.memory().find(id).equals(Optional.of(granted.allocation())), "not kept: %s", id);
                held.add(granted.allocation());
            } else if (result instanceof ReserveResult.Refused) {
                refused.increment();
                expect(store.memory().find(id).isEmpty(), "kept, but refused: %s", id);
            } else {
                busy.increment();
                expect(store.memory().find(id).isEmpty(), "kept, but busy: %s", id);
            }
        } catch (UsageStoreException e) {
            boolean interrupted = Thread.interrupted();
            if (!e.isRetryable()) {
                bad.increment();
                expect(isBad, "failed for another's: %s", id);
            } else if (String.valueOf(e.getMessage()).contains("not sent")) {
                notSent.increment();
                expect(interrupted, "not sent without an interrupt: %s", id);
                expect(store.memory().find(id).isEmpty(), "kept, but not sent: %s", id);
            } else {
                unknown.increment();
                unknownIds.add(id);
                unsure.add(id);
            }
        }
    }
}
