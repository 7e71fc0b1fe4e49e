package io.github.quotaguard;

import io.github.quotaguard.store.AccountCounters;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.Grace;
import io.github.quotaguard.store.LedgerSlice;
import io.github.quotaguard.store.LedgerStore;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.SoftLimit;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStore;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Answers what an account may use, uses and has left. Changes nothing. Thread-safe. Limits are asked for afresh, past
 * any cache of the policy.
 *
 * <p>Every method throws {@link IllegalArgumentException} for an id that is not allowed,
 * {@link io.github.quotaguard.store.UsageStoreException} if the storage failed, and what the policy throws.
 */
public final class QuotaService {

    private final UsageStore store;
    private final QuotaPolicy policy;
    private final UploadExplainer explainer;

    private QuotaService(UsageStore store, QuotaPolicy policy) {
        this.store = Objects.requireNonNull(store, "store");
        this.policy = Objects.requireNonNull(policy, "policy");
        this.explainer = new UploadExplainer(store, new ChargeLimits(policy));
    }

    /**
     * Returns a service.
     *
     * @param store what keeps the records
     * @param policy how much each account may use
     * @return the service
     */
    public static QuotaService of(UsageStore store, QuotaPolicy policy) {
        return new QuotaService(store, policy);
    }

    /**
     * Returns what an account, with everything below it, may use, uses and has left.
     *
     * @param account the account's path
     * @return the figures; zeros for an account that was never charged
     */
    public StorageQuota storageQuota(String account) {
        AccountId id = AccountId.of(account);
        QuotaLimits limits = limits(id);
        OptionalLong total = limits.bytes();
        AccountCounters usage = store.usage(id);
        Optional<SoftLimit> soft = limits.softBytes();
        Optional<Grace> grace = soft.flatMap(limit -> limit.graceOf(usage.total(), usage.grace()));
        long used = usage.total().usedBytes();
        long reserved = usage.total().reservedBytes();
        return new StorageQuota(
                id.path(),
                total,
                used,
                reserved,
                left(total, used, 0),
                left(total, used, reserved),
                usage.total().usedFiles(),
                usedByCategory(usage),
                soft.isPresent() ? OptionalLong.of(soft.get().bytes()) : OptionalLong.empty(),
                grace.map(Grace::endsAt),
                grace.map(Grace::isOver).orElse(false),
                Optional.ofNullable(usage.updatedAt()));
    }

    /**
     * Returns what an account, with everything below it, uses and holds, metric by metric, with its own limits.
     *
     * @param account the account's path
     * @return bytes, files, and the bytes of each category that is used or limited
     */
    public AccountUsage usage(String account) {
        AccountId id = AccountId.of(account);
        QuotaLimits limits = limits(id);
        AccountCounters counters = store.usage(id);
        Usage total = counters.total();
        List<UsageMetric> metrics = new ArrayList<>();
        metrics.add(new UsageMetric(MetricType.BYTES, null, total.usedBytes(), total.reservedBytes(), limits.bytes()));
        metrics.add(new UsageMetric(MetricType.FILES, null, total.usedFiles(), total.reservedFiles(), limits.files()));
        Set<Category> categories = new TreeSet<>(Comparator.comparing(Category::name));
        categories.addAll(counters.categories().keySet());
        categories.addAll(limits.bytesByCategory().keySet());
        for (Category category : categories) {
            Usage of = counters.of(category);
            metrics.add(new UsageMetric(
                    MetricType.CATEGORY_BYTES, category, of.usedBytes(), of.reservedBytes(), limits.bytes(category)));
        }
        return new AccountUsage(id, metrics, Optional.ofNullable(counters.updatedAt()));
    }

    /**
     * Lists the settled entries of an account and of everything below it, newest first, each with the balance of the
     * account after it. What is recorded meanwhile is on no later page; each page is one snapshot.
     *
     * @param account the account's path
     * @param query which entries, and how many at a time
     * @return a page
     * @throws IllegalArgumentException also if the query's cursor is damaged, or of another account, category or time
     * @throws UnsupportedOperationException if the store keeps no ledger that can be searched
     */
    public LedgerPage ledger(String account, LedgerQuery query) {
        AccountId id = AccountId.of(account);
        Objects.requireNonNull(query, "query");
        LedgerSlice slice = ledgerStore().ledger(query.of(id));
        return new LedgerPage(
                slice.entries(), Optional.ofNullable(slice.next()).map(LedgerCursor.of(id, query)::encode));
    }

