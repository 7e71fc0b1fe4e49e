package io.github.quotaguard.proof;

/**
 * How often a proof repeats what it does: as often as the ordinary build has time for, or as the long run does, which
 * {@code -Psoak} makes. {@code -Dquotaguard.kills=7} sets one number by its name.
 */
final class Scale {

    private static final boolean SOAK = Boolean.getBoolean("quotaguard.soak");

    private Scale() {}

    static int of(String name, int inBuild, int inSoak) {
        return Integer.getInteger("quotaguard." + name, SOAK ? inSoak : inBuild);
    }

    /** Returns the seed that was given by {@code -Dquotaguard.seed}, to replay a run, or a new one. */
    static long seed() {
        return Long.getLong("quotaguard.seed", System.nanoTime());
    }
}
