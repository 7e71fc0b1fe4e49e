package io.github.quotaguard.store;

/** What a store answers to a release. */
public enum ReleaseResult {
    /** The bytes are free again. */
    RELEASED,
    /** The life was unknown or had ended without a file, or another end is under way; nothing was changed. */
    NO_EFFECT,
    /** It is a stored file; deleting it is the way. Nothing was changed. */
    COMMITTED
}
