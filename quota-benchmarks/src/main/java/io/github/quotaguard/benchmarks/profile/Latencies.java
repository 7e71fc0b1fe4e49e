package io.github.quotaguard.benchmarks.profile;

import org.HdrHistogram.Recorder;

/** The time of every operation of the iteration that runs in this process, read by {@link LatencyProfiler}. */
public final class Latencies {

    private static final int DIGITS = 3;

    static final Recorder RECORDER = new Recorder(DIGITS);

    private Latencies() {}

    /**
     * Records an operation that ends now.
     *
     * @param began what {@link System#nanoTime} was when it began
     */
    public static void since(long began) {
        RECORDER.recordValue(System.nanoTime() - began);
    }
}
