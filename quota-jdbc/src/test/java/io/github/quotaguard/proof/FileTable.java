package io.github.quotaguard.proof;

import io.github.quotaguard.jdbc.SqlInventory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A table in which an application has its files, beside the store's: each row is a file. */
public final class FileTable {

    private static final String FILES =
            "SELECT account, file, category, size AS bytes, modified AS last_modified FROM stored"
                    + " WHERE (account = :account OR account LIKE concat(:account, '/%'))";

    private FileTable() {}

    /** Creates the table, in which ids are equal only byte for byte. */
    public static void create(DataSource dataSource, TestDatabase database) {
        String exact = switch (database) {
            case H2 -> "";
            case POSTGRESQL -> " COLLATE \"C\"";
            case MARIADB, MARIADB_SNAPSHOTS -> " CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin";
        };
        TestDatabase.execute(dataSource, """
                CREATE TABLE stored (account VARCHAR(255)%1$s NOT NULL, file VARCHAR(255)%1$s NOT NULL,
                    category VARCHAR(64)%1$s, size BIGINT NOT NULL, modified %2$s(6) NOT NULL,
                    PRIMARY KEY (file))""".formatted(exact, database.isMariaDb() ? "DATETIME" : "TIMESTAMP"));
    }

    /** Returns what the table says, with a query that reads all rows and one that looks for some. */
    public static SqlInventory inventory(DataSource dataSource) {
        return SqlInventory.builder(dataSource)
                .table(FILES, FILES + " AND file IN (:files)")
                .build();
    }

    /** Inserts the row of a file, in the caller's transaction. */
    public static void insert(
            Connection connection, String account, String file, @Nullable String category, long bytes, Instant modified)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO stored VALUES (?, ?, ?, ?, ?)")) {
            statement.setString(1, account);
            statement.setString(2, file);
            statement.setString(3, category);
            statement.setLong(4, bytes);
            statement.setObject(5, LocalDateTime.ofInstant(modified, ZoneOffset.UTC));
            statement.executeUpdate();
        }
    }

    /** Deletes the row of a file, in the caller's transaction; returns how many there were. */
    public static int delete(Connection connection, String file) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM stored WHERE file = ?")) {
            statement.setString(1, file);
            return statement.executeUpdate();
        }
    }
}
