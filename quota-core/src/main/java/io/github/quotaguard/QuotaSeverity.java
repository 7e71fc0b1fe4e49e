package io.github.quotaguard;

import java.util.Arrays;
import java.util.Optional;

/** How near to its limit something is, mildest first. */
public enum QuotaSeverity {
    /** At or above the warning threshold, 80 % by default; above a soft limit while its grace runs. */
    WARNING(1),
    /** At or above the critical threshold, 90 % by default. */
    CRITICAL(2),
    /** At or above the limit; above a soft limit once its grace is over. */
    EXCEEDED(3);

    private final int level;

    QuotaSeverity(int level) {
        this.level = level;
    }

    /** Returns the severity that a store knows as a level; none for 0. */
    static Optional<QuotaSeverity> ofLevel(int level) {
        return Arrays.stream(values())
                .filter(severity -> severity.level == level)
                .findFirst();
    }

    /** Returns the level as which a store knows it. */
    int level() {
        return level;
    }
}
