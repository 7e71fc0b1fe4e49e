package io.github.quotaguard.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of a cell.
 *
 * @param cell the cell
 * @param values for each metric the rounds, in each the iterations
 */
record Measured(Cell cell, Map<Metric, List<double[]>> values) {

    private static final Map<String, Metric> SECONDARY = Map.of(
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
        List<double[]> scores = rounds(json.path("primaryMetric"));
        if (json.path("mode").asText().equals("avgt")) {
            values.put(Metric.TIME, scores);
            values.put(
                    Metric.THROUGHPUT, each(scores, (round, i) -> cell.threads() * 1e9 / scores.get(round)[i]));
        } else {
            values.put(
                    Metric.THROUGHPUT,
                    untilSettled(scores, values.get(Metric.SETTLEMENT), seconds(json.path("measurementTime"))));
        }
        return new Measured(cell, values);
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

    /** As JMH writes it: {@code 1 s} or {@code 300 ms}. */
    private static double seconds(JsonNode time) {
        String[] parts = time.asText().split(" ", 2);
        return Double.parseDouble(parts[0]) / (parts[1].equals("ms") ? 1_000 : 1);
    }

    /**
     * Takes the time that was needed to settle what an iteration has left as time of that iteration: 1,000 op/s in one
     * second, and a quarter of a second until all is settled, are 800 op/s.
     */
    private static List<double[]> untilSettled(
            List<double[]> scores, @Nullable List<double[]> settlement, double seconds) {
        if (settlement == null) {
            return scores;
        }
        return each(scores, (round, i) -> scores.get(round)[i] * seconds / (seconds + settlement.get(round)[i]));
    }

    private interface Value {
        double of(int round, int iteration);
    }

    private static List<double[]> each(List<double[]> like, Value value) {
        return IntStream.range(0, like.size())
                .mapToObj(round -> IntStream.range(0, like.get(round).length)
                        .mapToDouble(i -> value.of(round, i))
                        .toArray())
                .toList();
    }
}
