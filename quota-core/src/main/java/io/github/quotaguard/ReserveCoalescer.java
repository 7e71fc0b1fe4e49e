package io.github.quotaguard;

import io.github.quotaguard.ReserveLane.Answer;
import io.github.quotaguard.ReserveLane.Failure;
import io.github.quotaguard.ReserveLane.Signal;
import io.github.quotaguard.ReserveLane.Turn;
import io.github.quotaguard.ReserveLane.Word;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets the reserves of one tenant that arrive while another is under way wait for it and go to the store together. The
 * callers do it themselves: the first to arrive sends its own at once; when that is answered, the first of those who
 * wait sends what waits by then, in the order of arrival, and tells each its answer; and so on. So a lone caller meets
 * neither a timer nor another thread, and nothing is kept of a tenant that nobody reserves for.
 */
final class ReserveCoalescer {

    /** Enough to share a transaction well; more would only keep its lock for longer. */
    private static final int MAX_BATCH = 128;

    /** How many threads, and how much memory, one tenant can take up here. */
    private static final int MAX_WAITING = 10_000;

    /** As long as a store waits for a lock by default; who has waited longer waits for a store that is stuck. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(5);

    /** Far longer than a batch takes. A leader that takes longer waits for something that need not concern the others. */
    static final Duration PATIENCE = Duration.ofMillis(100);

    /** What a batch is told of which nothing is known; made before, since there may be no memory left by then. */
    private static final List<Word> GO_ALONE = Collections.nCopies(MAX_BATCH, Signal.GO_ALONE);

    private final UsageStore store;
    private final int maxBatch;
    private final int maxWaiting;
    private final Duration maxWait;
    private final Duration patience;
    private final IntConsumer sent;

    /** By tenant; one that nobody reserves for has none. */
    final ConcurrentMap<String, ReserveLane> lanes = new ConcurrentHashMap<>();

    /** Creates one that says before it sends uploads to the store how many they are. */
    ReserveCoalescer(UsageStore store, Duration patience, IntConsumer sent) {
        this(store, MAX_BATCH, MAX_WAITING, MAX_WAIT, patience, sent);
    }

    ReserveCoalescer(
            UsageStore store, int maxBatch, int maxWaiting, Duration maxWait, Duration patience, IntConsumer sent) {
        this.store = store;
        this.maxBatch = maxBatch;
        this.maxWaiting = maxWaiting;
        this.maxWait = maxWait;
        this.patience = patience;
        this.sent = sent;
    }

    /**
     * Reserves as the store does, alone or with others.
     *
     * @return the caller's own answer; busy also if it was not sent, since too many wait or it waited for too long
     * @throws UsageStoreException also if the thread is interrupted while it waits; the message says whether the command
     *     was sent
     */
    ReserveResult reserve(ReserveCommand command) {
        String tenant = command.spec().id().tenant();
        while (true) {
            ReserveLane lane = lanes.get(tenant);
            if (lane == null) {
                ReserveLane own = new ReserveLane(tenant, lanes);
                lane = lanes.putIfAbsent(tenant, own);
                if (lane == null) {
                    return reserveFirst(own, command);
                }
            }
            Turn turn = new Turn(command);
            if (lane.join(turn, maxWaiting)) {
                return follow(await(lane, turn), lane, turn);
            }
        }
    }

    private ReserveResult reserveFirst(ReserveLane lane, ReserveCommand command) {
        try {
            return reserveAlone(command);
        } finally {
            lane.handOver();
        }
    }

    private ReserveResult reserveAlone(ReserveCommand command) {
        sent.accept(1);
        return store.reserve(command);
    }

