package io.github.quotaguard.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * What was measured of a cell.
 *
 * @param cell the cell
 * @param values for each metric the rounds, in each the iterations
 */
record Measured(Cell cell, Map<Metric, List<double[]>> values) {

    private static final Map<String, Metric> SECONDARY = Map.of(
            "rate", Metric.THROUGHPUT,
            "p50", Metric.P50,
            "p99", Metric.P99,
            "p99.9", Metric.P999,
            "gc.alloc.rate.norm", Metric.ALLOCATED,
            "unsettled", Metric.UNSETTLED,
            "settlement", Metric.SETTLEMENT);

    /** Reads one element of JMH's JSON. */
    static Measured of(JsonNode json) {
        Map<Metric, List<double[]>> values = new EnumMap<>(Metric.class);
        json.path("secondaryMetrics").properties().forEach(entry -> {
            Metric metric = SECONDARY.get(entry.getKey());
            if (metric != null) {
                values.put(metric, rounds(entry.getValue()));
            }
        });
        Cell cell = cell(json);
        if (!values.containsKey(Metric.THROUGHPUT)) {
            List<double[]> nanos = rounds(json.path("primaryMetric"));
            values.put(Metric.TIME, nanos);
            values.put(Metric.THROUGHPUT, perSecond(nanos, cell.threads()));
        }
        return new Measured(cell, values);
    }

    /** Of an operation that takes 50 ns, two threads do 40 million a second. */
    private static List<double[]> perSecond(List<double[]> nanos, int threads) {
        return nanos.stream()
                .map(round ->
                        Arrays.stream(round).map(time -> threads * 1e9 / time).toArray())
                .toList();
    }

    List<double[]> of(Metric metric) {
        return Objects.requireNonNull(values.get(metric), () -> cell + " has no " + metric);
    }

    private static Cell cell(JsonNode json) {
        String[] name = json.path("benchmark").asText().split("\\.", -1);
        Cell cell = Cell.of(
                name[name.length - 2] + "." + name[name.length - 1],
                json.path("threads").asInt());
        for (Map.Entry<String, JsonNode> param : json.path("params").properties()) {
            cell = cell.with(param.getKey(), param.getValue().asText());
        }
        return cell;
    }

    private static List<double[]> rounds(JsonNode metric) {
        List<double[]> rounds = new ArrayList<>();
        for (JsonNode round : metric.path("rawData")) {
            rounds.add(IntStream.range(0, round.size())
                    .mapToDouble(i -> round.get(i).asDouble())
                    .toArray());
        }
        return rounds;
    }
}
