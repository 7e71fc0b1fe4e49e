package io.github.quotaguard.benchmarks.report;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes RESULTS.md and its charts: ratios first, since machines differ, then on what they were measured, then every
 * figure. Everything comes from the results and from {@code environment.json} beside them, but for the notes.
 */
public final class Report {

    private static final String INTRODUCTION = """
            # Results

            Written by `java -jar quota-benchmarks/target/benchmarks.jar`; not to be edited.

            ## What it has to show

            Ratios of medians of one run, with their 95 % intervals (bootstrap over rounds, and iterations within them).
            Machines differ, ratios less.
            """;

    private static final String HOW = """
            Each figure is the median over all iterations of all rounds, with its 95 % interval. Throughput is all that was
            done in an iteration by all the time that it took, what was left to settle included; percentiles are of every
            operation of an iteration.
            """;

    private final Results results;
    private final Map<String, Map<String, String>> environment;
    private final Path directory;
    private final StringBuilder page = new StringBuilder();

    private Report(Results results, Map<String, Map<String, String>> environment, Path directory) {
        this.results = results;
        this.environment = environment;
        this.directory = directory;
    }

    /**
     * Writes the page into the directory above that of the results, and its charts beside them.
     *
     * @param json JMH's results, with {@code environment.json} beside them; {@code NOTES.md} in the directory above is
     *     made part of the page if it is there
     * @return the page
     * @throws IOException if a file can not be read or written
     */
    public static Path write(Path json) throws IOException {
        Path directory = Objects.requireNonNull(json.toAbsolutePath().getParent());
        Map<String, Map<String, String>> environment = new ObjectMapper()
                .readValue(directory.resolve("environment.json").toFile(), new TypeReference<>() {});
        return new Report(Results.read(json), environment, directory).write();
    }

    private Path write() throws IOException {
        page.append(INTRODUCTION);
        targets();
        Path notes = directory.resolveSibling("NOTES.md");
        if (Files.exists(notes)) {
            page.append('\n').append(Files.readString(notes));
        }
        environment.forEach(this::describe);
        page.append("\n## Figures\n\n").append(HOW);
        for (Section section : Section.ALL) {
            List<Measured> cells = section.cells(results);
            if (!cells.isEmpty()) {
                show(section, cells);
            }
        }
        return Files.writeString(directory.resolveSibling("RESULTS.md"), page);
    }

    private void targets() {
        row(List.of("", "ratio", "measured", "to be reached", ""));
        row(Collections.nCopies(5, "---"));
        for (Target target : Target.ALL) {
            Optional<Estimate> estimate = target.estimate(results);
            row(List.of(
                    target.situation(),
                    target.what(),
                    estimate.map(Report::withInterval).orElse("–"),
                    target.boundText(),
                    estimate.map(target::verdict).orElse("not measured in this run")));
        }
    }

    private void describe(String title, Map<String, String> values) {
        page.append("\n## ").append(title).append("\n");
        row(List.of("", ""));
        row(List.of("---", "---"));
        values.forEach((name, value) -> row(List.of(name, value)));
    }

    private void show(Section section, List<Measured> cells) throws IOException {
        String chart = section.file() + ".svg";
        Chart.write(section, cells, directory.resolve(chart));
        page.append("\n### %s\n\n%s\n\n![%1$s](%s/%s)\n"
                .formatted(section.title(), section.text(), directory.getFileName(), chart));
        List<String> params = Section.differing(cells);
        List<Metric> metrics = Stream.of(Metric.values())
                .filter(metric -> cells.stream().anyMatch(one -> one.values().containsKey(metric)))
                .toList();
        row(Stream.concat(params.stream(), metrics.stream().map(metric -> metric.heading))
                .toList());
        row(Collections.nCopies(params.size() + metrics.size(), "---"));
        for (Measured one : cells) {
            List<String> columns = new ArrayList<>();
            params.forEach(param -> columns.add(one.cell().value(param)));
            metrics.forEach(metric -> columns.add(figure(one, metric)));
            row(columns);
        }
    }

    private static String figure(Measured one, Metric metric) {
        return one.values().containsKey(metric) ? withInterval(Estimate.median(one.of(metric))) : "";
    }

    private void row(List<String> columns) {
        if (page.charAt(page.length() - 2) != '|') {
            page.append('\n');
        }
        page.append(columns.stream().collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    private static String withInterval(Estimate estimate) {
        return "%s (%s–%s)".formatted(number(estimate.value()), number(estimate.low()), number(estimate.high()));
    }

    /** Three digits, or all that stand before the point. */
    private static String number(double value) {
        double size = Math.abs(value);
        int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 5;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
