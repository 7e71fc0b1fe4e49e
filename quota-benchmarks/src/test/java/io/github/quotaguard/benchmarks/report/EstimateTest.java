package io.github.quotaguard.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EstimateTest {

    @Test
    void shouldTakeTheMedianOfAllIterations() {
        assertThat(Estimate.median(List.of(new double[] {1, 9}, new double[] {2}))
                        .value())
                .isEqualTo(2);
        assertThat(Estimate.median(List.of(new double[] {1, 2, 3, 9})).value()).isEqualTo(2.5);
    }

    @Test
    void shouldDivideMedians() {
        Estimate ratio = Estimate.ratio(
                List.of(new double[] {10, 20}, new double[] {30}), List.of(new double[] {4, 6}, new double[] {5}));

        assertThat(ratio.value()).isEqualTo(4);
    }

    @Test
    void shouldHaveNoWidthWhereNothingVaries() {
        Estimate ratio = Estimate.ratio(
                List.of(new double[] {6, 6}, new double[] {6, 6}), List.of(new double[] {2, 2}, new double[] {2, 2}));

        assertThat(ratio).isEqualTo(new Estimate(3, 3, 3));
    }

    @Test
    void shouldReachFromTheLowestToTheHighestOfThreeThatDiffer() {
        // All three draws are of one round in 3 of 27 cases: more than the 2.5 % at each end.
        Estimate median = Estimate.median(List.of(new double[] {1}, new double[] {5}, new double[] {100}));

        assertThat(median).isEqualTo(new Estimate(5, 1, 100));
    }

    @Test
    void shouldNotTakeASlowRoundOfBothForNoise() {
        Estimate ratio = Estimate.ratio(
                List.of(new double[] {10}, new double[] {20}, new double[] {50}),
                List.of(new double[] {1}, new double[] {2}, new double[] {5}));

        assertThat(ratio).isEqualTo(new Estimate(10, 10, 10));
    }

    @Test
    void shouldContainTheTrueMedianInAboutNineteenOfTwentyRuns() {
        SplittableRandom random = new SplittableRandom(7);
        int runs = 40;
        int contained = 0;
        for (int run = 0; run < runs; run++) {
            double[] iterations = random.doubles(30).toArray();
            Estimate median = Estimate.median(List.of(iterations));
            if (median.low() <= 0.5 && 0.5 <= median.high()) {
                contained++;
            }
        }

        assertThat(contained / (double) runs).isCloseTo(0.95, within(0.05));
    }
}
