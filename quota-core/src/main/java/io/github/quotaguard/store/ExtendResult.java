package io.github.quotaguard.store;

import java.util.List;

/** What a store answers to an {@link ExtendCommand}. */
public sealed interface ExtendResult {

    /**
     * The room is held and the deadline moved.
     *
     * @param allocation the life as it is now
     */
    record Extended(Allocation allocation) implements ExtendResult {}

    /**
     * The larger size does not fit. What was held is held still, and the deadline has moved all the same.
     *
     * @param exceeded every limit that it does not fit into, at least one
     */
    record Refused(List<LimitCheck> exceeded) implements ExtendResult {}

    /**
     * The reservation is no longer one: it was committed, released, expired or deleted.
     *
     * @param allocation the life as it ended
     */
    record Ended(Allocation allocation) implements ExtendResult {}

    /** The store knows no such life. */
    record Unknown() implements ExtendResult {}

    /**
     * Neither a grant nor a truthful refusal could be reached; a retry can help.
     *
     * @param reason what was in the way
     */
    record Busy(String reason) implements ExtendResult {}
}
