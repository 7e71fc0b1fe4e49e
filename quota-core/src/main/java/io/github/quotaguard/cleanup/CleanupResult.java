package io.github.quotaguard.cleanup;

import io.github.quotaguard.store.FileVersion;
import java.util.List;
import java.util.Map;

/**
 * What a cleanup has done, or would do.
 *
 * @param isDryRun whether nothing was deleted
 * @param cleanedCount how many file versions are no longer charged, or would not be
 * @param freedSpace their bytes
 * @param cleanedAttachments their ids, in the order in which they were cleaned up
 * @param failures why files could not be deleted, by the ids of their versions; they are still charged
 * @param hasMore whether the maximum was reached before the last file
 */
public record CleanupResult(
        boolean isDryRun,
        long cleanedCount,
        long freedSpace,
        List<FileVersion> cleanedAttachments,
        Map<FileVersion, String> failures,
        boolean hasMore) {

    /** Copies the collections. */
    public CleanupResult {
        cleanedAttachments = List.copyOf(cleanedAttachments);
        failures = Map.copyOf(failures);
    }
}
