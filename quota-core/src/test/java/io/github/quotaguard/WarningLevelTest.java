package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a level follows a usage: up at once, down with hysteresis. */
class WarningLevelTest {

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    @ParameterizedTest
    @CsvSource({
        "0, 799, 0",
        "0, 800, 1",
        "0, 900, 2",
        "0, 1000, 3",
        "0, 5000, 3",
        "1, 899, 1",
        "1, 900, 2",
        "2, 1000, 3",
    })
    void shouldRiseAtOnceToWhatIsReached(int level, long used, int next) {
        assertThat(WarningThresholds.DEFAULT.level(level, used, 1_000)).isEqualTo(next);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 751, 1",
        "1, 750, 0",
        "2, 851, 2",
        "2, 850, 1",
        "2, 751, 1",
        "2, 750, 0",
        "3, 951, 3",
        "3, 950, 2",
        "3, 850, 1",
        "3, 750, 0",
        "3, 0, 0",
        "0, 0, 0",
    })
    void shouldFallOnlyOnceUsageIsTheHysteresisBelow(int level, long used, int next) {
        assertThat(WarningThresholds.DEFAULT.level(level, used, 1_000)).isEqualTo(next);
    }

    @Test
    void shouldFallAnywhereBelowTheThresholdWithoutHysteresis() {
        WarningThresholds sharp = new WarningThresholds(80, 90, 0);

        assertThat(sharp.level(1, 800, 1_000)).isEqualTo(1);
        assertThat(sharp.level(1, 799, 1_000)).isZero();
        assertThat(sharp.level(3, 1_000, 1_000)).isEqualTo(3);
    }

    @Test
    void shouldFallWhenNothingIsUsedHoweverWideTheHysteresis() {
        assertThat(new WarningThresholds(5, 5, 5).level(3, 1, 1_000)).isEqualTo(2);
        assertThat(new WarningThresholds(5, 5, 5).level(3, 0, 1_000)).isZero();
        assertThat(WarningThresholds.DEFAULT.level(3, 0, 0)).isZero();
        assertThat(WarningThresholds.DEFAULT.level(0, 1, 0)).isEqualTo(3);
    }

    @Property(tries = 2_000, edgeCases = EdgeCasesMode.NONE)
    void shouldAgreeWithTheNaiveReference(
            @ForAll("thresholds") WarningThresholds thresholds,
            @ForAll @IntRange(max = 3) int level,
            @ForAll("usages") long[] usage) {
        int next = thresholds.level(level, usage[0], usage[1]);

        assertThat(next).isEqualTo(reference(thresholds, level, usage[0], usage[1]));
        assertThat(thresholds.level(next, usage[0], usage[1]))
                .as("a second look")
                .isEqualTo(next);
        assertThat(thresholds
                        .severity(usage[0], usage[1])
                        .map(severity -> List.of(QuotaSeverity.values()).indexOf(severity) + 1)
                        .orElse(0))
                .isLessThanOrEqualTo(next);
    }

    private static int reference(WarningThresholds thresholds, int level, long used, long limit) {
        int reached = 0;
        int next = level;
        for (int i = 1; i <= 3; i++) {
            if ((used != 0 || limit != 0) && share(used).compareTo(part(limit, thresholds, i, 0)) >= 0) {
                reached = i;
            }
        }
        next = Math.max(next, reached);
        while (next > reached
                && share(used).compareTo(part(limit, thresholds, next, thresholds.hysteresisPoints())) <= 0) {
            next--;
        }
        return next;
    }

    private static BigDecimal share(long used) {
        return BigDecimal.valueOf(used);
    }

    private static BigDecimal part(long limit, WarningThresholds thresholds, int level, int below) {
        int percent = level == 1 ? thresholds.warningPercent() : level == 2 ? thresholds.criticalPercent() : 100;
        return BigDecimal.valueOf(limit)
                .multiply(BigDecimal.valueOf(percent - below))
                .divide(HUNDRED);
    }

    @Provide
    Arbitrary<WarningThresholds> thresholds() {
        return Arbitraries.integers()
                .between(1, 100)
                .flatMap(warning -> Combinators.combine(
                                Arbitraries.integers().between(warning, 100),
                                Arbitraries.integers().between(0, warning))
                        .as((critical, hysteresis) -> new WarningThresholds(warning, critical, hysteresis)));
    }

    /** Usages and limits near a whole percentage of each other, where an error of 1 shows. */
    @Provide
    Arbitrary<long[]> usages() {
        Arbitrary<Long> limits = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 1_000), Arbitraries.longs().between(0, Long.MAX_VALUE));
        return Combinators.combine(
                        limits,
                        Arbitraries.integers().between(0, 120),
                        Arbitraries.longs().between(-1, 1))
                .as((limit, percent, off) -> {
                    BigDecimal near = BigDecimal.valueOf(limit)
                            .multiply(BigDecimal.valueOf(percent))
                            .divideToIntegralValue(HUNDRED)
                            .add(BigDecimal.valueOf(off));
                    long used = near.max(BigDecimal.ZERO)
                            .min(BigDecimal.valueOf(Long.MAX_VALUE))
                            .longValue();
                    return new long[] {used, limit};
                });
    }
}
