package io.github.quotaguard.jdbc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.QuotaWarning;
import io.github.quotaguard.store.AccountId;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Answers {@link QuotaService#warnings} from memory for as long as each caller allows, as for a banner on every page. Of
 * those who ask for one account at once, one asks the service and the others wait for its answer. While it is asked, some
 * who ask for other accounts may have to wait too: those that the cache happens to keep in the same place. Needs Caffeine
 * on the class path. Thread-safe.
 */
public final class CachedWarnings {

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private final QuotaService quotas;
    private final LongSupplier nanoTime;
    private final Cache<AccountId, Answer> answers;

    /** What was answered, and when it was asked for, which is no later than what it says was true. */
    private record Answer(List<QuotaWarning> warnings, long askedAt) {

        boolean isNoOlder(long nanos, long now) {
            return now - askedAt <= nanos;
        }
    }

    /**
     * Creates an empty cache.
     *
     * @param quotas who knows the answers
     * @param accounts of how many accounts to remember an answer at most, 1 or more
     * @throws IllegalArgumentException if it is less
     */
    public CachedWarnings(QuotaService quotas, int accounts) {
        this(quotas, accounts, System::nanoTime);
    }

    CachedWarnings(QuotaService quotas, int accounts, LongSupplier nanoTime) {
        if (accounts < 1) {
            throw new IllegalArgumentException("accounts is %s, allowed are 1 and more".formatted(accounts));
        }
        this.quotas = Objects.requireNonNull(quotas, "quotas");
        this.nanoTime = nanoTime;
        this.answers = Caffeine.newBuilder().maximumSize(accounts).build();
    }

    /**
     * Does {@link QuotaService#warnings(String, Locale)}, with an answer that is at most so old. What the service throws
     * is thrown on, and not remembered.
     *
     * @param account the account's path
     * @param locale the reader's, as for {@link QuotaWarning#message(Locale)}; all share one answer
     * @param maxAge how old the answer may be, counted from now, 0 or more; zero for one that nobody has asked for before
     *     now
     * @return the warnings
     * @throws IllegalArgumentException if the age is negative, or the account's path is not allowed
     */
    public List<QuotaWarning> warnings(String account, Locale locale, Duration maxAge) {
        AccountId id = AccountId.of(account);
        Objects.requireNonNull(locale, "locale");
        if (Objects.requireNonNull(maxAge, "maxAge").isNegative()) {
            throw new IllegalArgumentException("maxAge is %s, allowed are 0 and more".formatted(maxAge));
        }
        long nanos = maxAge.compareTo(LONGEST) > 0 ? Long.MAX_VALUE : maxAge.toNanos();
        long now = nanoTime.getAsLong();
        Answer known = answers.getIfPresent(id);
        Answer answer = known != null && known.isNoOlder(nanos, now)
                ? known
                : answers.asMap()
                        .compute(
                                id,
                                (key, current) ->
                                        current != null && current.isNoOlder(nanos, now) ? current : ask(key));
        return answer.warnings().stream().map(warning -> warning.in(locale)).toList();
    }

    private Answer ask(AccountId account) {
        long askedAt = nanoTime.getAsLong();
        return new Answer(quotas.warnings(account.path()), askedAt);
    }
}
