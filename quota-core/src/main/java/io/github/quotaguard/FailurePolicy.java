package io.github.quotaguard;

/**
 * What a guard does with an upload when the store can not do its work, as
 * {@link io.github.quotaguard.store.UsageStoreException} says. A refusal, a conflict or <em>busy</em> is an answer of the
 * store's and no failure. What the policy throws reaches the caller in any case, but for a {@code UsageStoreException} of
 * one that takes the limits from the same storage: that is taken for the store's.
 */
public enum FailurePolicy {

    /** The exception reaches the caller, who can not store the file: nothing is ever stored unseen. */
    CLOSED,

    /**
     * The upload is admitted {@linkplain Reservation#isUncharged() uncharged}: the limits are not asked, but for sizes
     * that could not fit even if nothing were used. Its calls never reach the store, not even once that is back, so the
     * file stays out of every figure until a repair finds it; what it was to replace stays charged. It is counted and
     * logged. A connection pool that is exhausted is a failure too, so who can keep it busy passes the limits; a thread
     * that was interrupted gets the exception. Each upload waits for as long as the store takes to fail: keep the
     * time-out of its connections short.
     *
     * <p>Only reserves are let through. A commit, an extension or a delete that fails throws as ever, since the caller's
     * transaction has to decide. And where only the answer to a reserve was lost, its bytes may be held all the same:
     * the deadline gives them back.
     */
    OPEN
}
