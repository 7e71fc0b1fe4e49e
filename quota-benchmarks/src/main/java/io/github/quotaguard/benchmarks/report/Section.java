package io.github.quotaguard.benchmarks.report;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One table with its chart.
 *
 * @param title the heading
 * @param file the name of the chart's file
 * @param text what is compared
 * @param words which cells it shows
 * @param along the parameters along the chart's axis
 * @param beside the parameter whose values stand beside each other
 * @param metric what the chart shows
 */
record Section(
        String title, String file, String text, List<String> words, List<String> along, String beside, Metric metric) {

    private static final String RESERVE =
            "A tenant drawn at random, limits never reached. `bucket4j` and `floor` keep no"
                    + " record of an upload; `sumThenInsert` is not exact and slows down with every file.";
    private static final String GROWTH = "One thread.";

    static final List<Section> ALL = List.of(
            reserve("PostgreSQL, 1 tenant", "postgresql", 1),
            reserve("PostgreSQL, 5,000 tenants", "postgresql", 5_000),
            reserve("MariaDB, 1 tenant", "mariadb", 1),
            reserve("H2, 1 tenant", "h2", 1),
            new Section(
                    "The whole lifecycle of an upload",
                    "upload-lifecycle",
                    "Reserve, the file's row and the commit in one transaction, settled; by hand, the usage row locked, the"
                            + " file's row, the counters moved in one transaction. `otherWork` is the time, in ms, that the"
                            + " application's transaction takes for something else.",
                    List.of("UploadLifecycle"),
                    List.of("otherWork", "threads"),
                    "contender",
                    Metric.THROUGHPUT),
            new Section(
                    "Read of what an account uses",
                    "read-quota",
                    "`storageQuota` beside `SELECT SUM` from an index that has all it needs. One thread.",
                    List.of("ReadQuota"),
                    List.of("allocations"),
                    "method",
                    Metric.P50),
            growth("Growth: tenants", "tenants", "allocations=2", "depth=1"),
            growth("Growth: files of each tenant", "allocations", "allocations!=2"),
            growth("Growth: depth of the account", "depth", "allocations=2", "tenants=1000"),
            new Section(
                    "In memory",
                    "in-memory",
                    "A tenant for each thread. `describe` is the part of `reserve` and of `reserveAndCommit` that does without"
                            + " a store.",
                    List.of("InMemoryReserve"),
                    List.of("method"),
                    "threads",
                    Metric.TIME));

    private static Section reserve(String title, String database, int tenants) {
        return new Section(
                "Reserve: " + title,
                "reserve-%s-%d".formatted(database, tenants),
                RESERVE,
                List.of("JdbcReserve", "database=" + database, "tenants=" + tenants),
                List.of("threads"),
                "contender",
                Metric.THROUGHPUT);
    }

    private static Section growth(String title, String along, String... fixed) {
        return new Section(
                title,
                "growth-" + along,
                GROWTH,
                Stream.concat(Stream.of("CostOfGrowth"), Stream.of(fixed)).toList(),
                List.of(along),
                "method",
                Metric.P50);
    }

    /** Returns the parameters in which the cells differ. */
    static List<String> differing(List<Measured> cells) {
        Set<String> names = cells.stream()
                .flatMap(one -> one.cell().all().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        return names.stream()
                .filter(name -> cells.stream()
                                .map(one -> one.cell().value(name))
                                .distinct()
                                .count()
                        > 1)
                .toList();
    }

    /** Returns the cells that it shows, in the order of the chart's axis. */
    List<Measured> cells(Results results) {
        Comparator<Measured> order = along.stream()
                .map(param -> Comparator.comparingLong(
                        (Measured one) -> number(one.cell().value(param))))
                .reduce(Comparator::thenComparing)
                .orElseThrow();
        return results.matching(words).stream().sorted(order).toList();
    }

    /** What is no number stays where it is. */
    private static long number(String value) {
        return value.chars().allMatch(Character::isDigit) ? Long.parseLong(value) : 0;
    }

    /** Returns where a cell stands on the chart's axis. */
    String place(Measured one) {
        return along.stream()
                .map(param -> along.size() == 1
                        ? one.cell().value(param)
                        : param + " " + one.cell().value(param))
                .collect(Collectors.joining(", "));
    }
}
