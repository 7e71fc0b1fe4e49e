package io.github.quotaguard.benchmarks.contender;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.benchmarks.database.Site;
import java.sql.Connection;
import java.sql.SQLException;

/** By hand: SELECT … FOR UPDATE of both counters, a look at what is left, UPDATE and INSERT, in one transaction. */
final class SelectForUpdate implements Contender {

    private final HikariDataSource pool;

    SelectForUpdate(Site site, int tenants) {
        HandmadeTables.createUsage(site, tenants);
        HandmadeTables.createFiles(site);
        pool = site.pool(CONNECTIONS, false);
    }

    @Override
    public void reserve(String tenant, String file, long bytes) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            UsageRows.lockAndCheck(connection, tenant, bytes);
            UsageRows.move(connection, tenant, bytes);
            HandmadeTables.insertFile(connection, tenant, file, bytes);
            connection.commit();
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
