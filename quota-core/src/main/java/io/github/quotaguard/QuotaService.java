package io.github.quotaguard;

import io.github.quotaguard.store.AccountCounters;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.UsageStore;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

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
        AccountCounters usage = store.usage(id);
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
    public AccountCounters usage(String account) {
        return store.usage(AccountId.of(account));
    }

    /**
     * Returns which of an account's own limits are nearly reached, reached or exceeded by what is used; what is
     * reserved does not count.
     *
     * @param account the account's path
     * @return a warning per limit at or above its first threshold, severest first; empty if there is none
     */
    public List<QuotaWarning> warnings(String account) {
        AccountId id = AccountId.of(account);
        QuotaLimits limits = limits(id);
        AccountCounters usage = store.usage(id);
        List<QuotaWarning> warnings = new ArrayList<>();
        warn(warnings, id, MetricType.BYTES, null, usage.total().usedBytes(), limits.bytes(), limits.thresholds());
        warn(warnings, id, MetricType.FILES, null, usage.total().usedFiles(), limits.files(), limits.thresholds());
        limits.bytesByCategory().keySet().stream()
                .sorted(Comparator.comparing(Category::name))
                .forEach(category -> warn(
                        warnings,
                        id,
                        MetricType.CATEGORY_BYTES,
                        category,
                        usage.of(category).usedBytes(),
                        limits.bytes(category),
                        limits.thresholds()));
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

    private static void warn(
            List<QuotaWarning> warnings,
            AccountId account,
            MetricType metric,
            @Nullable Category category,
            long used,
            OptionalLong limit,
            WarningThresholds thresholds) {
        if (limit.isEmpty()) {
            return;
        }
        long most = limit.getAsLong();
        thresholds.severity(used, most).ifPresent(severity -> {
            BigDecimal percentage = Percentage.of(used, most);
            LimitCheck check = new LimitCheck(account, metric, category, 0, used, 0, most);
            warnings.add(new QuotaWarning(
                    account, metric, category, used, most, percentage, severity, LimitText.warning(check, percentage)));
        });
    }
}
