package io.github.quotaguard.store;

/**
 * How far a limit has been warned of. What the levels mean is for the caller to say; a store only keeps them.
 *
 * @param level the level, 0 for none, at most {@value #HIGHEST}
 * @param raises how often it was ever raised, by which each raise is told from all others
 */
public record WarningLevel(int level, long raises) {

    /** The highest level. */
    public static final int HIGHEST = 3;

    /** Of a limit that was never warned of. */
    public static final WarningLevel NONE = new WarningLevel(0, 0);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one of them is outside its range
     */
    public WarningLevel {
        if (level < 0 || level > HIGHEST) {
            throw new IllegalArgumentException("level is %s, allowed are 0 to %s".formatted(level, HIGHEST));
        }
        if (raises < 0) {
            throw new IllegalArgumentException("raises is %s, allowed are 0 and more".formatted(raises));
        }
    }
}
