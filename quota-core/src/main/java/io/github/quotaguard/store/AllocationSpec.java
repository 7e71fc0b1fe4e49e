package io.github.quotaguard.store;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asked for: the part of an {@link Allocation} that does not change during its life.
 *
 * @param id the version of the file
 * @param account who is charged; its first segment is the tenant of {@code id}
 * @param category what kind of file it is, or null
 * @param declaredBytes the size announced, in bytes, 0 to {@link Long#MAX_VALUE}; empty if it is unknown, which holds
 *     nothing until the reservation is extended
 * @param replacement the versions that the commit deletes; their bytes count as credit
 * @param metadata at most {@value #MAX_METADATA_PAIRS} pairs, together at most {@value #MAX_METADATA_BYTES} bytes of
 *     UTF-8; kept with the allocation and its ledger entries
 * @param retainUntil when a temporary file may be cleaned up, in the years 1970 to 9999, or null for a permanent one
 * @param forcedReason why an administrator passes the limits, or null for an ordinary upload; 1 to
 *     {@value #MAX_REASON_LENGTH} characters
 * @param actor who uploads, for the ledger, or null; 1 to {@value #MAX_ACTOR_LENGTH} characters
 */
public record AllocationSpec(
        FileVersion id,
        AccountId account,
        @Nullable Category category,
        OptionalLong declaredBytes,
        Replacement replacement,
        Map<String, String> metadata,
        @Nullable Instant retainUntil,
        @Nullable String forcedReason,
        @Nullable String actor) {

    /** The last time that every database can keep. */
    private static final Instant LAST_RETENTION = Instant.parse("9999-12-31T23:59:59Z");

    /** The most metadata pairs. */
    public static final int MAX_METADATA_PAIRS = 16;

    /** The most bytes that all metadata keys and values may have together, as UTF-8. */
    public static final int MAX_METADATA_BYTES = 2048;

    /** The most characters a reason may have. */
    public static final int MAX_REASON_LENGTH = 255;

    /** The most characters the name of an actor may have. */
    public static final int MAX_ACTOR_LENGTH = 255;

    /**
     * Checks every part.
     *
     * @throws IllegalArgumentException if a part is outside its range, or {@code id} and {@code account} name different
     *     tenants, or a version is to replace itself
     */
    public AllocationSpec {
        Objects.requireNonNull(declaredBytes, "declaredBytes");
        if (!id.tenant().equals(account.tenant())) {
            throw new IllegalArgumentException("file %s is not of the tenant of account %s".formatted(id, account));
        }
        if (declaredBytes.isPresent() && declaredBytes.getAsLong() < 0) {
            throw new IllegalArgumentException(
                    "upload has %s bytes, allowed are 0 to %s".formatted(declaredBytes.getAsLong(), Long.MAX_VALUE));
        }
        if (replacement.covers(id, id)) {
            throw new IllegalArgumentException(
                    "version '%s' can not replace itself: give the new version an id of its own"
                            .formatted(id.version()));
        }
        if (retainUntil != null && (retainUntil.isBefore(Instant.EPOCH) || retainUntil.isAfter(LAST_RETENTION))) {
            throw new IllegalArgumentException(
                    "retainUntil is %s, allowed are %s to %s".formatted(retainUntil, Instant.EPOCH, LAST_RETENTION));
        }
        metadata = Map.copyOf(metadata);
        requireMetadata(metadata);
        if (forcedReason != null) {
            Ids.require("reason", forcedReason, 1, MAX_REASON_LENGTH);
        }
        if (actor != null) {
            Ids.require("actor", actor, 1, MAX_ACTOR_LENGTH);
        }
    }

    private static void requireMetadata(Map<String, String> metadata) {
        if (metadata.isEmpty()) {
            return;
        }
        if (metadata.size() > MAX_METADATA_PAIRS) {
            throw new IllegalArgumentException(
                    "metadata has %s pairs, allowed are %s".formatted(metadata.size(), MAX_METADATA_PAIRS));
        }
        int bytes = 0;
        for (Map.Entry<String, String> pair : metadata.entrySet()) {
            Ids.require("metadata key", pair.getKey(), 1, MAX_METADATA_BYTES);
            Ids.require("metadata value", pair.getValue(), 0, MAX_METADATA_BYTES);
            bytes += pair.getKey().getBytes(StandardCharsets.UTF_8).length;
            bytes += pair.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        if (bytes > MAX_METADATA_BYTES) {
            throw new IllegalArgumentException(
                    "metadata has %s bytes of UTF-8, allowed are %s".formatted(bytes, MAX_METADATA_BYTES));
        }
    }

    /**
     * Returns the declared size as a number.
     *
     * @return the bytes declared, 0 if the size is unknown
     */
    public long bytes() {
        return declaredBytes.orElse(0);
    }

    /**
     * Says whether another request for the same version is a retry of this one.
     *
     * @param other what was asked for the same id
     * @return true if account, category, declared bytes and replacement are equal; metadata, retention, reason and
     *     actor do not count
     */
    public boolean hasSameArguments(AllocationSpec other) {
        return account.equals(other.account)
                && Objects.equals(category, other.category)
                && declaredBytes.equals(other.declaredBytes)
                && replacement.equals(other.replacement);
    }

    /**
     * Says whether another version may belong to the same file.
     *
     * @param other a version
     * @return true if account and category are equal, so that they move the same counters
     */
    public boolean isCountedWith(AllocationSpec other) {
        return account.equals(other.account) && Objects.equals(category, other.category);
    }

    /**
     * Returns a copy with another version of the file.
     *
     * @param id the version of the file
     * @return the copy
     */
    public AllocationSpec withId(FileVersion id) {
        return new AllocationSpec(
                id, account, category, declaredBytes, replacement, metadata, retainUntil, forcedReason, actor);
    }

    /**
     * Returns a copy with another category.
     *
     * @param category the category
     * @return the copy
     */
    public AllocationSpec withCategory(Category category) {
        return new AllocationSpec(
                id, account, category, declaredBytes, replacement, metadata, retainUntil, forcedReason, actor);
    }

    /**
     * Returns a copy with another replacement.
     *
     * @param replacement the replacement
     * @return the copy
     */
    public AllocationSpec withReplacement(Replacement replacement) {
        return new AllocationSpec(
                id, account, category, declaredBytes, replacement, metadata, retainUntil, forcedReason, actor);
    }

    /**
     * Returns a copy with another metadata.
     *
     * @param metadata the metadata
     * @return the copy
     */
    public AllocationSpec withMetadata(Map<String, String> metadata) {
        return new AllocationSpec(
                id, account, category, declaredBytes, replacement, metadata, retainUntil, forcedReason, actor);
    }

    /**
     * Returns a copy with another retention.
     *
     * @param retainUntil the retention, or null for a permanent file
     * @return the copy
     */
    public AllocationSpec withRetainUntil(@Nullable Instant retainUntil) {
        return new AllocationSpec(
                id, account, category, declaredBytes, replacement, metadata, retainUntil, forcedReason, actor);
    }

    /**
     * Returns a copy with another reason.
     *
     * @param forcedReason the reason
     * @return the copy
     */
    public AllocationSpec withForcedReason(String forcedReason) {
        return new AllocationSpec(
                id, account, category, declaredBytes, replacement, metadata, retainUntil, forcedReason, actor);
    }

    /**
     * Returns a copy with another actor.
     *
     * @param actor the actor
     * @return the copy
     */
    public AllocationSpec withActor(String actor) {
        return new AllocationSpec(
                id, account, category, declaredBytes, replacement, metadata, retainUntil, forcedReason, actor);
    }
}
