package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.FileVersion;
import org.jspecify.annotations.Nullable;

/**
 * A file whose record differs from it.
 *
 * @param kind in what
 * @param id which version of which file
 * @param account who is charged, or would have to be
 * @param category what kind of file it is, or null
 * @param recorded the bytes that are recorded, 0 if none are
 * @param actual the bytes that are there, 0 if it is gone
 */
public record Drift(
        DriftKind kind,
        FileVersion id,
        AccountId account,
        @Nullable Category category,
        long recorded,
        long actual) {}
