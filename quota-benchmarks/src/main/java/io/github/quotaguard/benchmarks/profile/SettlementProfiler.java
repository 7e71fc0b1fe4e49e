package io.github.quotaguard.benchmarks.profile;

import io.github.quotaguard.benchmarks.database.Database;
import io.github.quotaguard.benchmarks.database.Site;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Waits after each iteration until all that was committed in it is settled: {@code unsettled} says how much was left,
 * {@code settlement} how long that took, which is time of the iteration.
 */
public final class SettlementProfiler extends LatencyProfiler {

    private static final String UNSETTLED = "SELECT COUNT(*) FROM quota_ledger WHERE seq IS NULL";
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** For JMH, which creates it by its name. */
    public SettlementProfiler() {}

    @Override
    public String getDescription() {
        return super.getDescription() + ", with what was left to settle";
    }

    @Override
    List<ScalarResult> finish(BenchmarkParams benchmark) {
        return benchmark.getParam("contender").equals("quotaguard")
                ? untilSettled(Database.named(benchmark.getParam("database")).asItIs())
                : results(0, 0);
    }

    static List<ScalarResult> untilSettled(Site site) {
        try (Connection connection = DriverManager.getConnection(site.url());
                Statement statement = connection.createStatement()) {
            long began = System.nanoTime();
            long left = unsettled(statement);
            for (long now = left; now > 0; now = unsettled(statement)) {
                if (System.nanoTime() - began > TIMEOUT_NANOS) {
                    throw new IllegalStateException(now + " entries are not settled after a minute");
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
            return results(left, System.nanoTime() - began);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<ScalarResult> results(long unsettled, long nanos) {
        return List.of(result("unsettled", (double) unsettled, "entries"), result("settlement", nanos / 1e9, "s"));
    }

    private static long unsettled(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(UNSETTLED)) {
            row.next();
            return row.getLong(1);
        }
    }
}
