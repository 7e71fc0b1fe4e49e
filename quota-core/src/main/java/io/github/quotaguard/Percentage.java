package io.github.quotaguard;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Shares of a limit, as people read them. */
final class Percentage {

    private Percentage() {}

    /**
     * Returns a share with two decimals, rounded down so that it says 100 only when the limit is reached: 438,407 of
     * 10,485,760 are 4.18. Of a limit of 0, something is 100.
     */
    static BigDecimal of(long used, long limit) {
        if (limit == 0) {
            return new BigDecimal(used == 0 ? "0.00" : "100.00");
        }
        return BigDecimal.valueOf(used)
                .multiply(BigDecimal.valueOf(100))
                .divide(BigDecimal.valueOf(limit), 2, RoundingMode.DOWN);
    }
}
