package io.github.quotaguard.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Selects entries by their category.
 *
 * @param scope which kind of selection
 * @param category the category for {@link Scope#ONE}, else null
 */
public record CategoryFilter(Scope scope, @Nullable Category category) {

    /** Which entries are selected. */
    public enum Scope {
        /** All. */
        ANY,
        /** Those of one category. */
        ONE,
        /** Those without a category. */
        NONE
    }

    /** Selects all. */
    public static final CategoryFilter ANY = new CategoryFilter(Scope.ANY, null);

    /** Selects those without a category. */
    public static final CategoryFilter NONE = new CategoryFilter(Scope.NONE, null);

    /**
     * Checks that there is a category where one is needed.
     *
     * @throws IllegalArgumentException if there is one too few or too many
     */
    public CategoryFilter {
        Objects.requireNonNull(scope, "scope");
        if ((scope == Scope.ONE) != (category != null)) {
            throw new IllegalArgumentException("a filter of scope %s with category %s".formatted(scope, category));
        }
    }

    /**
     * Selects those of one category.
     *
     * @param category the category
     * @return the filter
     */
    public static CategoryFilter of(Category category) {
        return new CategoryFilter(Scope.ONE, category);
    }

    boolean admits(@Nullable Category other) {
        return scope == Scope.ANY || Objects.equals(category, other);
    }
}
