package io.github.quotaguard.benchmarks.contender;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.benchmarks.database.Site;
import java.sql.Connection;
import java.sql.SQLException;

/** By hand: the counters locked and checked, the file's row, the counters moved, in the application's transaction. */
final class HandmadeUploader implements Uploader {

    private final HikariDataSource pool;

    HandmadeUploader(Site site) {
        HandmadeTables.createUsage(site, 1);
        HandmadeTables.createFiles(site);
        pool = site.pool(CONNECTIONS, false);
    }

    @Override
    public void upload(String tenant, String file, long bytes, long workNanos) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            UsageRows.lockAndCheck(connection, tenant, bytes);
            HandmadeTables.insertFile(connection, tenant, file, bytes);
            Uploader.work(workNanos);
            UsageRows.move(connection, tenant, bytes);
            connection.commit();
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
