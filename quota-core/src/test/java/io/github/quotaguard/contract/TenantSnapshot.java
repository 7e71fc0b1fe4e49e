package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountCounters;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.UsageStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All that a store says about one tenant at rest. */
record TenantSnapshot(List<Allocation> allocations, List<Entry> entries, Map<AccountId, AccountCounters> usages) {

    private static final int PAGE_SIZE = 500;
    private static final int MOST_PAGES = 10_000;

    static TenantSnapshot of(UsageStore store, String tenant) {
        List<Allocation> allocations = allocations(store, tenant, PAGE_SIZE);
        List<Entry> entries = entries(store, tenant, PAGE_SIZE);
        Map<AccountId, AccountCounters> usages =
                new TreeMap<>((a, b) -> a.path().compareTo(b.path()));
        usages.put(new AccountId(tenant), store.usage(new AccountId(tenant)));
        allocations.forEach(allocation -> read(store, allocation.account(), usages));
        entries.forEach(entry -> read(store, entry.account(), usages));
        return new TenantSnapshot(allocations, entries, usages);
    }

    /** Returns the same, as if every deadline were the birth: a call that has no other effect may renew. */
    TenantSnapshot withoutDeadlines() {
        return new TenantSnapshot(
                allocations.stream().map(TenantSnapshot::withoutDeadline).toList(), entries, usages);
    }

    private static Allocation withoutDeadline(Allocation life) {
        return new Allocation(
                life.spec(),
                life.state(),
                life.generation(),
                life.attempt(),
                life.bytes(),
                life.bornAt(),
                life.bornAt(),
                life.since());
    }

    private static void read(UsageStore store, AccountId account, Map<AccountId, AccountCounters> usages) {
        account.lineage().forEach(level -> usages.computeIfAbsent(level, store::usage));
    }

    static List<AccountId> accounts(UsageStore store, int pageSize) {
        List<AccountId> found = new ArrayList<>();
        @Nullable AccountId after = null;
        for (int page = 0; page < MOST_PAGES; page++) {
            Page<AccountId> next = store.accounts(after, pageSize);
            assertThat(next.items()).hasSizeLessThanOrEqualTo(pageSize);
            found.addAll(next.items());
            if (!next.hasMore()) {
                return found;
            }
            after = found.get(found.size() - 1);
        }
        throw new AssertionError("the pages of accounts do not end");
    }

    static List<Allocation> allocations(UsageStore store, String tenant, int pageSize) {
        List<Allocation> found = new ArrayList<>();
        @Nullable FileVersion after = null;
        for (int page = 0; page < MOST_PAGES; page++) {
            Page<Allocation> next = store.allocations(tenant, after, pageSize);
            found.addAll(next.items());
            if (!next.hasMore()) {
                return found;
            }
            after = found.get(found.size() - 1).id();
        }
        throw new AssertionError("the pages of allocations do not end");
    }

    static List<Entry> entries(UsageStore store, String tenant, int pageSize) {
        List<Entry> found = new ArrayList<>();
        long after = 0;
        for (int page = 0; page < MOST_PAGES; page++) {
            Page<Entry> next = store.entries(tenant, after, pageSize);
            found.addAll(next.items());
            if (!next.hasMore()) {
                return found;
            }
            after = found.get(found.size() - 1).seq();
        }
        throw new AssertionError("the pages of entries do not end");
    }
}
