package io.github.quotaguard.benchmarks.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quotaguard.benchmarks.contender.Uploader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.Result;

class LatencyProfilerTest {

    private final LatencyProfiler profiler = new LatencyProfiler();

    @Test
    void shouldTellThePercentilesOfOneIteration() {
        Latencies.since(System.nanoTime() - 5_000_000_000L);
        profiler.beforeIteration(null, null);
        for (int millis = 1; millis <= 1_000; millis++) {
            Latencies.RECORDER.recordValue(millis * 1_000_000L);
        }

        List<Result<?>> results = new ArrayList<>(profiler.afterIteration(null, null, null));

        assertThat(results).extracting(Result::getLabel).containsExactly("rate", "p50", "p99", "p99.9");
        assertThat(results.get(1).getScore()).isCloseTo(500_000, within(1_000.0));
        assertThat(results.get(2).getScore()).isCloseTo(990_000, within(1_000.0));
        assertThat(results.get(3).getScore()).isCloseTo(999_000, within(1_000.0));
    }

    @Test
    void shouldDivideAllThatWasDoneByAllTheTimeItTook() {
        profiler.beforeIteration(null, null);
        Latencies.since(System.nanoTime());
        Uploader.work(50_000_000);

        Result<?> rate = profiler.afterIteration(null, null, null).iterator().next();

        assertThat(rate.getScore()).isBetween(0.1, 20.0);
    }
}
