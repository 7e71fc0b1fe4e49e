package io.github.quotaguard.quickstart;

import io.github.quotaguard.store.AccountId;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the program works with.
 *
 * @param dir what is uploaded
 * @param target where the bytes are kept
 * @param database the database's file, without the ending that H2 adds
 * @param quota how much of the directory may be stored, in bytes; null for two thirds
 * @param imageAccount who uploads one image
 * @param imageLimit how much that account may store, in bytes
 * @param imageBytes how large the image is
 * @param crashTtl how long room is held for the handler that dies
 */
record Settings(
        Path dir,
        Path target,
        Path database,
        Long quota,
        AccountId imageAccount,
        long imageLimit,
        long imageBytes,
        Duration crashTtl) {

    /** Who the directory's files are charged to. */
    static final AccountId UPLOADS = AccountId.of("quickstart/uploads");

    /** Who the upload that is never finished is charged to, or rather is not. */
    static final AccountId CRASHES = AccountId.of("quickstart/crashes");

    static final long CRASH_BYTES = 65_536;
    static final long CRASH_LIMIT = 1_048_576;

    /** Says whether a path is the program's own, not one to upload. */
    boolean isOwn(Path path) {
        return path.equals(target) || path.toString().startsWith(database + ".");
    }
}
