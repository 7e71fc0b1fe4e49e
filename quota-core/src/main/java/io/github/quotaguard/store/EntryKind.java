package io.github.quotaguard.store;

/** What a ledger entry records. */
public enum EntryKind {
    /** A reservation became a stored file. */
    COMMIT(AllocationState.COMMITTED),
    /** A reservation was given up. */
    RELEASE(AllocationState.RELEASED),
    /** A reservation passed its deadline. */
    EXPIRE(AllocationState.EXPIRED),
    /** A stored file was deleted. */
    DELETE(AllocationState.DELETED);

    private final AllocationState leadsTo;

    EntryKind(AllocationState leadsTo) {
        this.leadsTo = leadsTo;
    }

    /**
     * Returns the state that the entry puts a life into.
     *
     * @return the state after
     */
    public AllocationState leadsTo() {
        return leadsTo;
    }
}
