package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.quotaguard.Admission;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** How long answers are kept, and when the source is asked all the same. */
class CachingQuotaPolicyTest extends CachedBillingTest {

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
}
