package io.github.quotaguard.benchmarks.profile;

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
 * Adds p50, p99 and p99.9 of the operations' times to the throughput of the same iteration. Of all operations, while
 * JMH's SampleTime takes some, and says nothing of the throughput.
 */
public final class LatencyProfiler implements InternalProfiler {

    private static final double NANOS_IN_MICRO = 1_000;

    /** For JMH, which creates it by its name. */
    public LatencyProfiler() {}

    @Override
    public String getDescription() {
        return "percentiles of the operations' times";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        Latencies.RECORDER.reset();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        Histogram nanos = Latencies.RECORDER.getIntervalHistogram();
        return List.of(percentile(nanos, "p50", 50), percentile(nanos, "p99", 99), percentile(nanos, "p99.9", 99.9));
    }

    private static ScalarResult percentile(Histogram nanos, String name, double percent) {
        return new ScalarResult(
                name, nanos.getValueAtPercentile(percent) / NANOS_IN_MICRO, "us/op", AggregationPolicy.AVG);
    }
}
