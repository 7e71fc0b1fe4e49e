package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.Category;
import org.jspecify.annotations.Nullable;

/**
 * What is charged for the files of one category, beside what is there.
 *
 * @param category the category, or null for what has none
 * @param recorded the bytes charged
 * @param actual the bytes that are there
 */
public record CategoryDrift(@Nullable Category category, long recorded, long actual) {

    /**
     * Returns by how much the record is too low.
     *
     * @return {@code actual − recorded}: 438,407 for a file of that size of which nothing is charged
     */
    public long difference() {
        return actual - recorded;
    }
}
