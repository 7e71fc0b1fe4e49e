package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.FileVersion;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One version of one file that an application really holds.
 *
 * @param id the ids under which it was, or should have been, uploaded
 * @param account who is to be charged; a file that is recorded with an account below it is recorded rightly
 * @param category what kind of file it is; null if it has none, or the inventory can not tell, so that any is right
 * @param bytes its size as it is charged, 0 to {@link Long#MAX_VALUE}
 * @param lastModified when it was stored
 */
public record StoredFile(
        FileVersion id, AccountId account, @Nullable Category category, long bytes, Instant lastModified) {

    /**
     * Checks the size and the tenant.
     *
     * @throws IllegalArgumentException if the size is negative, or {@code id} and {@code account} name different tenants
     */
    public StoredFile {
        Objects.requireNonNull(lastModified, "lastModified");
        if (bytes < 0) {
            throw new IllegalArgumentException(
                    "%s has %s bytes, allowed are 0 to %s".formatted(id, bytes, Long.MAX_VALUE));
        }
        if (!id.tenant().equals(account.tenant())) {
            throw new IllegalArgumentException("file %s is not of the tenant of account %s".formatted(id, account));
        }
    }
}
