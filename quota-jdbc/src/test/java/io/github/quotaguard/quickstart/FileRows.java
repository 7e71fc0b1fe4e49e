package io.github.quotaguard.quickstart;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The application's own table of its files. Every method works in the transaction that the connection has open. */
final class FileRows {

    private FileRows() {}

    static void createTable(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS files (
                        tenant   VARCHAR(128)  NOT NULL,
                        file     VARCHAR(255)  NOT NULL,
                        location VARCHAR(1024) NOT NULL,
                        bytes    BIGINT        NOT NULL,
                        PRIMARY KEY (tenant, file)
                    )""");
        }
    }

    /**
     * Writes the row of a file.
     *
     * @return where the bytes of its former row are
     */
    static Optional<String> put(Connection connection, IncomingFile file, long bytes) throws SQLException {
        Optional<String> former = location(connection, file);
        try (PreparedStatement statement = connection.prepareStatement(
                "MERGE INTO files (tenant, file, location, bytes) KEY (tenant, file) VALUES (?, ?, ?, ?)")) {
            statement.setString(1, file.account().tenant());
            statement.setString(2, file.file());
            statement.setString(3, file.location());
            statement.setLong(4, bytes);
            statement.executeUpdate();
        }
        return former;
    }

    private static Optional<String> location(Connection connection, IncomingFile file) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT location FROM files WHERE tenant = ? AND file = ?")) {
            statement.setString(1, file.account().tenant());
            statement.setString(2, file.file());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
            }
        }
    }

    static Tally tally(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM files")) {
            rows.next();
            return new Tally(rows.getLong(1), rows.getLong(2));
        }
    }

    static List<String> tenants(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT DISTINCT tenant FROM files")) {
            List<String> tenants = new ArrayList<>();
            while (rows.next()) {
                tenants.add(rows.getString(1));
            }
            return tenants;
        }
    }
}
