package io.github.quotaguard;

import io.github.quotaguard.store.LedgerEntry;
import java.util.List;
import java.util.Optional;

/**
 * A page of the ledger.
 *
 * @param entries the entries, newest first
 * @param nextCursor what {@link LedgerQuery#after} takes for the page that follows, safe in a URL; empty if this is the
 *     last
 */
public record LedgerPage(List<LedgerEntry> entries, Optional<String> nextCursor) {

    /** Copies the entries. */
    public LedgerPage {
        entries = List.copyOf(entries);
    }
}
