package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CategoryFilter;
import io.github.quotaguard.store.LedgerSearch;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of the ledger are wanted, and how many at a time. Immutable: each method returns a changed copy.
 *
 * <pre>{@code LedgerQuery.newest(50).category("image").from(monday)}</pre>
 *
 * @param size how many on a page, 1 to 1,000
 * @param category of which category
 * @param from settled at this time or later, or null
 * @param to settled before this time, or null
 * @param cursor what the page before named as the {@linkplain LedgerPage#nextCursor() next}, or null for the first
 */
public record LedgerQuery(
        int size,
        CategoryFilter category,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable String cursor) {

    /**
     * Checks the size.
     *
     * @throws IllegalArgumentException if it is not 1 to 1,000
     */
    public LedgerQuery {
        if (size < 1 || size > LedgerSearch.MAX_SIZE) {
            throw new IllegalArgumentException(
                    "page size is %s, allowed are 1 to %s".formatted(size, LedgerSearch.MAX_SIZE));
        }
        Objects.requireNonNull(category, "category");
    }

    /**
     * Asks for the newest entries of all categories.
     *
     * @param size how many on a page, 1 to 1,000
     * @return the query
     * @throws IllegalArgumentException if the size is not allowed
     */
    public static LedgerQuery newest(int size) {
        return new LedgerQuery(size, CategoryFilter.ANY, null, null, null);
    }

    /**
     * Asks for one category.
     *
     * @param category the category
     * @return a changed copy
     * @throws IllegalArgumentException if the name is not allowed
     */
    public LedgerQuery category(String category) {
        return new LedgerQuery(size, CategoryFilter.of(new Category(category)), from, to, cursor);
    }

    /**
     * Asks for what has no category.
     *
     * @return a changed copy
     */
    public LedgerQuery withoutCategory() {
        return new LedgerQuery(size, CategoryFilter.NONE, from, to, cursor);
    }

    /**
     * Asks for entries settled at a time or later.
     *
     * @param from the time
     * @return a changed copy
     */
    public LedgerQuery from(Instant from) {
        return new LedgerQuery(size, category, Objects.requireNonNull(from, "from"), to, cursor);
    }

    /**
     * Asks for entries settled before a time.
     *
     * @param to the time, which itself is left out
     * @return a changed copy
     */
    public LedgerQuery to(Instant to) {
        return new LedgerQuery(size, category, from, Objects.requireNonNull(to, "to"), cursor);
    }

    /**
     * Asks for the page that follows another one of the same account, category and time.
     *
     * @param cursor what that page named as the next
     * @return a changed copy
     */
    public LedgerQuery after(String cursor) {
        return new LedgerQuery(size, category, from, to, Objects.requireNonNull(cursor, "cursor"));
    }

    LedgerSearch of(AccountId account) {
        return new LedgerSearch(
                account,
                category,
                from,
                to,
                cursor == null ? null : LedgerCursor.of(account, this).decode(cursor),
                size);
    }
}
