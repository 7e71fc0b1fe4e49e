package io.github.quotaguard.store;

import java.io.Serializable;

/**
 * What kind of file something is: {@code image}, {@code document}, {@code article}. A category has 1 to
 * {@value #MAX_LENGTH} characters under the rules of {@link AccountId}; it is equal only character for character.
 *
 * @param name the category's name
 */
public record Category(String name) implements Serializable {

    /** The most characters a category may have. */
    public static final int MAX_LENGTH = 64;

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if it is empty, too long, or has a character that ids may not hold
     */
    public Category {
        Ids.require("category", name, 1, MAX_LENGTH);
    }

    /** Returns the name. */
    @Override
    public String toString() {
        return name;
    }
}
