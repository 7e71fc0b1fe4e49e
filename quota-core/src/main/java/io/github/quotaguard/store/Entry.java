package io.github.quotaguard.store;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A settled row of the ledger: one end of a reservation or of a file, a correction, or a roll-up of many. Entries are only ever added,
 * but for a roll-up, which takes the place of those it sums up; the sum of {@code bytes} over an account and its
 * descendants is what the account uses.
 *
 * @param seq its number within the tenant, from 1, without gaps but for those that a roll-up leaves
 * @param kind what happened
 * @param id which version of which file, or null for an adjustment or a roll-up
 * @param account who is charged
 * @param category what kind of file it is, or null
 * @param generation the life that ended or was adopted; of an adjustment or a roll-up its number
 * @param bytes the change of the bytes used: positive for COMMIT and ADOPT, negative for
 *     DELETE and REMOVE, of either sign for an adjustment or a roll-up, else 0
 * @param files the change of the files used: 1, 0 or −1, but for an adjustment or a roll-up
 * @param addedBytes the bytes that were added: {@code bytes} if positive, of a roll-up the sum of those; what was removed is
 *     {@code addedBytes − bytes}
 * @param addedFiles the same in files
 * @param reason why limits were passed or a file was deleted, or null if none was given
 * @param actor who did it, as the caller named them, or null
 * @param metadata what the caller gave along with the upload
 * @param recordedAt when it happened, by the store's clock; of a roll-up the latest time
 * @param settledAt when it was applied to the counters, by the store's clock; never earlier than that of a smaller number;
 *     of a roll-up the latest time
 */
public record Entry(
        long seq,
        EntryKind kind,
        @Nullable FileVersion id,
        AccountId account,
        @Nullable Category category,
        long generation,
        long bytes,
        int files,
        long addedBytes,
        int addedFiles,
        @Nullable String reason,
        @Nullable String actor,
        Map<String, String> metadata,
        Instant recordedAt,
        Instant settledAt) {}
