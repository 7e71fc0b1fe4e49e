package io.github.quotaguard.store;

import java.util.List;

/**
 * Part of a longer list.
 *
 * @param items the items
 * @param hasMore whether there are more after the last of them
 * @param <T> what is listed
 */
public record Page<T>(List<T> items, boolean hasMore) {

    /** The most items a page may be asked for. */
    public static final int MAX_SIZE = 10_000;

    /** Copies the items. */
    public Page {
        items = List.copyOf(items);
    }

    /**
     * Makes a page from one item more than the page may hold.
     *
     * @param found up to {@code size + 1} items
     * @param size the size of a page
     * @param <T> what is listed
     * @return the first {@code size} items
     */
    public static <T> Page<T> of(List<T> found, int size) {
        return found.size() > size ? new Page<>(found.subList(0, size), true) : new Page<>(found, false);
    }

    /**
     * Checks the size that a page is asked for.
     *
     * @param size the size
     * @throws IllegalArgumentException if it is not 1 to {@value #MAX_SIZE}
     */
    public static void requireSize(int size) {
        if (size < 1 || size > MAX_SIZE) {
            throw new IllegalArgumentException("page size is %s, allowed are 1 to %s".formatted(size, MAX_SIZE));
        }
    }
}
