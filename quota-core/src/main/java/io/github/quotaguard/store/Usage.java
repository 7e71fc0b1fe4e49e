package io.github.quotaguard.store;

/**
 * What one counter says, in bytes and files.
 *
 * @param usedBytes bytes of committed versions
 * @param reservedBytes bytes held for uploads under way
 * @param usedFiles files with at least one committed version
 * @param reservedFiles files held for uploads under way
 */
public record Usage(long usedBytes, long reservedBytes, long usedFiles, long reservedFiles) {

    /** Nothing used and nothing held. */
    public static final Usage NONE = new Usage(0, 0, 0, 0);

    /**
     * Adds what another counter says.
     *
     * @param other the other
     * @return the sums
     */
    public Usage plus(Usage other) {
        return new Usage(
                usedBytes + other.usedBytes,
                reservedBytes + other.reservedBytes,
                usedFiles + other.usedFiles,
                reservedFiles + other.reservedFiles);
    }

    /**
     * Takes away what another counter says.
     *
     * @param other the other
     * @return the differences
     */
    public Usage minus(Usage other) {
        return new Usage(
                usedBytes - other.usedBytes,
                reservedBytes - other.reservedBytes,
                usedFiles - other.usedFiles,
                reservedFiles - other.reservedFiles);
    }
}
