package io.github.quotaguard.store;

/**
 * Who corrects, and why, as the ledger keeps it.
 *
 * @param actor who, 1 to {@value AllocationSpec#MAX_ACTOR_LENGTH} characters
 * @param reason why, 1 to {@value #MAX_REASON_LENGTH} characters
 */
public record RepairCause(String actor, String reason) {

    /** The most characters a reason may have: less than that of an upload, since what was corrected is put before it. */
    public static final int MAX_REASON_LENGTH = 120;

    /**
     * Checks both.
     *
     * @throws IllegalArgumentException if one is empty, too long, or has a character that ids may not hold
     */
    public RepairCause {
        Ids.require("actor", actor, 1, AllocationSpec.MAX_ACTOR_LENGTH);
        Ids.require("reason", reason, 1, MAX_REASON_LENGTH);
    }

    /**
     * Returns the reason of an entry.
     *
     * @param before the bytes before
     * @param after the bytes after
     * @return {@code "0 -> 438407 bytes: …"}
     */
    public String of(long before, long after) {
        return "%s -> %s bytes: %s".formatted(before, after, reason);
    }
}
