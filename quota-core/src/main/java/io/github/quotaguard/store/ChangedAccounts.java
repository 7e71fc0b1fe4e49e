package io.github.quotaguard.store;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The accounts whose use a part of a tenant's ledger has changed.
 *
 * @param accounts the accounts, ancestors first
 * @param mark up to which entry the tenant had been evaluated
 * @param toSeq the last entry of the part
 * @param hasMore whether there were entries after it
 */
public record ChangedAccounts(Set<AccountId> accounts, long mark, long toSeq, boolean hasMore) {

    /** Adds the ancestors, which every charge moves too. */
    public ChangedAccounts {
        Set<AccountId> moved = new LinkedHashSet<>();
        accounts.forEach(account -> moved.addAll(account.lineage()));
        accounts = moved;
    }

    /** Takes the accounts of some entries after {@code afterSeq}. */
    static ChangedAccounts of(long mark, long afterSeq, Page<Entry> entries) {
        List<Entry> items = entries.items();
        return new ChangedAccounts(
                items.stream().map(Entry::account).collect(Collectors.toCollection(LinkedHashSet::new)),
                mark,
                items.isEmpty() ? afterSeq : items.get(items.size() - 1).seq(),
                entries.hasMore());
    }
}
