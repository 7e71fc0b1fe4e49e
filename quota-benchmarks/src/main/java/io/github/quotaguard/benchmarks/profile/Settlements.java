package io.github.quotaguard.benchmarks.profile;

import io.github.quotaguard.benchmarks.database.Site;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What an iteration has left to be settled, which it has to wait for; read by {@link SettlementProfiler}. */
public final class Settlements {

    private static final String UNSETTLED = "SELECT COUNT(*) FROM quota_ledger WHERE seq IS NULL";
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(1);

    /**
     * What was waited for.
     *
     * @param unsettled how many entries were left
     * @param nanos how long it took until they were settled
     */
    record Wait(long unsettled, long nanos) {}

    static volatile Wait last = new Wait(0, 0);

    private Settlements() {}

    /**
     * Waits until everything is settled.
     *
     * @param site Quotaguard's tables
     */
    public static void await(Site site) {
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
            last = new Wait(left, System.nanoTime() - began);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long unsettled(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(UNSETTLED)) {
            row.next();
            return row.getLong(1);
        }
    }
}
