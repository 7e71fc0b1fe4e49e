package io.github.quotaguard.benchmarks.contender;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.benchmarks.database.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * By hand: the sum of the files, then an INSERT, as many home-grown systems do. No lock: two that look at the same time
 * may both pass the limit. It begins with no files, and every one makes the next sum longer.
 */
final class SumThenInsert implements Contender {

    private static final String SUM = """
            SELECT SUM(bytes), SUM(CASE WHEN category = ? THEN bytes ELSE 0 END)
            FROM file_reservation WHERE tenant = ?""";

    private final HikariDataSource pool;

    SumThenInsert(Site site) {
        HandmadeTables.createFiles(site);
        HandmadeTables.indexSums(site);
        pool = site.pool(CONNECTIONS, true);
    }

    @Override
    public void reserve(String tenant, String file, long bytes) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            check(connection, tenant, bytes);
            HandmadeTables.insertFile(connection, tenant, file, bytes);
        }
    }

    private static void check(Connection connection, String tenant, long bytes) throws SQLException {
        try (PreparedStatement sum = connection.prepareStatement(SUM)) {
            sum.setString(1, CATEGORY);
            sum.setString(2, tenant);
            try (ResultSet row = sum.executeQuery()) {
                row.next();
                if (row.getLong(1) > PLENTY - bytes || row.getLong(2) > PLENTY - bytes) {
                    throw new IllegalStateException("no room for " + tenant);
                }
            }
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
