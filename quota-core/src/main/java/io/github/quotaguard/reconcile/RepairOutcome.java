package io.github.quotaguard.reconcile;

/** What came of a repair. */
public enum RepairOutcome {
    /** There was nothing to repair. */
    CONSISTENT,
    /** What was found was repaired, but for what the report says was left. */
    REPAIRED,
    /** Nothing was changed, since nothing was to be. */
    DRY_RUN,
    /** Nothing was changed: so much is gone that somebody should look first. */
    BRAKED
}
