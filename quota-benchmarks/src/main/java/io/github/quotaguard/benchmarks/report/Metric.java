package io.github.quotaguard.benchmarks.report;

/** What is measured of a cell in each iteration. */
enum Metric {
    THROUGHPUT("op/s", "operations per second, all threads together"),
    TIME("ns", "nanoseconds per operation"),
    P50("p50, µs", "microseconds, median"),
    P99("p99, µs", "microseconds, 99 % are faster"),
    P999("p99.9, µs", "microseconds, 99.9 % are faster"),
    ALLOCATED("bytes", "bytes allocated per operation"),
    UNSETTLED("unsettled", "entries that were left to settle when the iteration ended"),
    SETTLEMENT("settled in, s", "seconds until they were settled, part of the iteration");

    final String heading;
    final String meaning;

    Metric(String heading, String meaning) {
        this.heading = heading;
        this.meaning = meaning;
    }
}
