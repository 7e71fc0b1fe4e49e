package io.github.quotaguard;

/** How near to its limit something is, mildest first. */
public enum QuotaSeverity {
    /** At or above the warning threshold, 80 % by default; above a soft limit while its grace runs. */
    WARNING,
    /** At or above the critical threshold, 90 % by default. */
    CRITICAL,
    /** At or above the limit; above a soft limit once its grace is over. */
    EXCEEDED
}
