package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.QuotaWarning;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.proof.Crowd;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CachedWarningsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000); // nanoTime may wrap
    private final AtomicInteger asked = new AtomicInteger();
    private final InMemoryUsageStore store = new InMemoryUsageStore();
    private final QuotaPolicy policy = account -> {
        asked.incrementAndGet();
        return QuotaLimits.ofBytes(100);
    };
    private final UploadGuard guard = UploadGuard.builder(store)
            .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
            .build();
    private final CachedWarnings warnings = cached(policy);

    private CachedWarnings cached(QuotaPolicy source) {
        return new CachedWarnings(QuotaService.of(store, source), 10, now::get);
    }

    private List<QuotaWarning> ask(Duration maxAge) {
        return warnings.warnings("acme", Locale.ENGLISH, maxAge);
    }

    @Test
    void shouldAnswerFromMemoryForAsLongAsTheCallerAllows() {
        assertThat(ask(MINUTE)).isEmpty();
        guard.reserve(Upload.of("acme", "photo", 85)).commit();

        now.addAndGet(MINUTE.toNanos());
        assertThat(ask(MINUTE)).isEmpty();
        assertThat(asked).hasValue(1);
        assertThat(ask(MINUTE.minusNanos(1))).hasSize(1);
        assertThat(ask(MINUTE)).hasSize(1);
        assertThat(asked).hasValue(2);

        now.incrementAndGet();
        ask(Duration.ZERO);
        assertThat(asked).hasValue(3);
    }

    @Test
    void shouldAnswerEveryReaderInTheirLanguageFromOneAnswer() {
        guard.reserve(Upload.of("acme", "photo", 85)).commit();

        assertThat(ask(MINUTE).get(0).message()).isEqualTo("acme has used 85 B of 100 B (85.00%)");
        assertThat(warnings.warnings("acme", Locale.SIMPLIFIED_CHINESE, MINUTE)
                        .get(0)
                        .message())
                .isEqualTo("acme 已使用 85 B，配额 100 B（85.00%）");
        assertThat(asked).hasValue(1);
    }

    @Test
    void shouldAskOnceForAllWhoAskAtOnce() throws Exception {
        CountDownLatch late = new CountDownLatch(1);
        CachedWarnings slow = cached(account -> {
            asked.incrementAndGet();
            await(late);
            return QuotaLimits.ofBytes(100);
        });
        Crowd.run(8, thread -> {
            if (thread == 7) {
                late.countDown();
            } else {
                slow.warnings("acme", Locale.ENGLISH, MINUTE);
            }
        });

        assertThat(asked).hasValue(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldNotRememberAFailure() {
        AtomicInteger failures = new AtomicInteger();
        CachedWarnings failing = cached(account -> {
            if (failures.incrementAndGet() == 1) {
                throw new IllegalStateException("no plan");
            }
            return QuotaLimits.ofBytes(100);
        });

        assertThatIllegalStateException().isThrownBy(() -> failing.warnings("acme", Locale.ENGLISH, MINUTE));
        assertThat(failing.warnings("acme", Locale.ENGLISH, MINUTE)).isEmpty();
    }

    @Test
    void shouldTakeTheLongestAgeForAnyAge() {
        Duration longest = Duration.ofSeconds(Long.MAX_VALUE);
        ask(longest);
        now.addAndGet(MINUTE.toNanos());
        ask(longest);
        ask(Duration.ofNanos(Long.MAX_VALUE));

        assertThat(asked).hasValue(1);
    }

    @Test
    void shouldRefuseWhatIsMissingAndANegativeAge() {
        assertThatNullPointerException().isThrownBy(() -> ask(null)).withMessage("maxAge");
        assertThatNullPointerException()
                .isThrownBy(() -> warnings.warnings("acme", null, MINUTE))
                .withMessage("locale");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ask(Duration.ofNanos(-1)))
                .withMessageContaining("maxAge is PT-0.000000001S");
        assertThat(asked).hasValue(0);
    }

    @Test
    void shouldRefuseACacheOfNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> new CachedWarnings(QuotaService.of(store, policy), 0));
    }
}
