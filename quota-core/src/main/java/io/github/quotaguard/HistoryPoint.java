package io.github.quotaguard;

import java.time.ZonedDateTime;

/** What happened to an account in one step of its history. */
public sealed interface HistoryPoint {

    /**
     * Returns when the step begins.
     *
     * @return the first moment of the step
     */
    ZonedDateTime start();

    /**
     * Returns when the step ends.
     *
     * @return the first moment after the step
     */
    ZonedDateTime end();

    /**
     * The figures of a step. A file of 10 bytes that is stored and deleted again counts 10 as added, 10 as removed, and
     * 10 in the peak.
     *
     * @param start when the step begins
     * @param end when it ends
     * @param bytes the bytes used at its end
     * @param files the files used at its end
     * @param addedBytes the bytes of what was stored, at most {@link Long#MAX_VALUE}
     * @param removedBytes the bytes of what was deleted, at most {@link Long#MAX_VALUE}
     * @param addedFiles the files that were stored
     * @param removedFiles the files that were deleted
     * @param peakBytes the most bytes used at any time of the step, its beginning included; where the ledger is rolled up,
     *     only hour by hour
     */
    record Known(
            ZonedDateTime start,
            ZonedDateTime end,
            long bytes,
            long files,
            long addedBytes,
            long removedBytes,
            long addedFiles,
            long removedFiles,
            long peakBytes)
            implements HistoryPoint {}

    /**
     * A step that begins or ends within an hour (UTC) of which the ledger keeps only the sum: at half past, in a zone that
     * is half an hour off.
     *
     * @param start when the step begins
     * @param end when it ends
     */
    record Unavailable(ZonedDateTime start, ZonedDateTime end) implements HistoryPoint {}
}
