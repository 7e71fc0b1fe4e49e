package io.github.quotaguard.store;

/**
 * How far a limit has been warned of. What the levels mean is for the caller to say; a store only keeps them.
 *
 * @param level the level, 0 for none
 * @param raises how often it was ever raised, by which each raise is told from all others
 */
public record WarningLevel(int level, long raises) {

    /** Of a limit that was never warned of. */
    public static final WarningLevel NONE = new WarningLevel(0, 0);
}