    /**
     * Returns how what an account and everything below it use has changed, step by step, by the times at which entries
     * were settled; read in one snapshot. A step without entries has what the one before it left; one that has not begun
     * yet has what is used now.
     *
     * @param account the account's path
     * @param from the first step is the one in which this time lies
     * @param to the last step is the last one that begins before this time
     * @param step how long a step is
     * @param zone by whose clock and calendar
     * @return the steps in their order, at most 10,000
     * @throws IllegalArgumentException also if {@code from} is not before {@code to}, there are more steps than that, or
     *     the zone is off by less than quarters of an hour
     * @throws UnsupportedOperationException if the store keeps no ledger that can be searched
     */
    public List<HistoryPoint> history(String account, Instant from, Instant to, HistoryStep step, ZoneId zone) {
        AccountId id = AccountId.of(account);
        return new History(from, to, step, zone).of(id, ledgerStore());
    }

    private LedgerStore ledgerStore() {
        return store.ledger()
                .orElseThrow(() -> new UnsupportedOperationException(
                        "%s keeps no ledger that can be searched: UsageStore.ledger() is empty"
                                .formatted(store.getClass().getName())));
    }

    /**
     * Returns which of an account's own limits are nearly reached, reached or exceeded by what is used; what is
     * reserved does not count. A soft limit is warned of once it is passed, and there what is reserved counts: as
     * {@link QuotaSeverity#WARNING} with the end of the grace, then as {@link QuotaSeverity#EXCEEDED}.
     * The messages are in English.
     *
     * @param account the account's path
     * @return a warning per limit at or above its first threshold, severest first; empty if there is none
     */
    public List<QuotaWarning> warnings(String account) {
        return warnings(account, Locale.ENGLISH);
    }

    /**
     * Does {@link #warnings(String)} with the messages in the reader's language.
     *
     * @param account the account's path
     * @param locale as for {@link QuotaWarning#message(Locale)}
     * @return the warnings
     */
    public List<QuotaWarning> warnings(String account, Locale locale) {
        AccountId id = AccountId.of(account);
        QuotaLimits limits = limits(id);
        List<QuotaWarning> warnings = new ArrayList<>();
        for (LimitedUse use : LimitedUse.of(limits, store.usage(id))) {
            use.severity(limits.thresholds())
                    .ifPresent(severity -> warnings.add(
                            QuotaWarning.of(use.limit(), use.used(), use.max(), severity, use.graceEndsAt())
                                    .in(locale)));
        }
        warnings.sort(Comparator.comparing(QuotaWarning::severity).reversed());
        return warnings;
    }

    /**
     * Says what would be decided about an upload, and why, with every limit and its numbers. A reservation past its
     * deadline counts as held until somebody expires it, which {@link UploadGuard#reserve} does before it refuses: what
     * is refused here may be admitted there.
     *
     * @param upload the upload
     * @return the decision as of now; nothing is held
     */
    public Explanation explain(Upload upload) {
        return explainer.explain(upload.spec());
    }

    private QuotaLimits limits(AccountId account) {
        return ChargeLimits.require(account, policy.freshLimits(account));
    }

    private static Map<Category, Long> usedByCategory(AccountCounters usage) {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Map.Entry<Category, Long>[] used = new Map.Entry[usage.categories().size()];
        int filled = 0;
        for (Map.Entry<Category, Usage> category : usage.categories().entrySet()) {
            used[filled++] = Map.entry(category.getKey(), category.getValue().usedBytes());
        }
        return Map.ofEntries(used);
    }

    private static OptionalLong left(OptionalLong total, long used, long reserved) {
        return total.isPresent()
                ? OptionalLong.of(Math.max(0, total.getAsLong() - used - reserved))
                : OptionalLong.empty();
    }
}