    private Word await(ReserveLane lane, Turn turn) {
        long deadline = System.nanoTime() + maxWait.toNanos();
        while (true) {
            Word word = turn.word();
            if (word != null) {
                return word;
            }
            long left = deadline - System.nanoTime();
            if (Thread.currentThread().isInterrupted()) {
                leave(lane, turn);
            } else if (left <= 0 && lane.withdraw(turn)) {
                return new Answer(
                        new ReserveResult.Busy("it waited for %s ms behind others of its tenant, and was not sent"
                                .formatted(maxWait.toMillis())));
            } else {
                long pause = patience.toNanos();
                LockSupport.parkNanos(this, left > 0 ? Math.min(left, pause) : pause);
                if (turn.word() == null) {
                    lane.replaceLeaderAfter(patience);
                }
            }
        }
    }

    /** Lets an interrupted caller go, unless it is told its word right now. */
    private static void leave(ReserveLane lane, Turn turn) {
        if (lane.withdraw(turn)) {
            throw new UsageStoreException(
                    "interrupted while it waited behind other uploads of %s; it was not sent".formatted(lane.tenant),
                    true,
                    null);
        }
        if (turn.tell(Signal.GONE)) {
            throw interruptedWhenSent(lane, null);
        }
    }

    private ReserveResult follow(Word word, ReserveLane lane, Turn turn) {
        if (word instanceof Answer answer) {
            return answer.result();
        }
        if (word instanceof Failure failure) {
            UsageStoreException cause = failure.cause();
            throw new UsageStoreException(
                    "sent with other uploads of %s, the outcome is unknown: %s"
                            .formatted(lane.tenant, cause.getMessage()),
                    cause.isRetryable(),
                    cause);
        }
        return word == Signal.LEAD ? lead(lane, turn) : reserveAlone(turn.command);
    }

    private ReserveResult lead(ReserveLane lane, Turn own) {
        List<Turn> batch = lane.take(own, maxBatch);
        return batch.size() == 1 ? reserveFirst(lane, own.command) : reserveTogether(lane, batch);
    }

    /** Whatever is thrown, the lane has another leader after it, and each of the batch its word or its place again. */
    private ReserveResult reserveTogether(ReserveLane lane, List<Turn> batch) {
        List<Word> words = GO_ALONE;
        boolean arePutBack = false;
        boolean interrupted = Thread.interrupted(); // is meant for this caller, and must not fail what others want
        try {
            words = answers(batch);
        } catch (RuntimeException e) {
            if (Thread.currentThread().isInterrupted()) {
                arePutBack = lane.putBack(batch.subList(1, batch.size()));
                throw interruptedWhenSent(lane, e);
            }
            words = Collections.nCopies(batch.size(), wordAfter(e));
        } finally {
            try {
                lane.handOver(); // first, so that the store works on while these wake up
            } finally {
                if (!arePutBack) {
                    tellOthers(batch, words);
                }
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
        return follow(words.get(0), lane, batch.get(0));
    }

    private static void tellOthers(List<Turn> batch, List<Word> words) {
        for (int i = 1; i < batch.size(); i++) {
            batch.get(i).tell(words.get(i));
        }
    }

    private List<Word> answers(List<Turn> batch) {
        sent.accept(batch.size());
        List<ReserveResult> results =
                store.reserveAll(batch.stream().map(turn -> turn.command).toList());
        if (results.size() != batch.size()) {
            UsageStoreException fault = new UsageStoreException(
                    "%s.reserveAll answers %s of %s commands, which is a fault of it"
                            .formatted(store.getClass().getName(), results.size(), batch.size()),
                    false,
                    null);
            return Collections.nCopies(batch.size(), new Failure(fault));
        }
        return results.stream().<Word>map(Answer::new).toList();
    }

    /** Of what can not be retried one member is the cause, and each finds out for itself whether it is. */
    private static Word wordAfter(RuntimeException e) {
        return e instanceof UsageStoreException failure && failure.isRetryable()
                ? new Failure(failure)
                : Signal.GO_ALONE;
    }

    private static UsageStoreException interruptedWhenSent(ReserveLane lane, @Nullable Throwable cause) {
        return new UsageStoreException(
                "interrupted when it was sent with other uploads of %s; the outcome is unknown".formatted(lane.tenant),
                true,
                cause);
    }
}
