package io.github.quotaguard.contract;

/** A rule that stores break in practice. The tests that {@link Checks} it fail for a store that breaks it. */
public enum Rule {
    /** A check and what follows from it are one step, whoever calls at the same time. */
    ATOMIC,
    /** What passes a limit is refused. */
    LIMITS,
    /** What is held for uploads under way counts against the limits like what is used. */
    LIMITS_COUNT_WHAT_IS_HELD,
    /** What is above a soft limit may grow until the grace ends, and no longer. */
    GRACE,
    /** A call that is repeated finds the reservation of the first, and holds nothing more. */
    SAME_CALL_SAME_RESERVATION,
    /** Calls that come as a list are taken in their order, each with the answer of its own. */
    BATCHES,
    /** A commit asks for the state of the life: an ended one is not stored, a stored one is not charged again. */
    COMMIT_ASKS_FOR_THE_STATE,
    /** Whatever was given back is not given back again. */
    RELEASE_ONCE,
    /** A handle is good for its own life alone, not for an earlier or a later one of the same id. */
    ONE_LIFE,
    /** Deadlines and retention are measured by the store's clock. */
    STORES_CLOCK,
    /** What was acknowledged survives the process. */
    DURABLE,
    /** Ids that differ by case are two. */
    CASE_COUNTS,
    /** Ids that differ by a space at the end are two. */
    SPACES_COUNT,
    /** A charge moves every ancestor, also those between the tenant and the account. */
    EVERY_ANCESTOR,
    /** A charge moves the counters of its category, and says of which it is. */
    CATEGORIES,
    /** Whatever ends is written into the ledger. */
    LEDGER,
    /** What one tenant does, no other sees. */
    TENANTS_APART
}
