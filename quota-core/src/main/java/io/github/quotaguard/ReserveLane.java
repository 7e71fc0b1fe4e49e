package io.github.quotaguard;

import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Those who reserve for one tenant at a time: one leads, which is to ask the store, the others wait in the order of
 * arrival. Begins with the caller that makes it as the leader, ends when nobody waits, and is never joined again then.
 */
final class ReserveLane {

    /** What a caller that waits is told. */
    sealed interface Word {}

    enum Signal implements Word {
        /** Send what waits, your own first. */
        LEAD,
        /** Send your own alone. */
        GO_ALONE,
        /** What a caller tells itself that waits no longer. */
        GONE
    }

    record Answer(ReserveResult result) implements Word {
        Answer {
            Objects.requireNonNull(result, "result");
        }
    }

    record Failure(UsageStoreException cause) implements Word {}

    /** The place of one caller: the word that it waits for, which is said once. */
    static final class Turn {

        final ReserveCommand command;
        private final Thread thread = Thread.currentThread();
        private final AtomicReference<@Nullable Word> word = new AtomicReference<>();

        /** Whether it was sent and is to be sent again; guarded by the lane. */
        private boolean sent;

        Turn(ReserveCommand command) {
            this.command = command;
        }

        @Nullable
        Word word() {
            return word.get();
        }

        /** Says the word; false if another was said before. */
        boolean tell(Word said) {
            boolean first = word.compareAndSet(null, said);
            LockSupport.unpark(thread);
            return first;
        }
    }

    final String tenant;
    private final ConcurrentMap<String, ReserveLane> lanes;
    final ReentrantLock lock = new ReentrantLock();
    private final Deque<Turn> queue = new ArrayDeque<>(1);

    /** Null once the lane has ended. */
    private @Nullable Thread leader = Thread.currentThread();

    private long ledSince = System.nanoTime();

    /** Makes a lane that takes itself out of {@code lanes} when it ends. */
    ReserveLane(String tenant, ConcurrentMap<String, ReserveLane> lanes) {
        this.tenant = tenant;
        this.lanes = lanes;
    }

    /** Lets a caller wait for its word, which it may have at once; false if the lane has ended. */
    boolean join(Turn turn, int maxWaiting) {
        lock.lock();
        try {
            if (leader == null) {
                return false;
            }
            if (leader == turn.thread) {
                turn.tell(Signal.GO_ALONE); // it calls from within the store, and would wait for itself
            } else if (queue.size() >= maxWaiting) {
                turn.tell(new Answer(new ReserveResult.Busy(
                        "%s uploads of its tenant wait already, so it was not sent".formatted(maxWaiting))));
            } else {
                queue.add(turn);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Lets a caller go that was not sent; false if it was, or is told so, or to lead, right now. */
    boolean withdraw(Turn turn) {
        lock.lock();
        try {
            return !turn.sent && queue.remove(turn);
        } finally {
            lock.unlock();
        }
    }

    /** Takes those who go together with their leader. Nothing can fail once one of them is taken. */
    List<Turn> take(Turn own, int max) {
        lock.lock();
        try {
            List<Turn> batch = new ArrayList<>(Math.min(1 + queue.size(), max));
            batch.add(own);
            while (batch.size() < max && !queue.isEmpty()) {
                Turn turn = queue.remove();
                if (turn.word() == null) {
                    batch.add(turn);
                }
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** Puts those first who are to be sent again by the next leader; false if the caller has been replaced. */
    boolean putBack(List<Turn> turns) {
        lock.lock();
        try {
            if (leader != Thread.currentThread()) {
                return false;
            }
            for (int i = turns.size() - 1; i >= 0; i--) {
                turns.get(i).sent = true;
                queue.addFirst(turns.get(i));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Lets the first of those who wait lead, unless the caller has been replaced. */
    void handOver() {
        lock.lock();
        try {
            if (leader == Thread.currentThread()) {
                nextLeader();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets the first of those who wait lead beside a leader that has not come back for so long: a connection that hangs,
     * or a lock that only its own upload needs, must not keep a whole tenant out.
     */
    void replaceLeaderAfter(Duration time) {
        lock.lock();
        try {
            if (leader != null && System.nanoTime() - ledSince >= time.toNanos()) {
                nextLeader();
            }
        } finally {
            lock.unlock();
        }
    }

    private void nextLeader() {
        Turn next = queue.poll();
        while (next != null && !next.tell(Signal.LEAD)) {
            next = queue.poll();
        }
        ledSince = System.nanoTime();
        leader = next == null ? null : next.thread;
        if (next == null) {
            lanes.remove(tenant, this);
        }
    }
}
