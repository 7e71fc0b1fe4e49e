package io.github.quotaguard.benchmarks.contender;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.benchmarks.database.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** One bare UPDATE of one counter, which commits itself: nothing that is durable and exact costs less. No record. */
final class Floor implements Contender {

    private static final String CHARGE = """
            UPDATE storage_usage SET used_bytes = used_bytes + ?
            WHERE tenant = ? AND category = '' AND used_bytes <= max_bytes - ?""";

    private final HikariDataSource pool;

    Floor(Site site, int tenants) {
        HandmadeTables.createUsage(site, tenants);
        pool = site.pool(CONNECTIONS, true);
    }

    @Override
    public void reserve(String tenant, String file, long bytes) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement charge = connection.prepareStatement(CHARGE)) {
            charge.setLong(1, bytes);
            charge.setString(2, tenant);
            charge.setLong(3, bytes);
            if (charge.executeUpdate() != 1) {
                throw new IllegalStateException("no room for " + file);
            }
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
