package io.github.quotaguard.cleanup;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.KeepResult;
import io.github.quotaguard.store.RetentionStore;
import io.github.quotaguard.store.UsageStore;
import java.util.Objects;

/**
 * Cleans up temporary files whose time has passed, and makes those permanent that are wanted after all. Thread-safe, and
 * safe on many nodes, which share the work.
 *
 * <p>Each file is claimed first, then deleted by the application, then freed, with all its versions. A claim decides
 * between a cleanup and {@link #keep}: exactly one of them gets the file. A cleanup that dies in between leaves the file
 * charged and claimed; a later one deletes it again and frees it.
 *
 * <p>Every method throws {@link io.github.quotaguard.store.UsageStoreException} if the storage failed.
 */
public final class TemporaryFiles {

    private final UsageStore store;
    private final RetentionStore retention;
    private final FileDeleter deleter;

    private TemporaryFiles(UsageStore store, RetentionStore retention, FileDeleter deleter) {
        this.store = store;
        this.retention = retention;
        this.deleter = Objects.requireNonNull(deleter, "deleter");
    }

    /**
     * Returns the temporary files of a store.
     *
     * @param store what keeps the records
     * @param deleter deletes files of the application
     * @return the temporary files
     * @throws UnsupportedOperationException if the store can not tell them
     */
    public static TemporaryFiles of(UsageStore store, FileDeleter deleter) {
        RetentionStore retention = store.retention()
                .orElseThrow(() -> new UnsupportedOperationException(
                        "%s can not tell temporary files: UsageStore.retention() is empty"
                                .formatted(store.getClass().getName())));
        return new TemporaryFiles(store, retention, deleter);
    }

    /**
     * Cleans up. Stops between two batches when the thread is interrupted. What the deleter throws is logged, told in the
     * result, and keeps no other file from being cleaned up.
     *
     * @param request which files, and how
     * @return what was done, or would be
     */
    public CleanupResult cleanup(CleanupRequest request) {
        return new Cleanup(store, retention, deleter, request).run();
    }

    /**
     * Makes a temporary file permanent, with all its versions, those that are being uploaded included.
     *
     * @param account the account's path
     * @param file the file's id
     * @return what it did; {@link KeepResult#LOST} if a cleanup has begun to delete it
     * @throws IllegalArgumentException if an id is not allowed
     */
    public KeepResult keep(String account, String file) {
        return retention.keep(AccountId.of(account), file);
    }
}
