package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.AccountId;

/** Is told how a diagnosis or repair gets on, in the thread that does it. What it throws ends that. */
public interface ReconcileListener {

    /**
     * Tells that more of an account has been looked at.
     *
     * @param account the account
     * @param versions how many file versions and records were since the last call
     */
    default void onProgress(AccountId account, long versions) {}

    /**
     * Tells what a diagnosis has found.
     *
     * @param report the report
     */
    default void onDiagnosed(DriftReport report) {}

    /**
     * Tells what a repair has done.
     *
     * @param report the report
     */
    default void onRepaired(RepairReport report) {}

    /**
     * Tells that an account could not be looked at; the others are.
     *
     * @param account the account
     * @param failure why
     */
    default void onFailed(AccountId account, RuntimeException failure) {}
}
