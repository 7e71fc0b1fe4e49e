package io.github.quotaguard.store;

import org.jspecify.annotations.Nullable;

/** What a ledger entry records. */
public enum EntryKind {
    /** A reservation became a stored file. */
    COMMIT(AllocationState.COMMITTED),
    /** A reservation was given up. */
    RELEASE(AllocationState.RELEASED),
    /** A reservation passed its deadline. */
    EXPIRE(AllocationState.EXPIRED),
    /** A stored file was deleted. */
    DELETE(AllocationState.DELETED),
    /** Stands for all entries of one hour, account and category, which {@link LedgerStore#rollUp} has folded. */
    ROLLUP(null);

    private final @Nullable AllocationState leadsTo;

    EntryKind(@Nullable AllocationState leadsTo) {
        this.leadsTo = leadsTo;
    }

    /**
     * Returns the state that the entry puts a life into.
     *
     * @return the state after
     * @throws IllegalStateException for a roll-up, which is about no single life
     */
    public AllocationState leadsTo() {
        if (leadsTo == null) {
            throw new IllegalStateException(this + " is about no single life");
        }
        return leadsTo;
    }
}
