package io.github.quotaguard.spring.actuate;

import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.store.Backlog;
import org.jspecify.annotations.Nullable;

/**
 * The answer about all accounts.
 *
 * @param backlog what waits; null if the store can not tell
 * @param lastReconcile what the last diagnosis or repair of all tenants on this node found; null before the first
 * @param settings how the endpoint is set
 * @param uncharged what was let through while the store failed; null if there is not one guard
 */
record QuotaOverview(
        @Nullable Backlog backlog,
        LastReconcile.@Nullable Finding lastReconcile,
        Settings settings,
        @Nullable Uncharged uncharged) {

    record Settings(String store, boolean repair, boolean cleanup) {}

    record Uncharged(long uploads, long bytes) {

        static @Nullable Uncharged of(@Nullable UploadGuard guard) {
            return guard == null ? null : new Uncharged(guard.unchargedUploads(), guard.unchargedBytes());
        }
    }
}
