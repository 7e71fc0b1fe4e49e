package io.github.quotaguard.store;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * What changed in an account over some time, read in one snapshot.
 *
 * @param usedBytes the bytes used at its end: what is used now less what changed since
 * @param usedFiles the files used at its end
 * @param spans the spans in which something changed, in their order
 */
public record Timeline(long usedBytes, long usedFiles, List<Span> spans) {

    /** Copies the spans. */
    public Timeline {
        spans = List.copyOf(spans);
    }

    /**
     * Adds to the bytes that were stored, of which there may be any number where as many were deleted.
     *
     * @param stored the bytes so far, not negative
     * @param more by how much there are more, or less
     * @return the sum, {@link Long#MAX_VALUE} if it is more than that
     */
    public static long atMostMax(long stored, long more) {
        return stored > Long.MAX_VALUE - Math.max(0, more) ? Long.MAX_VALUE : stored + more;
    }

    /**
     * What changed in one span.
     *
     * @param start its beginning
     * @param bytes by how much the bytes used changed
     * @param files by how much the files used changed
     * @param addedBytes the bytes of what was stored, at most {@link Long#MAX_VALUE}; {@code addedBytes − bytes} were
     *     removed
     * @param addedFiles the files that were stored
     * @param peakBytes the most that was used after any entry of the span that is no roll-up; empty if all are. Between
     *     the roll-ups of an hour no balance is one that ever was
     * @param isRolledUp whether an entry of the span is a roll-up, whose changes may lie anywhere in the hour around it
     */
    public record Span(
            Instant start,
            long bytes,
            long files,
            long addedBytes,
            long addedFiles,
            OptionalLong peakBytes,
            boolean isRolledUp) {}
}
