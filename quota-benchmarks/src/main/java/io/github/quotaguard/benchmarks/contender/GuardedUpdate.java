package io.github.quotaguard.benchmarks.contender;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.benchmarks.database.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;

/**
 * By hand: UPDATEs of both counters that say what has to be left, then an INSERT, in one transaction. The UPDATEs are
 * sent together, the total's first: one UPDATE of both rows locks them in any order and was found to deadlock.
 */
final class GuardedUpdate implements Contender {

    private static final String CHARGE = """
            UPDATE storage_usage SET used_bytes = used_bytes + ?
            WHERE tenant = ? AND category = ? AND used_bytes <= max_bytes - ?""";

    private static final int[] BOTH = {1, 1};

    private final HikariDataSource pool;

    GuardedUpdate(Site site, int tenants) {
        HandmadeTables.createUsage(site, tenants);
        HandmadeTables.createFiles(site);
        pool = site.pool(CONNECTIONS, false);
    }

    @Override
    public void reserve(String tenant, String file, long bytes) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            try (PreparedStatement charge = connection.prepareStatement(CHARGE)) {
                charge(charge, tenant, "", bytes);
                charge(charge, tenant, CATEGORY, bytes);
                if (!Arrays.equals(charge.executeBatch(), BOTH)) {
                    throw new IllegalStateException("no room for " + file);
                }
            }
            HandmadeTables.insertFile(connection, tenant, file, bytes);
            connection.commit();
        }
    }

    private static void charge(PreparedStatement charge, String tenant, String category, long bytes)
            throws SQLException {
        charge.setLong(1, bytes);
        charge.setString(2, tenant);
        charge.setString(3, category);
        charge.setLong(4, bytes);
        charge.addBatch();
    }

    @Override
    public void close() {
        pool.close();
    }
}
