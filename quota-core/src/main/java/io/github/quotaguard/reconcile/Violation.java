package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import org.jspecify.annotations.Nullable;

/**
 * A rule that the records of an account break.
 *
 * @param rule which rule
 * @param account whose counter is wrong
 * @param category the category of the counter, or null for the total
 * @param message what is wrong, with its numbers
 */
public record Violation(
        Rule rule, AccountId account, @Nullable Category category, String message) {

    /** The rules that can be checked from the records alone. */
    public enum Rule {
        /** Used bytes and files are those of the committed lives. */
        USED_IS_SUM_OF_LIVES,
        /** Reserved bytes and files are those of the lives that are held. */
        RESERVED_IS_SUM_OF_LIVES,
        /** Used bytes and files are the sum of the settled entries. */
        USED_IS_SUM_OF_ENTRIES,
        /** No counter is below 0. */
        NOT_NEGATIVE,
        /** The total is no less than the sum of the categories. */
        TOTAL_COVERS_CATEGORIES,
        /** A parent's counter is no less than the sum of those of its children. */
        PARENT_COVERS_CHILDREN
    }
}
