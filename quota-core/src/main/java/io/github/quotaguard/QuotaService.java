package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AccountUsage;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.UsageStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

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
        OptionalLong total = limits(id).bytes();
        AccountUsage usage = store.usage(id);
        long used = usage.total().usedBytes();
        long reserved = usage.total().reservedBytes();
        Map<Category, Long> byCategory = new HashMap<>();
        usage.categories().forEach((category, of) -> byCategory.put(category, of.usedBytes()));
        return new StorageQuota(
                id.path(),
                total,
                used,
                reserved,
                left(total, used, 0),
                left(total, used, reserved),
                usage.total().usedFiles(),
                byCategory,
                Optional.ofNullable(usage.updatedAt()));
    }

    /**
     * Returns what an account, with everything below it, uses, in total and by category.
     *
     * @param account the account's path
     * @return bytes and files, used and reserved
     */
    public AccountUsage usage(String account) {
        return store.usage(AccountId.of(account));
    }

    /**
     * Returns which of an account's own limits are nearly reached, reached or exceeded by what is used; what is
     * reserved does not count. The messages are in English.
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
            limits.thresholds()
                    .severity(use.used(), use.max())
                    .ifPresent(severity -> warnings.add(QuotaWarning.of(use.limit(), use.used(), use.max(), severity)
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

    private static OptionalLong left(OptionalLong total, long used, long reserved) {
        return total.isPresent()
                ? OptionalLong.of(Math.max(0, total.getAsLong() - used - reserved))
                : OptionalLong.empty();
    }
}
