package io.github.quotaguard;

/** How near to its limit something is, mildest first. */
public enum QuotaSeverity {
    /** At or above the warning threshold, 80 % by default. */
    WARNING,
    /** At or above the critical threshold, 90 % by default. */
    CRITICAL,
    /** At or above the limit. */
    EXCEEDED;

    /** Returns the severity that a store knows as a level, 1 to 3. */
    static QuotaSeverity ofLevel(int level) {
        return values()[level - 1];
    }
}
