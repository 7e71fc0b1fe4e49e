package io.github.quotaguard.reconcile;

/** In what records and files differ. */
public enum DriftKind {
    /** The file is there, and nothing is charged for it. */
    NOT_RECORDED,
    /** The file is charged, and is not there. */
    GONE,
    /** The file is charged with another size, to another account, or in another category. */
    DIFFERENT,
    /** Room is held for an upload whose deadline has passed, and nobody has set it free. */
    LEFT_BEHIND
}
