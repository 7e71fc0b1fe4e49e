package io.github.quotaguard.benchmarks.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A figure that has to be reached: the ratio of two medians of one run.
 *
 * @param situation where it is compared
 * @param what what is compared with what
 * @param metric in which measure
 * @param numerator words that match the one cell
 * @param denominator words that match the other
 * @param bound the ratio to be reached
 * @param isMost whether that is the most allowed, and not the least
 */
record Target(
        String situation,
        String what,
        Metric metric,
        List<String> numerator,
        List<String> denominator,
        double bound,
        boolean isMost) {

    private static final String JDBC = "JdbcReserve.reserve database=postgresql ";
    private static final String HOT = JDBC + "tenants=1 threads=128 contender=";
    private static final String MANY = JDBC + "tenants=5000 threads=32 contender=";
    private static final String LONE = JDBC + "tenants=1 threads=1 contender=";
    private static final String LIFECYCLE = "UploadLifecycle.upload database=postgresql threads=32 otherWork=";
    private static final String MEMORY = "InMemoryReserve.";
    private static final String READ = "ReadQuota.";

    static final List<Target> ALL = List.of(
            least(10, "PostgreSQL, 1 tenant, 128 threads, reserve", HOT, "quotaguard", "bucket4j"),
            least(10, "", HOT, "quotaguard", "selectForUpdate"),
            least(10, "", HOT, "quotaguard", "guardedUpdate"),
            least(5, "", HOT, "quotaguard", "uncoalesced"),
            least(1.2, "PostgreSQL, 5,000 tenants, 32 threads, reserve", MANY, "quotaguard", "bucket4j"),
            least(1.2, "", MANY, "quotaguard", "guardedUpdate"),
            most(1.5, "PostgreSQL, 1 tenant, 1 thread, p50", Metric.P50, LONE, "quotaguard", "floor"),
            most(0.8, "", Metric.P50, LONE, "quotaguard", "guardedUpdate"),
            least(3, "Whole lifecycle, 1 tenant, 32 threads", LIFECYCLE + "0 contender=", "quotaguard", "byHand"),
            least(20, "The same with 5 ms of other work", LIFECYCLE + "5 contender=", "quotaguard", "byHand"),
            most(
                    5,
                    "In memory, time",
                    Metric.TIME,
                    MEMORY,
                    "reserveAndCommit threads=1",
                    "bucket4jTryConsume threads=1"),
            most(1, "", Metric.TIME, MEMORY, "refuse threads=1", "bucket4jTryConsume threads=1"),
            most(1, "", Metric.TIME, MEMORY, "storageQuota threads=1", "bucket4jTryConsume threads=1"),
            least(
                    1.8,
                    "In memory, a tenant for each thread",
                    MEMORY,
                    "reserveAndCommit threads=2",
                    "reserveAndCommit threads=1"),
            most(
                    1.1,
                    "Read of what an account uses, p50",
                    Metric.P50,
                    READ,
                    "storageQuota allocations=1000000",
                    "storageQuota allocations=100"),
            most(1 / 500.0, "", Metric.P50, READ, "storageQuota allocations=1000000", "selectSum allocations=1000000"));

    private static Target least(double bound, String situation, String where, String numerator, String denominator) {
        return of(bound, situation, Metric.THROUGHPUT, where, numerator, denominator, false);
    }

    private static Target most(
            double bound, String situation, Metric metric, String where, String numerator, String denominator) {
        return of(bound, situation, metric, where, numerator, denominator, true);
    }

    private static Target of(
            double bound,
            String situation,
            Metric metric,
            String where,
            String numerator,
            String denominator,
            boolean isMost) {
        return new Target(
                situation,
                "`%s` : `%s`".formatted(numerator, denominator),
                metric,
                List.of((where + numerator).split(" ")),
                List.of((where + denominator).split(" ")),
                bound,
                isMost);
    }

    Optional<Estimate> estimate(Results results) {
        return results.find(metric, numerator)
                .flatMap(above -> results.find(metric, denominator).map(below -> Estimate.ratio(above, below)));
    }

    /** Says whether an estimate reaches the bound, and whether its whole interval says so. */
    String verdict(Estimate estimate) {
        if (!reaches(estimate.value())) {
            return reaches(isMost ? estimate.low() : estimate.high())
                    ? "**not reached**, though the interval contains it"
                    : "**not reached**";
        }
        return reaches(isMost ? estimate.high() : estimate.low()) ? "reached" : "reached, though the interval is wider";
    }

    private boolean reaches(double ratio) {
        return isMost ? ratio <= bound : ratio >= bound;
    }

    String boundText() {
        String number = bound < 0.1 ? "1/%.0f".formatted(1 / bound) : String.format(Locale.ROOT, "%.1f", bound);
        return (isMost ? "≤ " : "≥ ") + number;
    }
}
