package io.github.quotaguard.benchmarks.contender;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Both counters of a tenant, locked by one statement and moved by another. */
final class UsageRows {

    private static final String LOCK = """
            SELECT used_bytes, max_bytes FROM storage_usage
            WHERE tenant = ? AND category IN ('', ?) ORDER BY category FOR UPDATE""";

    private static final String MOVE =
            "UPDATE storage_usage SET used_bytes = used_bytes + ? WHERE tenant = ? AND category IN ('', ?)";

    private UsageRows() {}

    static void lockAndCheck(Connection connection, String tenant, long bytes) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.setString(1, tenant);
            lock.setString(2, Contender.CATEGORY);
            try (ResultSet rows = lock.executeQuery()) {
                while (rows.next()) {
                    if (rows.getLong(1) > rows.getLong(2) - bytes) {
                        throw new IllegalStateException("no room for " + tenant);
                    }
                }
            }
        }
    }

    static void move(Connection connection, String tenant, long bytes) throws SQLException {
        try (PreparedStatement move = connection.prepareStatement(MOVE)) {
            move.setLong(1, bytes);
            move.setString(2, tenant);
            move.setString(3, Contender.CATEGORY);
            if (move.executeUpdate() != 2) {
                throw new IllegalStateException("no counters of " + tenant);
            }
        }
    }
}
