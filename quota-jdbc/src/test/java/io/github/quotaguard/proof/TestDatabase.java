package io.github.quotaguard.proof;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.engine.Constants;

/** A real database of its own for a test class, and its clock. */
public enum TestDatabase {
    H2 {
        @Override
        public HikariConfig connect() {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl("jdbc:h2:mem:quota" + NEXT.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
            return config;
        }

        @Override
        public String shifted(String column, Duration duration) {
            return "DATEADD('MICROSECOND', " + -duration.toNanos() / 1_000 + ", " + column + ")";
        }
    },

    POSTGRESQL {
        @Override
        public HikariConfig connect() {
            String name = "quota" + NEXT.incrementAndGet();
            execute(Server.POSTGRES.getPostgresDatabase(), "CREATE DATABASE " + name);
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(Server.POSTGRES.getJdbcUrl("postgres", name));
            return config;
        }

        @Override
        public String shifted(String column, Duration duration) {
            return column + " - interval '" + duration.toNanos() / 1_000 + " microseconds'";
        }
    };

    private static final AtomicInteger NEXT = new AtomicInteger();

    /** One server for all test classes; stopped by its own shutdown hook. */
    private static final class Server {

        static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder()
                        .setServerConfig("max_prepared_transactions", "100")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Makes a new database and describes how to connect to it. */
    public abstract HikariConfig connect();

    public abstract String shifted(String column, Duration duration);

    public static TestDatabase of(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName().equals("H2") ? H2 : POSTGRESQL;
    }

    /** Lets every statement of a transaction read one snapshot of all tables. */
    public void useSnapshots(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(
                this == H2 ? Constants.TRANSACTION_SNAPSHOT : Connection.TRANSACTION_REPEATABLE_READ);
    }

    /** Makes a new database with a pool. */
    public HikariDataSource pool(int size) {
        return pool(connect(), size);
    }

    public static HikariDataSource pool(HikariConfig config, int size) {
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(60_000);
        return new HikariDataSource(config);
    }

    /** Lets time pass for everything that is recorded: the database's clock goes on, so the records go back. */
    public void advance(DataSource dataSource, Duration duration) {
        execute(
                dataSource,
                "UPDATE quota_allocation SET born_at = %s, deadline = %s, since = %s, due_at = %s, retain_until = %s"
                        .formatted(
                                shifted("born_at", duration),
                                shifted("deadline", duration),
                                shifted("since", duration),
                                shifted("due_at", duration),
                                shifted("retain_until", duration)));
        execute(
                dataSource,
                "UPDATE quota_ledger SET recorded_at = %s, settled_at = %s"
                        .formatted(shifted("recorded_at", duration), shifted("settled_at", duration)));
        execute(dataSource, "UPDATE quota_usage SET updated_at = %s".formatted(shifted("updated_at", duration)));
    }

    public static void execute(DataSource dataSource, String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
