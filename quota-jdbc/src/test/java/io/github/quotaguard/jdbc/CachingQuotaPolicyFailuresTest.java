package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.Usage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What stands in for a source that fails, and for how long. */
class CachingQuotaPolicyFailuresTest extends CachedBillingTest {

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
}
