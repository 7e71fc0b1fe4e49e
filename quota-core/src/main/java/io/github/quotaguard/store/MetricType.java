package io.github.quotaguard.store;

/** What a limit counts. */
public enum MetricType {
    /** Bytes of all versions of an account. */
    BYTES,
    /** Bytes of all versions of an account that may be passed for a while: its soft limit. */
    SOFT_BYTES,
    /** Files of an account; the versions of one file count once. */
    FILES,
    /** Bytes of all versions of one category of an account. */
    CATEGORY_BYTES,
    /** Bytes of one version of one file. */
    FILE_BYTES
}
