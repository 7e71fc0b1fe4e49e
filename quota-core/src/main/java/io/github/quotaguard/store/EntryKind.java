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
    /** A repair recorded a file that was there and not recorded. */
    ADOPT(AllocationState.COMMITTED),
    /** A repair ended the record of a file that was not there, or not as it was recorded. */
    REMOVE(AllocationState.DELETED),
    /** A repair moved a counter that was wrong; its bytes and files are what the ledger lacked, 0 if it was right. */
    ADJUST(null),
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
     * @throws IllegalStateException for an adjustment or a roll-up, which is about no single life
     */
    public AllocationState leadsTo() {
        if (leadsTo == null) {
            throw new IllegalStateException(this + " is about no single life");
        }
        return leadsTo;
    }

    /**
     * Says whether it puts a life into a state, and so names a version of a file.
     *
     * @return false for an adjustment or a roll-up
     */
    public boolean isOfLife() {
        return leadsTo != null;
    }
}
