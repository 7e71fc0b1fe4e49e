package io.github.quotaguard.store;

import java.time.Instant;
import java.util.List;

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
     * What changed in one span.
     *
     * @param start its beginning
     * @param bytes by how much the bytes used changed
     * @param files by how much the files used changed
     * @param addedBytes the bytes of what was stored; {@code addedBytes − bytes} were removed
     * @param addedFiles the files that were stored
     * @param peakBytes the most that was used after any entry of the span
     * @param isRolledUp whether an entry of the span is a roll-up, whose changes may lie anywhere in the hour around it
     */
    public record Span(
            Instant start,
            long bytes,
            long files,
            long addedBytes,
            long addedFiles,
            long peakBytes,
            boolean isRolledUp) {}
}
