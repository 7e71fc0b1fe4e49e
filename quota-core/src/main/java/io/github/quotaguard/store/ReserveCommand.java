package io.github.quotaguard.store;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks a store to hold room for an upload.
 *
 * @param spec what is to be uploaded
 * @param ttl how long the reservation lives unless it is renewed, more than 0
 * @param limits every counter that the charge moves, with its limits, in the order of
 *     {@link AccountId#lineage()}: for each account the total and, if the spec has a category, that category's
 */
public record ReserveCommand(AllocationSpec spec, Duration ttl, List<CounterLimit> limits) {

    /**
     * Checks that the counters are those that follow from account and category.
     *
     * @throws IllegalArgumentException if the time to live is not positive, or a counter is missing, foreign or there
     *     twice
     */
    public ReserveCommand {
        limits = List.copyOf(limits);
        requireTtl(ttl);
        requireCounters(spec, limits);
    }

    static void requireTtl(Duration ttl) {
        Objects.requireNonNull(ttl, "ttl");
        if (ttl.isNegative() || ttl.isZero() || ttl.compareTo(UsageStore.RETENTION) > 0) {
            throw new IllegalArgumentException(
                    "time to live is %s, allowed is more than 0 up to %s".formatted(ttl, UsageStore.RETENTION));
        }
    }

    static void requireCounters(AllocationSpec spec, List<CounterLimit> limits) {
        int next = 0;
        for (AccountId account : spec.account().lineage()) {
            next = requireCounter(limits, next, account, null);
            if (spec.category() != null) {
                next = requireCounter(limits, next, account, spec.category());
            }
        }
        if (next != limits.size()) {
            throw new IllegalArgumentException("%s limits given, the charge to %s moves %s counters"
                    .formatted(limits.size(), spec.account(), next));
        }
    }

    private static int requireCounter(
            List<CounterLimit> limits, int index, AccountId account, @Nullable Category category) {
        if (index >= limits.size()
                || !limits.get(index).account().equals(account)
                || !Objects.equals(limits.get(index).category(), category)) {
            throw new IllegalArgumentException(
                    "limit %s has to be that of %s, %s: ancestors first, totals before categories"
                            .formatted(index, account, category == null ? "total" : "category " + category));
        }
        return index + 1;
    }
}
