package io.github.quotaguard.benchmarks.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * One database on a server.
 *
 * @param database of which kind
 * @param url where it is
 */
public record Site(Database database, String url) {

    private static final long CONNECTION_TIMEOUT_MILLIS = 60_000;

    /**
     * Opens a pool whose connections are all there from the start.
     *
     * @param connections how many
     * @param autoCommit whether each statement is a transaction of its own
     * @return the pool
     */
    public HikariDataSource pool(int connections, boolean autoCommit) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(connections);
        config.setAutoCommit(autoCommit);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        return new HikariDataSource(config);
    }

    /**
     * Executes statements, each in a transaction of its own.
     *
     * @param statements in their order
     */
    public void execute(List<String> statements) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(String.join("; ", statements), e);
        }
    }

    /**
     * Returns a table of numbers {@code n}, to be selected from.
     *
     * @param from the first
     * @param to the last
     * @return the text for a FROM clause
     */
    public String numbers(long from, long to) {
        return database.numbers(from, to);
    }

    /** Lets the database do now what it would do later: vacuum, gather statistics, write what is dirty. */
    public void rest() {
        execute(database.restful());
    }
}
