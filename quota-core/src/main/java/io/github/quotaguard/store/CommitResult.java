package io.github.quotaguard.store;

/** What a store answers to a commit. */
public sealed interface CommitResult {

    /**
     * It is a stored file of the bytes asked for: now, or by an earlier call with the same bytes.
     *
     * @param allocation the committed life
     */
    record Committed(Allocation allocation) implements CommitResult {}

    /**
     * It was committed before with another size. Nothing was changed.
     *
     * @param allocation the committed life
     */
    record Conflict(Allocation allocation) implements CommitResult {}

    /**
     * The reservation had been released or expired, or the file deleted. Nothing was changed.
     *
     * @param allocation the life as it ended
     */
    record Ended(Allocation allocation) implements CommitResult {}

    /**
     * The bytes held do not cover the size; extend the reservation, then commit again. Nothing was charged. A version to
     * be replaced whose bytes counted as credit may have been ended by somebody else.
     *
     * @param allocation the reservation
     * @param heldBytes how many bytes have to be held for this commit, the size less the credit that there is
     */
    record NotCovered(Allocation allocation, long heldBytes) implements CommitResult {}

    /** The store knows no such life. */
    record Unknown() implements CommitResult {}

    /**
     * Checks a size given to a commit.
     *
     * @param bytes the size
     * @throws IllegalArgumentException if it is negative
     */
    static void requireBytes(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(
                    "size is %s bytes, allowed are 0 to %s".formatted(bytes, Long.MAX_VALUE));
        }
    }
}
