package io.github.quotaguard.benchmarks.run;

/**
 * How long one fork runs.
 *
 * @param warmups iterations that do not count
 * @param iterations iterations that do
 * @param millis how long each of both is
 */
record Pace(int warmups, int iterations, int millis) {

    /** What a fork needs besides: to start the virtual machine, to create tables, to close. */
    private static final double OVERHEAD_SECONDS = 2.5;

    double seconds() {
        return OVERHEAD_SECONDS + (warmups + iterations) * millis / 1_000.0;
    }
}
