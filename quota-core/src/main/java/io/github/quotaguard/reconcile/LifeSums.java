package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.Allocation;
import java.util.Arrays;

/**
 * A set of lives, kept as sums of their random 63-bit numbers in {@value #BUCKETS} buckets: half a megabyte, however many
 * there are. Two sets with equal sums are equal, but for a chance of 1 in 2^63 for each bucket; a life that is in one of
 * them alone is in a bucket that differs.
 */
final class LifeSums {

    private static final int BUCKETS = 1 << 16;

    private final long[] sums = new long[BUCKETS];

    void add(Allocation life) {
        sums[bucket(life)] += life.generation();
    }

    private static int bucket(Allocation life) {
        return (int) (life.generation() >>> 20) & (BUCKETS - 1);
    }

    boolean differsFrom(LifeSums other) {
        return !Arrays.equals(sums, other.sums);
    }

    /** Says whether a life may be in one of two sets alone. */
    boolean differsFrom(LifeSums other, Allocation life) {
        return sums[bucket(life)] != other.sums[bucket(life)];
    }
}
