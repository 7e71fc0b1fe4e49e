package io.github.quotaguard.store;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the temporary files whose time has passed, and lets either a cleanup or {@link #keep} have each: an optional part
 * of the SPI. Thread-safe, and safe on many nodes.
 *
 * <p>A file is <em>expired</em> if it has committed versions, all of them past their {@code retainUntil} by the store's
 * clock, and none that is being uploaded. Who cleans it up claims it first; from then on it can not be kept any more,
 * because nobody can know whether it has been deleted already.
 */
public interface RetentionStore {

    /** The most files that one call claims or frees. */
    int MAX_FILES = 1_000;

    /**
     * Lists expired files of a tenant that nobody is cleaning up. Changes nothing.
     *
     * @param tenant the tenant
     * @param after the last file of the page before, or null for the first page
     * @param size how many, 1 to {@value Page#MAX_SIZE}
     * @return a page, in the store's order
     * @throws IllegalArgumentException if the id or the size is not allowed
     * @throws UsageStoreException if the storage failed
     */
    Page<ExpiredFile> expired(String tenant, @Nullable ExpiredFile after, int size);

    /**
     * Claims those of some files that are still as they were listed, and not claimed, kept or deleted since.
     *
     * @param files at most {@value #MAX_FILES} of one tenant
     * @param length after which others may claim them again; more than 0, at most 1 day
     * @return those that are claimed now, in their order
     * @throws IllegalArgumentException if there are too many, of several tenants, or the length is not allowed
     * @throws UsageStoreException if the storage failed
     */
    List<ExpiredFile> claim(List<ExpiredFile> files, Duration length);

    /**
     * Ends the records of files that have been deleted, of exactly the versions that were claimed, as
     * {@link EntryKind#DELETE}.
     *
     * @param files at most {@value #MAX_FILES} of one tenant, which were claimed
     * @param cause who cleans up, and why, for the ledger
     * @return the versions that this call has ended; not those that somebody else has
     * @throws IllegalArgumentException if there are too many, or of several tenants
     * @throws UsageStoreException if the storage failed; some may have been ended
     */
    List<Allocation> free(List<ExpiredFile> files, RepairCause cause);

    /**
     * Makes a temporary file permanent: all its versions, those that are being uploaded included.
     *
     * @param account whose file it is
     * @param file the file's id
     * @return what it did
     * @throws IllegalArgumentException if an id is not allowed
     * @throws UsageStoreException if the storage failed
     */
    KeepResult keep(AccountId account, String file);

    /**
     * Checks what {@link #claim} and {@link #free} are asked for.
     *
     * @param files the files
     * @throws IllegalArgumentException if there are too many, or of several tenants
     */
    static void requireFiles(List<ExpiredFile> files) {
        if (files.size() > MAX_FILES) {
            throw new IllegalArgumentException("%s files at once, allowed are %s".formatted(files.size(), MAX_FILES));
        }
        if (files.stream().map(ExpiredFile::tenant).distinct().count() > 1) {
            throw new IllegalArgumentException("files of several tenants at once, allowed are those of one");
        }
    }

    /**
     * Checks the length of a claim.
     *
     * @param length the length
     * @throws IllegalArgumentException if it is not more than 0 and at most 1 day
     */
    static void requireLength(Duration length) {
        if (length.isNegative() || length.isZero() || length.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("claim of %s, allowed is more than 0 up to 1 day".formatted(length));
        }
    }
}
