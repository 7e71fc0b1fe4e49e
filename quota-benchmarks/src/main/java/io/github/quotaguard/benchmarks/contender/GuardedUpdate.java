package io.github.quotaguard.benchmarks.contender;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.benchmarks.database.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** By hand: one UPDATE of both counters that says what has to be left, then an INSERT, in one transaction. */
final class GuardedUpdate implements Contender {

    private static final String CHARGE = """
            UPDATE storage_usage SET used_bytes = used_bytes + ?
            WHERE tenant = ? AND category IN ('', ?) AND used_bytes <= max_bytes - ?""";

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
                charge.setLong(1, bytes);
                charge.setString(2, tenant);
                charge.setString(3, CATEGORY);
                charge.setLong(4, bytes);
                if (charge.executeUpdate() != 2) {
                    throw new IllegalStateException("no room for " + file);
                }
            }
            HandmadeTables.insertFile(connection, tenant, file, bytes);
            connection.commit();
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
