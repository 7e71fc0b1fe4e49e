package io.github.quotaguard.contract;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.SoftLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The limits that a test has set so far; the rest is unlimited. */
final class ContractLimits {

    private record Key(
            AccountId account, MetricType metric, @Nullable Category category) {}

    private final Map<Key, Long> limits = new HashMap<>();
    private final Map<AccountId, SoftLimit> softLimits = new HashMap<>();

    ContractLimits bytes(AccountId account, long max) {
        return set(account, MetricType.BYTES, null, max);
    }

    ContractLimits files(AccountId account, long max) {
        return set(account, MetricType.FILES, null, max);
    }

    ContractLimits bytesPerFile(AccountId account, long max) {
        return set(account, MetricType.FILE_BYTES, null, max);
    }

    ContractLimits bytes(AccountId account, String category, long max) {
        return set(account, MetricType.CATEGORY_BYTES, new Category(category), max);
    }

    ContractLimits softBytes(AccountId account, long bytes, Duration grace) {
        softLimits.put(account, new SoftLimit(bytes, grace));
        return this;
    }

    ContractLimits noSoftBytes(AccountId account) {
        softLimits.remove(account);
        return this;
    }

    ContractLimits set(AccountId account, MetricType metric, @Nullable Category category, long max) {
        limits.put(new Key(account, metric, category), max);
        return this;
    }

    /** Returns the limits for a charge, in the order that the commands ask for. */
    List<CounterLimit> of(AllocationSpec spec) {
        List<CounterLimit> counters = new ArrayList<>();
        for (AccountId account : spec.account().lineage()) {
            counters.add(new CounterLimit(
                    account,
                    null,
                    get(account, MetricType.BYTES, null),
                    get(account, MetricType.FILES, null),
                    get(account, MetricType.FILE_BYTES, null),
                    softLimits.get(account)));
            if (spec.category() != null) {
                counters.add(new CounterLimit(
                        account,
                        spec.category(),
                        get(account, MetricType.CATEGORY_BYTES, spec.category()),
                        CounterLimit.UNLIMITED,
                        CounterLimit.UNLIMITED));
            }
        }
        return counters;
    }

    private long get(AccountId account, MetricType metric, @Nullable Category category) {
        return limits.getOrDefault(new Key(account, metric, category), CounterLimit.UNLIMITED);
    }
}
