package io.github.quotaguard.benchmarks.report;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * A figure with the interval in which it would lie in 95 % of repetitions. By the bootstrap, in two steps as the values
 * came about: rounds are drawn with replacement, then iterations within each. Contenders that took turns are drawn by the
 * same rounds, so that a slow minute of the machine does not widen the interval of their ratio.
 *
 * @param value the figure of what was measured
 * @param low the lower end
 * @param high the upper end
 */
record Estimate(double value, double low, double high) {

    private static final int REPETITIONS = 2_000;
    private static final double TAIL = 0.025;
    private static final long SEED = 1;

    /** One way to draw from what was measured. */
    private interface Draw {
        List<double[]> of(List<double[]> measured);
    }

    /** Estimates the median: that of 1, 2 and 9 is 2. */
    static Estimate median(List<double[]> rounds) {
        return estimate(draw -> middle(draw.of(rounds)));
    }

    /** Estimates the ratio of two medians: that of 10, 20, 30 to 4, 5, 6 is 4. */
    static Estimate ratio(List<double[]> rounds, List<double[]> of) {
        return estimate(draw -> middle(draw.of(rounds)) / middle(draw.of(of)));
    }

    private static Estimate estimate(ToDoubleFunction<Draw> figure) {
        SplittableRandom random = new SplittableRandom(SEED);
        double[] repeated = new double[REPETITIONS];
        for (int i = 0; i < REPETITIONS; i++) {
            long rounds = random.nextLong();
            repeated[i] = figure.applyAsDouble(measured -> redrawn(measured, new SplittableRandom(rounds), random));
        }
        Arrays.sort(repeated);
        return new Estimate(
                figure.applyAsDouble(measured -> measured),
                repeated[(int) (REPETITIONS * TAIL)],
                repeated[(int) (REPETITIONS * (1 - TAIL))]);
    }

    private static List<double[]> redrawn(
            List<double[]> measured, SplittableRandom rounds, SplittableRandom iterations) {
        return measured.stream()
                .map(any -> measured.get(rounds.nextInt(measured.size())))
                .map(round -> Arrays.stream(round)
                        .map(any -> round[iterations.nextInt(round.length)])
                        .toArray())
                .toList();
    }

    private static double middle(List<double[]> rounds) {
        double[] sorted =
                rounds.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
