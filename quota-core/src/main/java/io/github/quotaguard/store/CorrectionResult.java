package io.github.quotaguard.store;

/** What became of a correction. */
public enum CorrectionResult {
    /** It was made, and is in the ledger. */
    MADE,
    /** Nothing was changed: the record is not as it was any more. */
    CHANGED,
    /** Nothing was changed: another version of the file is recorded under another account or category. */
    CONFLICT,
    /** Nothing was changed: a transaction that is under way ends the same. */
    BUSY,
    /** Nothing was changed: somebody else corrects the tenant. */
    NOT_LEASED
}
