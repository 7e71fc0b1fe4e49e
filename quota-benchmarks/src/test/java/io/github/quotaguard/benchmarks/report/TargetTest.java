package io.github.quotaguard.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TargetTest {

    private final Target least = target(10, false);
    private final Target most = target(0.8, true);

    private static Target target(double bound, boolean isMost) {
        return new Target("", "", Metric.P50, List.of(), List.of(), bound, isMost);
    }

    @Test
    void shouldSayPlainlyWhetherItIsReached() {
        assertThat(least.verdict(new Estimate(12, 11, 13))).isEqualTo("reached");
        assertThat(least.verdict(new Estimate(8, 7, 9))).isEqualTo("**not reached**");
        assertThat(most.verdict(new Estimate(0.7, 0.6, 0.75))).isEqualTo("reached");
        assertThat(most.verdict(new Estimate(0.9, 0.85, 1))).isEqualTo("**not reached**");
    }

    @Test
    void shouldSayWhereTheIntervalIsNotOnOneSide() {
        assertThat(least.verdict(new Estimate(12, 9, 13))).isEqualTo("reached, though the interval is wider");
        assertThat(least.verdict(new Estimate(8, 7, 11))).isEqualTo("**not reached**, though the interval contains it");
        assertThat(most.verdict(new Estimate(0.7, 0.6, 0.9))).isEqualTo("reached, though the interval is wider");
        assertThat(most.verdict(new Estimate(0.9, 0.7, 1)))
                .isEqualTo("**not reached**, though the interval contains it");
    }
}
