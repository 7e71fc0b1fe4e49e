package io.github.quotaguard.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the ledger.
 *
 * @param entries the entries, newest first
 * @param next where the next page begins, or null if this is the last
 */
public record LedgerSlice(
        List<LedgerEntry> entries, @Nullable LedgerPosition next) {

    /** Copies the entries. */
    public LedgerSlice {
        entries = List.copyOf(entries);
    }
}
