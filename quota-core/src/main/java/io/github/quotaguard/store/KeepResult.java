package io.github.quotaguard.store;

/** What became of the wish to keep a temporary file. */
public enum KeepResult {
    /** It is permanent now. */
    KEPT,
    /** It was permanent before. */
    PERMANENT,
    /** Too late: it is being cleaned up, and perhaps gone already. */
    LOST,
    /** The account has no such file, or no longer. */
    NOT_FOUND
}
