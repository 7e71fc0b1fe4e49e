package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.github.benmanes.caffeine.cache.Ticker;
import io.github.quotaguard.Admission;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Usage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class CachingQuotaPolicyTest {

    private static final AccountId ACME = AccountId.of("acme");
    private static final AccountId USER_7 = AccountId.of("acme/user-7");
    private static final AccountId USER_8 = AccountId.of("acme/user-8");
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final Duration STALE = Duration.ofMinutes(10);
    private static final Duration MOMENT = Duration.ofNanos(1);

    private final AtomicLong now = new AtomicLong();
    private final Ticker ticker = now::get;
    private final Billing billing = new Billing();
    private final CachingQuotaPolicy policy = policy(builder -> builder);

    private CachingQuotaPolicy policy(UnaryOperator<CachingQuotaPolicy.Builder> settings) {
        return settings.apply(CachingQuotaPolicy.builder(billing)
                        .timeToLive(TTL)
                        .staleFor(STALE)
                        .ticker(ticker))
                .build();
    }

    /** A service elsewhere, which can be down, and slow. */
    private static final class Billing implements QuotaPolicy {

        private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
        private volatile long bytes = 10;
        private volatile boolean isDown;
        private volatile boolean isWrong;
        private volatile Runnable pause = () -> {};

        @Override
        public QuotaLimits limits(AccountId account) {
            throw new AssertionError("asked for one account alone");
        }

        @Override
        public List<QuotaLimits> limitsOf(List<AccountId> lineage) {
            return answer("", lineage);
        }

        @Override
        public List<QuotaLimits> freshLimitsOf(List<AccountId> lineage) {
            return answer("fresh ", lineage);
        }

        private List<QuotaLimits> answer(String how, List<AccountId> lineage) {
            asked.add(how + lineage);
            QuotaLimits answer = QuotaLimits.ofBytes(bytes);
            pause.run();
            if (isDown) {
                throw new IllegalStateException("billing is down");
            }
            return isWrong ? List.of() : Collections.nCopies(lineage.size(), answer);
        }
    }

    private void pass(Duration duration) {
        now.addAndGet(duration.toNanos());
    }

    private void assertBytes(long bytes) {
        assertThat(policy.limits(ACME)).isEqualTo(QuotaLimits.ofBytes(bytes));
    }

    private void assertFreshBytes(long bytes) {
        assertThat(policy.freshLimits(ACME)).isEqualTo(QuotaLimits.ofBytes(bytes));
    }

    @Test
    void shouldAskAgainAfterTheTimeToLive() {
        assertBytes(10);
        billing.bytes = 20;

        pass(TTL.minus(MOMENT));
        assertBytes(10);
        pass(MOMENT);
        assertBytes(20);

        assertThat(billing.asked).containsExactly("[acme]", "[acme]");
    }

    @Test
    void shouldAskForTheMissingOnesOfALineageTogether() {
        policy.limitsOf(USER_7.lineage());
        policy.limitsOf(USER_8.lineage());
        policy.limitsOf(USER_7.lineage());
        policy.limitsOf(AccountId.of("globex/a/b").lineage());

        assertThat(billing.asked)
                .containsExactly("[acme, acme/user-7]", "[acme/user-8]", "[globex, globex/a, globex/a/b]");
    }

    @Test
    void shouldAlwaysAskAfreshAndKeepTheAnswer() {
        assertBytes(10);
        billing.bytes = 20;

        assertFreshBytes(20);
        assertBytes(20);
        assertFreshBytes(20);

        assertThat(billing.asked).containsExactly("[acme]", "fresh [acme]", "fresh [acme]");
    }

    @Test
    void shouldAdmitWhatWasBoughtAMomentAgo() {
        UploadGuard guard =
                UploadGuard.builder(new InMemoryUsageStore()).policy(policy).build();
        assertThat(guard.tryReserve(Upload.of("acme", "a", 11))).isInstanceOf(Admission.Refused.class);
        billing.bytes = 11;

        assertThat(guard.tryReserve(Upload.of("acme", "a", 11))).isInstanceOf(Admission.Granted.class);
    }

    @Test
    void shouldForgetAnAccountAlone() {
        policy.limitsOf(USER_7.lineage());
        billing.bytes = 20;

        policy.invalidate(ACME);

        assertThat(policy.limitsOf(USER_7.lineage())).containsExactly(QuotaLimits.ofBytes(20), QuotaLimits.ofBytes(10));
        policy.invalidate(ACME);
        billing.isDown = true;
        assertThatIllegalStateException().isThrownBy(() -> policy.limits(ACME));
    }

    @Test
    void shouldKeepNoMoreAccountsThanItMay() {
        CachingQuotaPolicy small = policy(builder -> builder.maximumSize(2));
        for (int i = 0; i < 100; i++) {
            small.limits(AccountId.of("t" + i));
        }
        billing.asked.clear();
        for (int i = 0; i < 100; i++) {
            small.limits(AccountId.of("t" + i));
        }

        assertThat(billing.asked).hasSizeGreaterThanOrEqualTo(98);
    }

    @Test
    void shouldUseTheLastLimitsForABoundedTimeAndThenFail() {
        assertBytes(10);
        billing.bytes = 20;
        billing.isDown = true;

        pass(STALE.minus(MOMENT));
        assertBytes(10);
        assertFreshBytes(10);
        pass(MOMENT);

        assertThatIllegalStateException().isThrownBy(() -> policy.limits(ACME)).withMessage("billing is down");
        assertThatIllegalStateException()
                .isThrownBy(() -> policy.freshLimits(ACME))
                .withMessage("billing is down");
        billing.isDown = false;
        assertBytes(20);
    }

    /** It is not read anew by being used, nor by the failures. */
    @Test
    void shouldCountTheTimeFromTheLastAnswer() {
        assertBytes(10);
        pass(TTL);
        assertBytes(10);
        billing.isDown = true;
        for (int minute = 1; minute < STALE.toMinutes(); minute++) {
            pass(Duration.ofMinutes(1));
            assertBytes(10);
        }
        pass(Duration.ofMinutes(1));

        assertThatIllegalStateException().isThrownBy(() -> policy.limits(ACME));
    }

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
    void shouldReserveNothingWhenItFailsClosed() {
        InMemoryUsageStore store = new InMemoryUsageStore();
        UploadGuard guard = UploadGuard.builder(store).policy(policy).build();
        billing.isDown = true;

        assertThatIllegalStateException().isThrownBy(() -> guard.reserve(Upload.of("acme/user-7", "a", 1)));

        assertThat(store.usage(ACME).total()).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldLetEverythingThroughWhenItFailsOpen() {
        CachingQuotaPolicy open = policy(CachingQuotaPolicy.Builder::openOnFailure);
        assertThat(open.limits(ACME)).isEqualTo(QuotaLimits.ofBytes(10));
        billing.isDown = true;
        pass(TTL);

        assertThat(open.limitsOf(USER_7.lineage())).containsExactly(QuotaLimits.ofBytes(10), QuotaLimits.unlimited());
        assertThat(open.freshLimitsOf(USER_7.lineage()))
                .containsExactly(QuotaLimits.ofBytes(10), QuotaLimits.unlimited());
        pass(STALE);
        assertThat(open.limits(ACME)).isEqualTo(QuotaLimits.unlimited());
    }

    @Test
    void shouldTakeAWrongAnswerForAFailure() {
        assertBytes(10);
        billing.isWrong = true;
        pass(TTL);
        assertBytes(10);
        pass(STALE);

        assertThatIllegalStateException()
                .isThrownBy(() -> policy.limits(ACME))
                .withMessageContaining("answered [] for the accounts [acme]");
        CachingQuotaPolicy ofNull = CachingQuotaPolicy.builder(account -> null).build();
        assertThatIllegalStateException().isThrownBy(() -> ofNull.limits(ACME)).withMessageContaining("null");
    }

    @Test
    void shouldThrowAnErrorOfTheSource() {
        CachingQuotaPolicy broken = CachingQuotaPolicy.builder(account -> {
                    throw new StackOverflowError();
                })
                .build();

        assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> broken.limits(ACME));
        assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> broken.freshLimits(ACME));
    }

    @Test
    void shouldSayOnceThatTheSourceFailsAndOnceThatItIsBack() {
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        PrintStream original = System.err;
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try {
            assertBytes(10);
            billing.isDown = true;
            for (int i = 0; i < 100; i++) {
                pass(Duration.ofSeconds(7));
                assertFreshOrDown();
            }
            billing.isDown = false;
            assertFreshBytes(10);
            pass(Duration.ofMinutes(1));
            assertFreshBytes(10);
            assertFreshBytes(10);
        } finally {
            System.setErr(original);
        }

        String log = captured.toString(StandardCharsets.UTF_8);
        assertThat(log).containsOnlyOnce("Limits can not be read").containsOnlyOnce("Limits can be read again");
        assertThat(log).containsOnlyOnce("billing is down").contains("PT10M");
    }

    private void assertFreshOrDown() {
        try {
            policy.limits(ACME);
            assertFreshBytes(10);
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("billing is down");
        }
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

    @Test
    void shouldRefuseSettingsThatMakeNoSense() {
        CachingQuotaPolicy.Builder builder = CachingQuotaPolicy.builder(billing);
        for (Duration wrong : List.of(Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE), Duration.ofDays(366))) {
            assertThatIllegalArgumentException().isThrownBy(() -> builder.timeToLive(wrong));
            assertThatIllegalArgumentException().isThrownBy(() -> builder.staleFor(wrong));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> builder.timeToLive(Duration.ZERO));
        for (long wrong : new long[] {Long.MIN_VALUE, -1, 0}) {
            assertThatIllegalArgumentException().isThrownBy(() -> builder.maximumSize(wrong));
        }
    }

    @Test
    void shouldNameWhatIsNull() {
        CachingQuotaPolicy.Builder builder = CachingQuotaPolicy.builder(billing);
        Map<String, List<ThrowingCallable>> missing = Map.of(
                "source", List.of(() -> CachingQuotaPolicy.builder(null)),
                "timeToLive", List.of(() -> builder.timeToLive(null)),
                "staleFor", List.of(() -> builder.staleFor(null)),
                "account",
                        List.of(
                                () -> policy.limits(null),
                                () -> policy.freshLimits(null),
                                () -> policy.invalidate(null)),
                "lineage", List.of(() -> policy.limitsOf(null), () -> policy.freshLimitsOf(null)));
        missing.forEach((name, calls) -> calls.forEach(
                call -> assertThatNullPointerException().isThrownBy(call).withMessage(name)));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
