package io.github.quotaguard.jdbc;

import com.github.benmanes.caffeine.cache.AsyncCacheLoader;
import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.store.AccountId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the answers of another policy for some time, such as those of a billing service. Needs Caffeine on the class
 * path. Thread-safe.
 *
 * <p>What is not kept is asked for once, however many uploads wait for it: each account by itself, and those of one
 * lineage that are missing together. Before an upload is refused, the source is asked in any case, by a call that began
 * after the upload did and is shared by those that wait with the same account; so who has bought more is not told that
 * the storage is full. That answer is kept from then on: of several, the one to the question that was asked last.
 *
 * <p>When the source throws, or answers something else than limits for each account, the last limits that it gave stand
 * in for a {@linkplain Builder#staleFor bounded time}. After that, by default, what it threw reaches the caller of the
 * guard and nothing is reserved; with {@link Builder#openOnFailure} the account is unlimited instead. That the source fails
 * is logged once, not with each upload, and so is that it has answered again and has not failed for a minute. The
 * source is asked on the upload's thread: how long it may take is the source's to bound.
 */
public final class CachingQuotaPolicy implements QuotaPolicy {

    private final QuotaPolicy source;
    private final boolean isOpenOnFailure;
    private final Ticker ticker;
    private final OutageLog outages;

    /** Also has the calls under way, for others to join. A failure is shared by those who wait for it, and not kept. */
    private final AsyncLoadingCache<AccountId, Answer> current;

    private final Cache<AccountId, Answer> lastKnown;
    private final SharedCalls<List<AccountId>, Map<AccountId, Answer>> freshCalls = new SharedCalls<>();
    private final AtomicLong questions = new AtomicLong();

    private CachingQuotaPolicy(Builder builder) {
        source = builder.source;
        isOpenOnFailure = builder.isOpenOnFailure;
        ticker = builder.ticker;
        Duration timeToLive = builder.timeToLive;
        Duration staleFor = builder.staleFor.compareTo(timeToLive) < 0 ? timeToLive : builder.staleFor;
        outages = new OutageLog(
                ticker::read,
                "Those last read stand in for %s at most, after that %s"
                        .formatted(staleFor, isOpenOnFailure ? "accounts are unlimited" : "uploads fail"));
        AsyncCacheLoader<AccountId, Answer> loader = AsyncCacheLoader.bulk((accounts, executor) ->
                CompletableFuture.completedFuture(ask(List.copyOf(accounts), source::limitsOf)));
        // On the thread that asks: there is no pool whose threads a slow source could take.
        current = caffeine(builder)
                .expireAfter(Expiry.<AccountId, Answer>writing(
                        (account, answer) -> answer.failure == null ? timeToLive : Duration.ZERO))
                .buildAsync(loader);
        lastKnown = caffeine(builder)
                .expireAfter(Expiry.<AccountId, Answer>writing(
                        (account, answer) -> staleFor.minusNanos(ticker.read() - answer.givenAt)))
                .build();
    }

    private static Caffeine<Object, Object> caffeine(Builder builder) {
        return Caffeine.newBuilder()
                .maximumSize(builder.maximumSize)
                .ticker(builder.ticker)
                .executor(Runnable::run);
    }

    /**
     * Starts to build a policy.
     *
     * @param source the policy whose answers are kept
     * @return a builder with defaults for everything else
     */
    public static Builder builder(QuotaPolicy source) {
        return new Builder(source);
    }

    /** What the source has answered to a question: limits, or a failure. Neither stands for what was forgotten. */
    private record Answer(
            long question,
            long givenAt,
            @Nullable QuotaLimits limits,
            @Nullable RuntimeException failure) {}

    private Answer answer(long question, @Nullable QuotaLimits limits, @Nullable RuntimeException failure) {
        return new Answer(question, ticker.read(), limits, failure);
    }

    @Override
    public QuotaLimits limits(AccountId account) {
        return limitsOf(List.of(Objects.requireNonNull(account, "account"))).get(0);
    }

    @Override
    public QuotaLimits freshLimits(AccountId account) {
        return freshLimitsOf(List.of(Objects.requireNonNull(account, "account")))
                .get(0);
    }

    @Override
    public List<QuotaLimits> limitsOf(List<AccountId> lineage) {
        Objects.requireNonNull(lineage, "lineage");
        return limits(lineage, current.getAll(lineage).join());
    }

    @Override
    public List<QuotaLimits> freshLimitsOf(List<AccountId> lineage) {
        Objects.requireNonNull(lineage, "lineage");
        return limits(lineage, freshCalls.ask(lineage, accounts -> ask(accounts, source::freshLimitsOf)));
    }

    private Map<AccountId, Answer> ask(List<AccountId> accounts, Function<List<AccountId>, List<QuotaLimits>> asking) {
        long question = questions.incrementAndGet();
        Map<AccountId, Answer> answers = new HashMap<>();
        try {
            List<QuotaLimits> limits = requireOneForEach(accounts, asking.apply(accounts));
            for (int i = 0; i < limits.size(); i++) {
                answers.put(accounts.get(i), answer(question, limits.get(i), null));
            }
        } catch (RuntimeException e) {
            outages.noteFailure(e);
            accounts.forEach(account -> answers.put(account, answer(question, null, e)));
            return answers;
        }
        outages.noteSuccess();
        answers.forEach(this::keep);
        return answers;
    }

    /** Keeps an answer, unless one to a later question is known: calls overlap, and the longest ends last. */
    private void keep(AccountId account, Answer answer) {
        lastKnown.asMap().compute(account, (same, known) -> {
            if (known != null && known.question > answer.question) {
                return known;
            }
            current.synchronous().put(account, answer);
            return answer;
        });
    }

    private static List<QuotaLimits> requireOneForEach(List<AccountId> accounts, @Nullable List<QuotaLimits> limits) {
        if (limits == null
                || limits.size() != accounts.size()
                || limits.stream().anyMatch(Objects::isNull)) {
            throw new IllegalStateException("the policy answered %s for the accounts %s: return the limits of each"
                    .formatted(limits, accounts));
        }
        return limits;
    }

    private List<QuotaLimits> limits(List<AccountId> lineage, Map<AccountId, Answer> answers) {
        return lineage.stream()
                .map(account -> limits(account, Objects.requireNonNull(answers.get(account))))
                .toList();
    }

    private QuotaLimits limits(AccountId account, Answer answer) {
        if (answer.limits != null) {
            return answer.limits;
        }
        Answer known = lastKnown.getIfPresent(account);
        if (known != null && known.limits != null) {
            return known.limits;
        }
        if (isOpenOnFailure) {
            return QuotaLimits.unlimited();
        }
        throw Objects.requireNonNull(answer.failure, "failure");
    }

    /**
     * Forgets what is known of an account, on this node: the next upload asks the source. What was asked for before, and
     * is answered after, is not kept.
     *
     * @param account the account; what is known of its ancestors stays
     */
    public void invalidate(AccountId account) {
        Objects.requireNonNull(account, "account");
        lastKnown.asMap().compute(account, (same, known) -> {
            current.synchronous().invalidate(account);
            return answer(questions.incrementAndGet(), null, null);
        });
    }

    /** Builds a {@link CachingQuotaPolicy}. */
    public static final class Builder {

        private static final Duration LONGEST = Duration.ofDays(365);

        private final QuotaPolicy source;
        private Duration timeToLive = Duration.ofMinutes(1);
        private Duration staleFor = Duration.ofMinutes(10);
        private long maximumSize = 10_000;
        private boolean isOpenOnFailure;
        private Ticker ticker = Ticker.systemTicker();

        private Builder(QuotaPolicy source) {
            this.source = Objects.requireNonNull(source, "source");
        }

        /**
         * Sets how long an answer is used without asking again; 1 minute by default.
         *
         * @param timeToLive 1 millisecond to 365 days
         * @return this builder
         * @throws IllegalArgumentException if it is outside that range
         */
        public Builder timeToLive(Duration timeToLive) {
            this.timeToLive = require("timeToLive", timeToLive, Duration.ofMillis(1));
            return this;
        }

        /**
         * Sets how long the last answer stands in when the source fails, counted from when it was given; 10 minutes by
         * default, and never shorter than the time to live.
         *
         * @param staleFor 0 to 365 days
         * @return this builder
         * @throws IllegalArgumentException if it is outside that range
         */
        public Builder staleFor(Duration staleFor) {
            this.staleFor = require("staleFor", staleFor, Duration.ZERO);
            return this;
        }

        /**
         * Sets of how many accounts the answers are kept at most; 10,000 by default.
         *
         * @param maximumSize 1 or more
         * @return this builder
         * @throws IllegalArgumentException if it is less
         */
        public Builder maximumSize(long maximumSize) {
            if (maximumSize < 1) {
                throw new IllegalArgumentException("maximumSize is %s, allowed are 1 or more".formatted(maximumSize));
            }
            this.maximumSize = maximumSize;
            return this;
        }

        /**
         * Lets an account be unlimited while the source fails and no last answer stands in any more; by default, its
         * uploads fail.
         *
         * @return this builder
         */
        public Builder openOnFailure() {
            this.isOpenOnFailure = true;
            return this;
        }

        Builder ticker(Ticker ticker) {
            this.ticker = ticker;
            return this;
        }

        /**
         * Builds the policy.
         *
         * @return the policy, which knows nothing yet
         */
        public CachingQuotaPolicy build() {
            return new CachingQuotaPolicy(this);
        }

        private static Duration require(String what, Duration value, Duration least) {
            Objects.requireNonNull(value, what);
            if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        "%s is %s, allowed are %s to %s".formatted(what, value, least, LONGEST));
            }
            return value;
        }
    }
}
