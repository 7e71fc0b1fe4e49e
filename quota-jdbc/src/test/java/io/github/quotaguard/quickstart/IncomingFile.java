package io.github.quotaguard.quickstart;

import io.github.quotaguard.Upload;
import io.github.quotaguard.store.AccountId;
import java.io.IOException;
import java.io.InputStream;

/**
 * A file as a request would bring it.
 *
 * @param account who is charged
 * @param file its id, the same in every run
 * @param version changes with its contents, so that equal contents are a retry and others replace them
 * @param category its kind
 * @param bytes its size
 * @param body its bytes
 */
record IncomingFile(AccountId account, String file, String version, String category, long bytes, Body body) {

    /** Opens the bytes of a file. */
    @FunctionalInterface
    interface Body {
        InputStream open() throws IOException;
    }

    /** Returns the request: to store this version, and with that to delete the one stored before. */
    Upload upload() {
        return Upload.of(account.path(), file, bytes)
                .version(version)
                .category(category)
                .overwrite();
    }

    /** Returns where the bytes are kept, below the target directory. */
    String location() {
        return "%s/%s@%s".formatted(account.tenant(), file, version);
    }
}
