package io.github.quotaguard;

import java.math.BigInteger;
import java.util.Optional;

/**
 * From which share of a limit on a warning is given. Compared exactly: of a limit of 1,000 bytes, 799 used are below a
 * threshold of 80 %, 800 are at it.
 *
 * @param warningPercent from this share on {@link QuotaSeverity#WARNING}, 1 to 100
 * @param criticalPercent from this share on {@link QuotaSeverity#CRITICAL}, {@code warningPercent} to 100
 */
public record WarningThresholds(int warningPercent, int criticalPercent) {

    /** 80 % and 90 %. */
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
    }

    /**
     * Judges a usage; from 100 % on it is {@link QuotaSeverity#EXCEEDED}.
     *
     * @param used what is used, 0 or more
     * @param limit the limit, 0 or more
     * @return how severe it is, empty below the first threshold and if both are 0
     */
    Optional<QuotaSeverity> severity(long used, long limit) {
        if (used == 0 && limit == 0) {
            return Optional.empty();
        }
        if (used >= limit) {
            return Optional.of(QuotaSeverity.EXCEEDED);
        }
        if (isReached(criticalPercent, used, limit)) {
            return Optional.of(QuotaSeverity.CRITICAL);
        }
        return isReached(warningPercent, used, limit) ? Optional.of(QuotaSeverity.WARNING) : Optional.empty();
    }

    private static boolean isReached(int percent, long used, long limit) {
        return BigInteger.valueOf(used)
                        .multiply(BigInteger.valueOf(100))
                        .compareTo(BigInteger.valueOf(limit).multiply(BigInteger.valueOf(percent)))
                >= 0;
    }
}
