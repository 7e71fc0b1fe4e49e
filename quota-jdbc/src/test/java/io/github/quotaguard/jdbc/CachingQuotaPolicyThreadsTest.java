package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.quotaguard.QuotaLimits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Who waits for whom, and which of several answers is kept. */
class CachingQuotaPolicyThreadsTest extends CachedBillingTest {

    /** Nor by an older answer that comes after it. */
    @Test
    void shouldCountTheTimeFromTheLastAnswerAlsoWhenAnOlderOneComesLate() throws Exception {
        Late<QuotaLimits> late =
                late(() -> policy.freshLimitsOf(USER_7.lineage()).get(0));
        billing.bytes = 20;
        assertFreshBytes(20);
        pass(STALE.minus(MOMENT));
        late.answered();
        billing.isDown = true;
        assertBytes(20);

        pass(MOMENT);

        assertThatIllegalStateException().isThrownBy(() -> policy.limits(ACME));
    }

    @Test
    void shouldAskOnceForManyWhoWait() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        billing.pause = () -> await(answer);
        List<Future<List<QuotaLimits>>> waiting = new ArrayList<>();
        waiting.add(Stage.start(() -> policy.limitsOf(USER_7.lineage())));
        Awaitility.await().until(() -> billing.asked.size() == 1);
        CountDownLatch started = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            waiting.add(Stage.start(() -> {
                started.countDown();
                return policy.limitsOf(USER_7.lineage());
            }));
        }
        started.await();
        waiting.add(Stage.start(() -> policy.limitsOf(USER_8.lineage())));
        Awaitility.await().until(() -> billing.asked.size() == 2);
        answer.countDown();

        for (Future<List<QuotaLimits>> each : waiting) {
            assertThat(each.get()).containsExactly(QuotaLimits.ofBytes(10), QuotaLimits.ofBytes(10));
        }
        assertThat(billing.asked).containsExactly("[acme, acme/user-7]", "[acme/user-8]");
    }

    /** The answer that was under way when they asked may be from before the purchase. */
    @Test
    void shouldShareNoFreshAnswerThatWasAskedForBefore() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        billing.pause = () -> await(answer);
        Future<QuotaLimits> before = Stage.start(() -> policy.freshLimits(ACME));
        Awaitility.await().until(() -> billing.asked.size() == 1);
        billing.bytes = 20;
        List<Future<QuotaLimits>> after = new ArrayList<>();
        List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 3; i++) {
            after.add(Stage.start(() -> {
                threads.add(Thread.currentThread());
                return policy.freshLimits(ACME);
            }));
        }
        Awaitility.await()
                .until(() -> threads.size() == 3
                        && threads.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
        assertThat(billing.asked).hasSize(1);
        answer.countDown();

        assertThat(before.get()).isEqualTo(QuotaLimits.ofBytes(10));
        for (Future<QuotaLimits> each : after) {
            assertThat(each.get()).isEqualTo(QuotaLimits.ofBytes(20));
        }
        assertThat(billing.asked).hasSize(2);
        assertBytes(20);
    }

    /** What was asked for before a fresh answer, and comes after it, is not kept instead. */
    @Test
    void shouldKeepTheFreshAnswerWhenAnOlderOneComesLate() throws Exception {
        Late<QuotaLimits> late = late(() -> policy.limits(ACME));
        billing.bytes = 20;
        assertFreshBytes(20);

        assertThat(late.answered()).isEqualTo(QuotaLimits.ofBytes(10));
        assertBytes(20);
        billing.isDown = true;
        pass(TTL);
        assertBytes(20);
    }

    /** An account belongs to many lineages, and only calls for the same one wait for each other. */
    @Test
    void shouldKeepTheLaterOfTwoFreshAnswersWhicheverComesFirst() throws Exception {
        Late<List<QuotaLimits>> late = late(() -> policy.freshLimitsOf(USER_7.lineage()));
        billing.bytes = 20;
        policy.freshLimitsOf(USER_8.lineage());

        assertThat(late.answered()).containsOnly(QuotaLimits.ofBytes(10));

        assertBytes(20);
        assertThat(policy.limits(USER_7)).isEqualTo(QuotaLimits.ofBytes(10));
        billing.isDown = true;
        pass(TTL);
        assertBytes(20);
    }

    /** That one was under way, so that others waited for it; they get the other's answer no more. */
    @Test
    void shouldKeepTheLaterAnswerToAnUploadThatAFreshOneHasOvertaken() throws Exception {
        Late<QuotaLimits> fresh = late(() -> policy.freshLimits(ACME));
        billing.bytes = 20;
        Late<QuotaLimits> later = late(() -> policy.limits(ACME));

        assertThat(fresh.answered()).isEqualTo(QuotaLimits.ofBytes(10));
        assertThat(later.answered()).isEqualTo(QuotaLimits.ofBytes(20));

        assertBytes(20);
    }

    @Test
    void shouldKeepNothingThatWasAskedForBeforeItWasForgotten() throws Exception {
        for (Callable<QuotaLimits> question :
                List.<Callable<QuotaLimits>>of(() -> policy.limits(ACME), () -> policy.freshLimits(ACME))) {
            billing.bytes = 10;
            policy.invalidate(ACME);
            Late<QuotaLimits> late = late(question);
            billing.bytes = 20;

            policy.invalidate(ACME);

            assertThat(late.answered()).isEqualTo(QuotaLimits.ofBytes(10));
            billing.isDown = true;
            assertThatIllegalStateException().isThrownBy(() -> policy.limits(ACME));
            billing.isDown = false;
            assertBytes(20);
        }
    }

    @Test
    void shouldLetThoseWhoWaitForAFreshAnswerGoOnAfterAFailure() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        billing.pause = () -> await(answer);
        billing.isDown = true;
        List<Future<QuotaLimits>> waiting = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiting.add(Stage.start(() -> policy.freshLimits(ACME)));
        }
        Awaitility.await().until(() -> !billing.asked.isEmpty());
        answer.countDown();

        for (Future<QuotaLimits> each : waiting) {
            assertThatExceptionOfType(Exception.class).isThrownBy(each::get).withMessageContaining("billing is down");
        }
        billing.isDown = false;
        assertFreshBytes(10);
    }

    /** A call that was asked, and not answered yet. */
    private record Late<T>(Future<T> call, CountDownLatch answer) {

        T answered() throws Exception {
            answer.countDown();
            return call.get();
        }
    }

    private <T> Late<T> late(Callable<T> question) {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        billing.pause = () -> {
            billing.pause = () -> {};
            asked.countDown();
            await(answer);
        };
        Late<T> late = new Late<>(Stage.start(question), answer);
        await(asked);
        return late;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
