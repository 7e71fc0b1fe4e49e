package io.github.quotaguard.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The counters of a {@link TenantState}: one per account for the total, and one per account and category. */
final class TenantCounters {

    private final Map<AccountId, Counter> totals = new HashMap<>();
    private final Map<AccountId, Map<Category, Counter>> categories = new HashMap<>();
    private final Map<Charged, Counter[]> charges = new HashMap<>();

    TenantCounters() {}

    /** Goes on where other counters stood. */
    TenantCounters(List<AccountCounters> usages) {
        for (AccountCounters usage : usages) {
            Grace grace = usage.grace();
            totals.put(
                    usage.account(),
                    new Counter(usage.total(), usage.updatedAt(), grace == null ? null : grace.endsAt()));
            Map<Category, Counter> ofAccount = categories.computeIfAbsent(usage.account(), account -> new HashMap<>());
            usage.categories()
                    .forEach((category, moved) -> ofAccount.put(category, new Counter(moved, usage.updatedAt(), null)));
        }
    }

    /** What follows from it: which counters a charge moves. All lives that it is the same of share one array. */
    private record Charged(AccountId account, @Nullable Category category) {

        static Charged by(List<CounterLimit> limits) {
            CounterLimit last = limits.get(limits.size() - 1);
            return new Charged(last.account(), last.category());
        }
    }

    /** Returns the counters of a charge; those that do not exist yet are to be {@linkplain #keep kept}. */
    Counter[] of(List<CounterLimit> limits) {
        Counter[] known = charges.get(Charged.by(limits));
        if (known != null) {
            return known;
        }
        Counter[] counters = new Counter[limits.size()];
        for (int i = 0; i < counters.length; i++) {
            Counter counter = counter(limits.get(i).account(), limits.get(i).category());
            counters[i] = counter == null ? new Counter() : counter;
        }
        return counters;
    }

    /** Keeps the counters of a charge that is made. */
    void keep(Counter[] counters, List<CounterLimit> limits) {
        if (charges.putIfAbsent(Charged.by(limits), counters) != null) {
            return;
        }
        for (int i = 0; i < counters.length; i++) {
            CounterLimit limit = limits.get(i);
            if (limit.category() == null) {
                totals.putIfAbsent(limit.account(), counters[i]);
            } else {
                categories
                        .computeIfAbsent(limit.account(), account -> new HashMap<>())
                        .putIfAbsent(limit.category(), counters[i]);
            }
        }
    }

    /**
     * Returns the counters that a life moves which was made before.
     *
     * @throws IllegalArgumentException if there is none
     */
    Counter[] restored(AccountId account, @Nullable Category category) {
        return charges.computeIfAbsent(new Charged(account, category), this::standing);
    }

    private Counter[] standing(Charged charged) {
        List<Counter> moved = new ArrayList<>();
        for (AccountId account : charged.account().lineage()) {
            moved.add(standing(account, null));
            if (charged.category() != null) {
                moved.add(standing(account, charged.category()));
            }
        }
        return moved.toArray(Counter[]::new);
    }

    private Counter standing(AccountId account, @Nullable Category category) {
        Counter counter = counter(account, category);
        if (counter == null) {
            throw new IllegalArgumentException("no counter for account %s, category %s".formatted(account, category));
        }
        return counter;
    }

    private @Nullable Counter counter(AccountId account, @Nullable Category category) {
        if (category == null) {
            return totals.get(account);
        }
        Map<Category, Counter> ofAccount = categories.get(account);
        return ofAccount == null ? null : ofAccount.get(category);
    }

    /** Moves one counter, made first if it is not there; nothing else. */
    void move(AccountId account, @Nullable Category category, Usage by, Instant now) {
        Counter counter = category == null
                ? totals.computeIfAbsent(account, none -> new Counter())
                : categories
                        .computeIfAbsent(account, none -> new HashMap<>())
                        .computeIfAbsent(category, none -> new Counter());
        counter.move(by.usedBytes(), by.reservedBytes(), now);
        counter.moveFiles(by.usedFiles(), by.reservedFiles());
    }

    AccountCounters usage(AccountId account, Moment moment) {
        Counter total = totals.get(account);
        if (total == null) {
            return new AccountCounters(account, Usage.NONE, Map.of(), null, null);
        }
        return new AccountCounters(
                account,
                total.usage(),
                usages(categories.getOrDefault(account, Map.of())),
                total.updatedAt(),
                total.grace(moment));
    }

    private static Map<Category, Usage> usages(Map<Category, Counter> counters) {
        @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
        Map.Entry<Category, Usage>[] usages = new Map.Entry[counters.size()];
        int filled = 0;
        for (Map.Entry<Category, Counter> counter : counters.entrySet()) {
            usages[filled++] = Map.entry(counter.getKey(), counter.getValue().usage());
        }
        return Map.ofEntries(usages);
    }

    /** Returns the accounts whose grace is over, in the order of their paths. */
    List<EndedGrace> endedGraces(Instant now) {
        List<EndedGrace> ended = new ArrayList<>();
        Moment moment = Moment.of(now);
        totals.forEach((account, total) -> {
            Grace grace = total.grace(moment);
            if (grace != null && grace.isOver()) {
                ended.add(new EndedGrace(account, grace.endsAt()));
            }
        });
        ended.sort(Comparator.comparing(grace -> grace.account().path()));
        return ended;
    }

    /** Returns every account charged, in the order of their paths. */
    List<AccountId> accounts() {
        return totals.keySet().stream()
                .sorted(Comparator.comparing(AccountId::path))
                .toList();
    }
}
