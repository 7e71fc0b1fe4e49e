package io.github.quotaguard.benchmarks.profile;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Adds what every operation of an iteration took, p50, p99 and p99.9, and how many of them there were in a second.
 *
 * <p>JMH's own throughput is the sum of what each thread did in its own time. Of many threads that queue for one row,
 * some begin late and do much in the short time that is left, so that the sum was found to be up to fifteen times what
 * was done. {@code rate} is all that was done by all the time that it took, from before the first thread began until
 * after the last one had ended and the benchmark had torn down its iteration.
 */
public class LatencyProfiler implements InternalProfiler {

    private static final double NANOS_IN_MICRO = 1e3;
    private static final double NANOS_IN_SECOND = 1e9;

    private long began;

    /** For JMH, which creates it by its name. */
    public LatencyProfiler() {}

    @Override
    public String getDescription() {
        return "how many operations there were, and what they took";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        Latencies.RECORDER.reset();
        began = System.nanoTime();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double seconds = (System.nanoTime() - began) / NANOS_IN_SECOND;
        Histogram nanos = Latencies.RECORDER.getIntervalHistogram();
        List<ScalarResult> results = new ArrayList<>(more());
        results.add(result("rate", nanos.getTotalCount() / seconds, "ops/s"));
        results.add(percentile(nanos, "p50", 50));
        results.add(percentile(nanos, "p99", 99));
        results.add(percentile(nanos, "p99.9", 99.9));
        return results;
    }

    /** Returns what else is to be told of the iteration. */
    List<ScalarResult> more() {
        return List.of();
    }

    private static ScalarResult percentile(Histogram nanos, String name, double percent) {
        return result(name, nanos.getValueAtPercentile(percent) / NANOS_IN_MICRO, "us/op");
    }

    static ScalarResult result(String name, double value, String unit) {
        return new ScalarResult(name, value, unit, AggregationPolicy.AVG);
    }
}
