package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.store.AccountId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** The limits of a billing service, which can be down and slow, kept by a cache whose time the test sets. */
abstract class CachedBillingTest {

    static final AccountId ACME = AccountId.of("acme");
    static final AccountId USER_7 = AccountId.of("acme/user-7");
    static final AccountId USER_8 = AccountId.of("acme/user-8");
    static final Duration TTL = Duration.ofMinutes(1);
    static final Duration STALE = Duration.ofMinutes(10);
    static final Duration MOMENT = Duration.ofNanos(1);

    final AtomicLong now = new AtomicLong();
    final Ticker ticker = now::get;
    final Billing billing = new Billing();
    final CachingQuotaPolicy policy = policy(builder -> builder);

    CachingQuotaPolicy policy(UnaryOperator<CachingQuotaPolicy.Builder> settings) {
        return settings.apply(CachingQuotaPolicy.builder(billing)
                        .timeToLive(TTL)
                        .staleFor(STALE)
                        .ticker(ticker))
                .build();
    }

    /** A service elsewhere, which can be down, and slow. */
    static final class Billing implements QuotaPolicy {

        final List<String> asked = Collections.synchronizedList(new ArrayList<>());
        volatile long bytes = 10;
        volatile boolean isDown;
        volatile boolean isWrong;
        volatile Runnable pause = () -> {};

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

        List<QuotaLimits> answer(String how, List<AccountId> lineage) {
            asked.add(how + lineage);
            QuotaLimits answer = QuotaLimits.ofBytes(bytes);
            pause.run();
            if (isDown) {
                throw new IllegalStateException("billing is down");
            }
            return isWrong ? List.of() : Collections.nCopies(lineage.size(), answer);
        }
    }

    void pass(Duration duration) {
        now.addAndGet(duration.toNanos());
    }

    void assertBytes(long bytes) {
        assertThat(policy.limits(ACME)).isEqualTo(QuotaLimits.ofBytes(bytes));
    }

    void assertFreshBytes(long bytes) {
        assertThat(policy.freshLimits(ACME)).isEqualTo(QuotaLimits.ofBytes(bytes));
    }
}
