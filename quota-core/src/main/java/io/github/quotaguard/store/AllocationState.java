package io.github.quotaguard.store;

/** Where a life stands; the package description draws the transitions. */
public enum AllocationState {
    /** Its bytes are held; it will be committed, released or expired. */
    RESERVED,
    /** It is a stored file; its bytes are charged. */
    COMMITTED,
    /** It was given up by its caller; nothing is charged. */
    RELEASED,
    /** Its deadline passed before anybody ended it; nothing is charged. */
    EXPIRED,
    /** It was a stored file and has been deleted; nothing is charged any more. */
    DELETED;

    /**
     * Says whether bytes are held or charged in this state.
     *
     * @return true for {@link #RESERVED} and {@link #COMMITTED}
     */
    public boolean isLive() {
        return this == RESERVED || this == COMMITTED;
    }
}
