package io.github.quotaguard.store;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A settled row of the ledger: one end of a reservation or of a file. Entries are only ever added; the sum of
 * {@code bytes} over an account and its descendants is what the account uses.
 *
 * @param seq its number within the tenant, from 1, without gaps
 * @param kind what happened
 * @param id which version of which file
 * @param account who is charged
 * @param category what kind of file it is, or null
 * @param generation the life that ended
 * @param bytes the change of the bytes used: positive for COMMIT, negative for DELETE, else 0
 * @param files the change of the files used: 1, 0 or −1
 * @param reason why limits were passed, or null for an ordinary operation
 * @param metadata what the caller gave along with the upload
 * @param recordedAt when it happened, by the store's clock
 * @param settledAt when it was applied to the counters, by the store's clock
 */
public record Entry(
        long seq,
        EntryKind kind,
        FileVersion id,
        AccountId account,
        @Nullable Category category,
        long generation,
        long bytes,
        int files,
        @Nullable String reason,
        Map<String, String> metadata,
        Instant recordedAt,
        Instant settledAt) {}
