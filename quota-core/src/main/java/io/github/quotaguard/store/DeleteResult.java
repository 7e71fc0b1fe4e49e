package io.github.quotaguard.store;

import java.util.List;

/**
 * What a deletion did.
 *
 * @param deleted the versions that this call deleted; empty if there were none, or somebody else had deleted them
 * @param reserved versions that are still being uploaded and were left alone
 */
public record DeleteResult(List<Allocation> deleted, List<Allocation> reserved) {

    /** Copies the lists. */
    public DeleteResult {
        deleted = List.copyOf(deleted);
        reserved = List.copyOf(reserved);
    }

    /**
     * Returns what is no longer charged.
     *
     * @return the bytes of the deleted versions together
     */
    public long freedBytes() {
        return deleted.stream().mapToLong(Allocation::bytes).sum();
    }
}
