package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Group commit with full queues, bad members, failures and interrupts: each caller gets its own answer, and a true one. */
class GroupCommitTest {

    private static final int ROUNDS = Boolean.getBoolean("quotaguard.soak") ? 10 : 1;
    private static final int CALLS = 100_000;
    private static final int FEW_CALLS = 2_000;

    private static long seed(TestReporter reporter) {
        long seed = Long.getLong("quotaguard.seed", System.nanoTime());
        reporter.publishEntry("quotaguard.seed", Long.toString(seed));
        return seed;
    }

    @Test
    @Tag("proof")
    void shouldGiveEachCallerItsOwnAnswer(TestReporter reporter) throws Exception {
        long seed = seed(reporter);
        for (int round = 0; round < ROUNDS; round++) {
            UnreliableStore store = new UnreliableStore();
            ReserveStorm storm = new ReserveStorm(store, Thread::new, CALLS, seed + round);

            List<String> violations = storm.rage();

            storm.line().append();
            assertThat(violations).isEmpty();
            assertThat(storm.line().admitted()).isGreaterThan(CALLS / 10);
            assertThat(storm.line().refused()).isPositive();
            assertThat(storm.line().busy()).isPositive();
            assertThat(storm.line().unknown()).isPositive();
            assertThat(storm.bad.sum()).isPositive();
            assertThat(storm.notSent.sum()).isPositive();
            assertThat(store.batches.sum()).isGreaterThan(CALLS / 100);
            assertThat(store.largestBatch).hasValue(8);
        }
    }

    @Test
    void shouldServeVirtualThreads(TestReporter reporter) throws Exception {
        UnreliableStore store = new UnreliableStore();

        assertThat(new ReserveStorm(store, virtual(), FEW_CALLS, seed(reporter)).rage())
                .isEmpty();
        assertThat(store.batches.sum()).isPositive();
    }

    /** Also those whom it has put back, or was about to. */
    @Test
    void shouldServeThoseWhoseLeaderIsReplaced(TestReporter reporter) throws Exception {
        UnreliableStore store = new UnreliableStore();
        Duration patience = Duration.ofNanos(200_000);

        assertThat(new ReserveStorm(store, Thread::new, FEW_CALLS, seed(reporter), patience).rage())
                .isEmpty();
        assertThat(store.batches.sum()).isPositive();
    }

    /** Virtual threads where the JDK has them, from 21 on, others before. */
    private static ThreadFactory virtual() throws ReflectiveOperationException {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            return (ThreadFactory) Class.forName("java.lang.Thread$Builder")
                    .getMethod("factory")
                    .invoke(builder);
        } catch (NoSuchMethodException before21) {
            return Thread::new;
        }
    }

    @Test
    void shouldSeeAnswersThatGoToTheWrongCallers(TestReporter reporter) throws Exception {
        UnreliableStore mixing = new UnreliableStore() {
            @Override
            public List<ReserveResult> reserveAll(List<ReserveCommand> commands) {
                List<ReserveResult> answers = new ArrayList<>(super.reserveAll(commands));
                Collections.reverse(answers);
                return answers;
            }
        };

        assertThat(new ReserveStorm(mixing, Thread::new, FEW_CALLS, seed(reporter)).rage())
                .anyMatch(violation -> violation.startsWith("not its own answer"));
    }

    @Test
    void shouldSeeAGrantThatWasNotKept(TestReporter reporter) throws Exception {
        UnreliableStore forgetful = new UnreliableStore() {
            @Override
            public List<ReserveResult> reserveAll(List<ReserveCommand> commands) {
                List<ReserveResult> answers = super.reserveAll(commands);
                if (answers.get(0) instanceof ReserveResult.Granted granted) {
                    memory().release(granted.allocation());
                }
                return answers;
            }
        };

        assertThat(new ReserveStorm(forgetful, Thread::new, FEW_CALLS, seed(reporter)).rage())
                .anyMatch(violation -> violation.startsWith("not kept"));
    }
}
