package io.github.quotaguard.store;

import org.jspecify.annotations.Nullable;

/**
 * A store could not do its work: its database is gone, a lock was not free in time, a transaction was rolled back.
 * After it the outcome of the call is unknown unless the message says otherwise; calling again with the same ids is
 * always safe, and {@code UploadGuard.find} says what became of it.
 */
public class UsageStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    /**
     * Creates one.
     *
     * @param message what was wrong and what to do
     * @param retryable whether the same call can succeed later; inside a transaction of the caller's, after the caller
     *     has run the whole transaction again
     * @param cause what the storage said, or null
     */
    public UsageStoreException(String message, boolean retryable, @Nullable Throwable cause) {
        super(message, cause);
        this.retryable = retryable;
    }

    /**
     * Says whether a retry can help.
     *
     * @return true for lost connections, lock timeouts and serialization failures
     */
    public boolean isRetryable() {
        return retryable;
    }
}
