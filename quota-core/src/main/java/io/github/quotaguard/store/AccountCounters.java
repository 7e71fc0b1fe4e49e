package io.github.quotaguard.store;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an account and everything below it uses, read in one snapshot. The total equals the sum of the categories and
 * of what has none.
 *
 * @param account the account
 * @param total all categories together
 * @param categories by category; what has no category is in the total alone
 * @param updatedAt when something last changed, by the store's clock, or null if nothing ever was
 * @param grace the grace noted with the total, or null; void unless the total is above the soft limit
 */
public record AccountCounters(
        AccountId account,
        Usage total,
        Map<Category, Usage> categories,
        @Nullable Instant updatedAt,
        @Nullable Grace grace) {

    /** Copies the categories. */
    public AccountCounters {
        categories = Map.copyOf(categories);
    }

    /**
     * Returns one counter.
     *
     * @param category the category, or null for the total
     * @return what it says, {@link Usage#NONE} for a category that was never charged
     */
    public Usage of(@Nullable Category category) {
        return category == null ? total : categories.getOrDefault(category, Usage.NONE);
    }
}
