package io.github.quotaguard;

import static io.github.quotaguard.ReserveCallers.ACME;
import static io.github.quotaguard.ReserveCallers.command;
import static io.github.quotaguard.ReserveCallers.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.GatedStore.Call;
import io.github.quotaguard.ReserveCallers.Caller;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the others get when something goes wrong with a batch of three, of which the first leads. */
@Timeout(60)
class ReserveCoalescerFailuresTest {

    private final GatedStore store = new GatedStore();
    private final ReserveCoalescer coalescer =
            new ReserveCoalescer(store, 128, 10_000, Duration.ofMinutes(1), Duration.ofMinutes(1), uploads -> {});
    private final ReserveCallers callers = new ReserveCallers(coalescer);
    private Call alone;
    private Caller leader;
    private Caller second;
    private Caller third;

    @BeforeEach
    void letThreeWait() throws InterruptedException {
        callers.start("alone");
        alone = store.next();
        leader = callers.queue("leader");
        second = callers.queue("second");
        third = callers.queue("third");
    }

    private Call batch() throws InterruptedException {
        alone.letGo();
        Call batch = store.next();
        batch.assertReservesTogether("leader", "second", "third");
        return batch;
    }

    /** Expects three calls of one each, lets them go and returns them. */
    private List<Call> calledAlone() throws InterruptedException {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(store.next());
        }
        return calls;
    }

    private Usage usage() {
        return store.usage(ACME).total();
    }

    private static void assertGranted(Caller caller, String file) {
        assertThat(caller.granted().id().file()).isEqualTo(file);
    }

    @AfterEach
    void everyoneIsGone() throws InterruptedException {
        store.open();
        callers.assertGone();
    }

    @Test
    void shouldLetOnlyTheBadMemberFail() throws Exception {
        batch().fail(new UsageStoreException("second is malformed", false, null));
        for (Call call : calledAlone()) {
            if (call.thread() == second.thread()) {
                call.assertReserves("second");
                call.fail(new UsageStoreException("malformed", false, null));
            } else {
                call.letGo();
            }
        }

        assertThat(second.storeFailure()).hasMessage("malformed");
        assertGranted(leader, "leader");
        assertGranted(third, "third");
        assertThat(usage()).isEqualTo(new Usage(0, 3, 0, 3));
    }

    @Test
    void shouldLetOnlyTheBadLeaderFail() throws Exception {
        batch().fail(new IllegalArgumentException("leader is malformed"));
        for (Call call : calledAlone()) {
            if (call.thread() == leader.thread()) {
                call.fail(new IllegalArgumentException("malformed"));
            } else {
                call.letGo();
            }
        }

        assertThat(leader.failure())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("malformed");
        assertGranted(second, "second");
        assertGranted(third, "third");
    }

    @Test
    void shouldGiveEachAFailureOfItsOwnWhenTheStorageFails() throws Exception {
        UsageStoreException failure = new UsageStoreException("the connection was lost", true, null);
        batch().fail(failure);

        List<UsageStoreException> failures =
                List.of(leader.storeFailure(), second.storeFailure(), third.storeFailure());

        assertThat(failures)
                .doesNotHaveDuplicates()
                .allSatisfy(each -> assertThat(each)
                        .hasMessage("sent with other uploads of acme, the outcome is unknown: the connection was lost")
                        .hasCause(failure)
                        .matches(UsageStoreException::isRetryable));
        store.assertNoOtherCall();
    }

    @Test
    void shouldFailTypedWhenTheStoreLosesAnAnswer() throws Exception {
        batch().letGo(results -> results.subList(1, 3));

        assertThat(List.of(leader.storeFailure(), second.storeFailure(), third.storeFailure()))
                .allSatisfy(each -> assertThat(each)
                        .hasMessageContaining("GatedStore.reserveAll answers 2 of 3 commands")
                        .matches(failure -> !failure.isRetryable()));
    }

    @Test
    void shouldAskForEachAloneWhenTheStoreAnswersNull() throws Exception {
        batch().letGo(results -> Collections.nCopies(3, null));
        calledAlone().forEach(Call::letGo);

        assertGranted(leader, "leader");
        assertGranted(second, "second");
        assertGranted(third, "third");
    }

    @Test
    void shouldServeTheOthersWhenTheLeaderDies() throws Exception {
        batch().fail(new StackOverflowError());
        store.next().letGo();
        store.next().letGo();

        assertThat(leader.failure()).isInstanceOf(StackOverflowError.class);
        assertGranted(second, "second");
        assertGranted(third, "third");
        store.assertNoOtherCall();
    }

    @Test
    void shouldServeTheOthersWhenALoneCallerFails() throws Exception {
        alone.fail(new StackOverflowError());

        store.next().letGo();

        assertGranted(leader, "leader");
        assertGranted(third, "third");
    }

    @Test
    void shouldLetGoWhoIsInterruptedBeforeItIsSent() throws Exception {
        second.interrupt();

        assertThat(second.storeFailure())
                .hasMessageContaining("it was not sent")
                .matches(UsageStoreException::isRetryable);
        assertThat(second.leftInterrupted()).isTrue();
        alone.letGo();
        Call batch = store.next();
        batch.assertReservesTogether("leader", "third");
        batch.letGo();
        assertGranted(leader, "leader");
        assertGranted(third, "third");
    }

    @Test
    void shouldTellWhoIsInterruptedLaterThatItsOutcomeIsUnknown() throws Exception {
        Call batch = batch();
        second.interrupt();

        assertThat(second.storeFailure())
                .hasMessageContaining("the outcome is unknown")
                .matches(UsageStoreException::isRetryable);
        assertThat(second.leftInterrupted()).isTrue();
        batch.letGo();
        assertGranted(leader, "leader");
        assertGranted(third, "third");
        assertThat(usage().reservedFiles()).isEqualTo(4);
    }

    @Test
    void shouldAnswerEveryoneWhenAnInterruptedLeaderSucceeds() throws Exception {
        Call batch = batch();
        leader.interrupt();
        batch.letGo();

        assertGranted(leader, "leader");
        assertGranted(second, "second");
        assertGranted(third, "third");
        assertThat(leader.leftInterrupted()).isTrue();
    }

    @Test
    void shouldNotLetOthersFailBecauseTheirLeaderIsInterrupted() throws Exception {
        Call batch = batch();
        Caller late = callers.queue("late");
        leader.interrupt();
        batch.letGo(results -> {
            throw new UsageStoreException("interrupted after it was done", true, null);
        });

        Call repeated = store.next();

        repeated.assertReservesTogether("second", "third", "late");
        assertThat(leader.storeFailure())
                .hasMessageContaining("the outcome is unknown")
                .hasRootCauseMessage("interrupted after it was done");
        assertThat(leader.leftInterrupted()).isTrue();
        repeated.letGo();
        assertThat(second.granted().attempt()).as("it was repeated").isEqualTo(2);
        assertGranted(third, "third");
        assertGranted(late, "late");
        assertThat(usage()).isEqualTo(new Usage(0, 5, 0, 5));
    }

    @Test
    void shouldNotSendAgainWhoWasInterruptedMeanwhile() throws Exception {
        Call batch = batch();
        second.interrupt();
        second.failure();
        leader.interrupt();
        batch.fail(new UsageStoreException("interrupted", true, null));

        store.next().assertReserves("third");
    }

    /** It was told to lead and interrupted in the same instant: that is meant for itself, not for the others. */
    @Test
    void shouldHideAnInterruptFromTheCallThatItMakesForOthers() throws Exception {
        ReentrantLock lane = coalescer.lanes.get("acme").lock;
        lane.lock();
        try {
            alone.letGo();
            soon().until(() -> lane.hasQueuedThread(alone.thread()));
            leader.interrupt();
            soon().until(() -> lane.hasQueuedThread(leader.thread()));
        } finally {
            lane.unlock();
        }

        Call batch = store.next();

        batch.assertReservesTogether("leader", "second", "third");
        assertThat(batch.wasInterrupted()).isFalse();
        batch.letGo();
        assertGranted(leader, "leader");
        assertThat(leader.leftInterrupted()).isTrue();
    }

    @Test
    void shouldLetEveryoneGoWhenTheProcessIsShutDown() throws Exception {
        Call batch = batch();
        Caller waiting = callers.queue("waiting");

        for (Caller caller : List.of(leader, second, third, waiting)) {
            caller.interrupt();
        }

        assertThat(waiting.storeFailure()).hasMessageContaining("it was not sent");
        assertThat(second.storeFailure()).hasMessageContaining("the outcome is unknown");
        assertThat(third.storeFailure()).hasMessageContaining("the outcome is unknown");
        batch.fail(new UsageStoreException("interrupted", true, null));
        assertThat(leader.storeFailure()).hasMessageContaining("the outcome is unknown");
        store.assertNoOtherCall();
    }

    @Test
    void shouldAnswerAnInterruptedThreadThatMeetsNobody() throws Exception {
        store.open();
        alone.letGo();
        callers.assertGone();

        Thread.currentThread().interrupt();
        ReserveResult result = coalescer.reserve(command("lone", 1));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(result).isInstanceOf(ReserveResult.Granted.class);
    }
}
