package io.github.quotaguard;

import java.math.BigInteger;
import java.util.Optional;

/**
 * From which share of a limit on a warning is given, and how far usage has to fall before it is given again. Compared
 * exactly: of a limit of 1,000 bytes, 799 used are below a threshold of 80 %, 800 are at it. With a hysteresis of 5
 * points, whoever was warned at 80 % is warned again only after 750 or less were used in between.
 *
 * @param warningPercent from this share on {@link QuotaSeverity#WARNING}, 1 to 100
 * @param criticalPercent from this share on {@link QuotaSeverity#CRITICAL}, {@code warningPercent} to 100
 * @param hysteresisPoints how many percentage points below a threshold usage has to fall, 0 to {@code warningPercent};
 *     0 means anywhere below it
 */
public record WarningThresholds(int warningPercent, int criticalPercent, int hysteresisPoints) {

    private static final int DEFAULT_HYSTERESIS = 5;

    /** 80 % and 90 %, and 5 points. */
    public static final WarningThresholds DEFAULT = new WarningThresholds(80, 90);

    /**
     * Checks the shares.
     *
     * @throws IllegalArgumentException if they are outside their ranges
     */
    public WarningThresholds {
        if (warningPercent < 1 || criticalPercent < warningPercent || criticalPercent > 100) {
            throw new IllegalArgumentException(
                    "thresholds are %s %% and %s %%, allowed are 1 to 100, the warning not above the critical one"
                            .formatted(warningPercent, criticalPercent));
        }
        if (hysteresisPoints < 0 || hysteresisPoints > warningPercent) {
            throw new IllegalArgumentException(
                    "hysteresis is %s points, allowed are 0 to %s, the warning threshold; else nobody is warned twice"
                            .formatted(hysteresisPoints, warningPercent));
        }
    }

    /**
     * Sets the shares, with a hysteresis of 5 points, or less where the warning threshold is lower.
     *
     * @param warningPercent as above
     * @param criticalPercent as above
     * @throws IllegalArgumentException if they are outside their ranges
     */
    public WarningThresholds(int warningPercent, int criticalPercent) {
        this(warningPercent, criticalPercent, Math.max(0, Math.min(DEFAULT_HYSTERESIS, warningPercent)));
    }

    /**
     * Judges a usage; from 100 % on it is {@link QuotaSeverity#EXCEEDED}.
     *
     * @param used what is used, 0 or more
     * @param limit the limit, 0 or more
     * @return how severe it is, empty below the first threshold and if both are 0
     */
    Optional<QuotaSeverity> severity(long used, long limit) {
        return QuotaSeverity.ofLevel(reached(used, limit));
    }

    /**
     * Returns the level after a usage was seen: up to what is reached at once; down one after the other, while usage is
     * the hysteresis below what had led there. With the defaults and a limit of 1,000, 901 leads from 0 to 2, from
     * there 851 leads nowhere, 850 to 1, and 750 to 0.
     *
     * @param level the level so far, 0 for none, otherwise that of a {@link QuotaSeverity}
     */
    int level(int level, long used, long limit) {
        int reached = reached(used, limit);
        int next = Math.max(level, reached);
        while (next > reached && compare(used, limit, percent(next) - hysteresisPoints) <= 0) {
            next--;
        }
        return next;
    }

    private int reached(long used, long limit) {
        int level = used == 0 && limit == 0 ? 0 : QuotaSeverity.values().length;
        while (level > 0 && compare(used, limit, percent(level)) < 0) {
            level--;
        }
        return level;
    }

    private int percent(int level) {
        return switch (QuotaSeverity.ofLevel(level).orElseThrow()) {
            case WARNING -> warningPercent;
            case CRITICAL -> criticalPercent;
            case EXCEEDED -> 100;
        };
    }

    /** Compares the share that is used with so many per cent. */
    private static int compare(long used, long limit, int percent) {
        return BigInteger.valueOf(used)
                .multiply(BigInteger.valueOf(100))
                .compareTo(BigInteger.valueOf(limit).multiply(BigInteger.valueOf(percent)));
    }
}
