package io.github.quotaguard.store;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What {@link LedgerStore#ledger} is to list.
 *
 * @param account whose entries, with everything below it
 * @param category of which category
 * @param from settled at this time or later, or null for the beginning
 * @param to settled before this time, or null for the end
 * @param after where the page before ended, or null for the first page
 * @param size how many, 1 to {@value #MAX_SIZE}
 */
public record LedgerSearch(
        AccountId account,
        CategoryFilter category,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable LedgerPosition after,
        int size) {

    /** The most entries a page may be asked for. */
    public static final int MAX_SIZE = 1_000;

    /**
     * Checks the size.
     *
     * @throws IllegalArgumentException if it is not 1 to {@value #MAX_SIZE}
     */
    public LedgerSearch {
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(category, "category");
        if (size < 1 || size > MAX_SIZE) {
            throw new IllegalArgumentException("page size is %s, allowed are 1 to %s".formatted(size, MAX_SIZE));
        }
    }

    /** Says whether an entry of the account is to be listed, on whatever page. */
    boolean selects(Entry entry) {
        return category.admits(entry.category())
                && (from == null || !entry.settledAt().isBefore(from))
                && (to == null || entry.settledAt().isBefore(to));
    }
}
