package io.github.quotaguard.store;

import java.util.List;

/** What a store answers to a {@link ReserveCommand}. */
public sealed interface ReserveResult {

    /**
     * The room is held.
     *
     * @param allocation the life that holds it; its attempt is above 1 if the same arguments had reserved it before,
     *     and then only its deadline has changed
     */
    record Granted(Allocation allocation) implements ReserveResult {}

    /**
     * The same arguments have been committed: this is the retry of a finished upload. Nothing was changed.
     *
     * @param allocation the committed life
     */
    record AlreadyStored(Allocation allocation) implements ReserveResult {}

    /**
     * It does not fit. Seen on one snapshot in which nothing was unsettled and nothing overdue.
     *
     * @param exceeded every limit that it does not fit into, at least one
     */
    record Refused(List<LimitCheck> exceeded) implements ReserveResult {}

    /**
     * The id is taken by other arguments, or the file belongs to another account or category. Nothing was changed.
     *
     * @param standing the live version in the way
     */
    record Conflict(Allocation standing) implements ReserveResult {}

    /**
     * Neither a grant nor a truthful refusal could be reached within the store's bounds. Nothing is held; a retry can
     * help.
     *
     * @param reason what was in the way
     */
    record Busy(String reason) implements ReserveResult {}
}
