package io.github.quotaguard.cleanup;

import io.github.quotaguard.store.ExpiredFile;

/**
 * Deletes a file of the application: its row, its bytes, whatever there is. Called from several threads, and again for
 * the same file if a call was cut off or failed, perhaps on another node; so it has to be idempotent, and to return if
 * there is nothing left to delete.
 */
@FunctionalInterface
public interface FileDeleter {

    /**
     * Deletes a file.
     *
     * @param file the file, with the versions to delete; one that was uploaded since is none of them, and has to stay
     * @throws Exception if it could not be deleted; it stays charged, and is tried again by a later cleanup
     */
    void delete(ExpiredFile file) throws Exception;
}
