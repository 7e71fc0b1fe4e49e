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
    H2,

    POSTGRESQL,

    /** With {@code innodb_snapshot_isolation} off, which is the default before 11.6. */
    MARIADB,

    /** With {@code innodb_snapshot_isolation} on, which is the default from 11.6. */
    MARIADB_SNAPSHOTS;

    private static final AtomicInteger NEXT = new AtomicInteger();

    private static final class MariaDb {
        static final int PORT = MariaDbServer.start();
    }

    /** One server for all test classes; stopped by its own shutdown hook. */
    private static final class Postgres {

        static final EmbeddedPostgres SERVER = start();

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
    public HikariConfig connect() {
        String name = "quota" + NEXT.incrementAndGet();
        return switch (this) {
            case H2 -> at("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1");
            case POSTGRESQL -> {
                execute(Postgres.SERVER.getPostgresDatabase(), "CREATE DATABASE " + name);
                yield at(Postgres.SERVER.getJdbcUrl("postgres", name));
            }
            case MARIADB, MARIADB_SNAPSHOTS ->
                at(
                        "jdbc:mariadb://localhost:%d/%s?user=root&createDatabaseIfNotExist=true&sessionVariables=innodb_snapshot_isolation=%s"
                                .formatted(MariaDb.PORT, name, this == MARIADB ? "OFF" : "ON"));
        };
    }

    private static HikariConfig at(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        return config;
    }

    public String shifted(String column, Duration duration) {
        long micros = duration.toNanos() / 1_000;
        return switch (this) {
            case H2 -> "DATEADD('MICROSECOND', " + -micros + ", " + column + ")";
            case POSTGRESQL -> column + " - interval '" + micros + " microseconds'";
            case MARIADB, MARIADB_SNAPSHOTS -> column + " - INTERVAL " + micros + " MICROSECOND";
        };
    }

    /** Returns the statement that bounds a session's waits for locks; MariaDB counts in whole seconds. */
    public String lockTimeout(Duration timeout) {
        return switch (this) {
            case H2 -> "SET LOCK_TIMEOUT " + timeout.toMillis();
            case POSTGRESQL -> "SET lock_timeout = " + timeout.toMillis();
            case MARIADB, MARIADB_SNAPSHOTS -> "SET SESSION innodb_lock_wait_timeout = " + timeout.toSeconds();
        };
    }

    /** Returns the query for that bound. */
    public String readLockTimeout() {
        return switch (this) {
            case H2 -> "CALL LOCK_TIMEOUT()";
            case POSTGRESQL -> "SELECT setting FROM pg_settings WHERE name = 'lock_timeout'";
            case MARIADB, MARIADB_SNAPSHOTS -> "SELECT @@innodb_lock_wait_timeout";
        };
    }

    public boolean isMariaDb() {
        return this == MARIADB || this == MARIADB_SNAPSHOTS;
    }

    public static TestDatabase of(Connection connection) throws SQLException {
        return switch (connection.getMetaData().getDatabaseProductName()) {
            case "H2" -> H2;
            case "PostgreSQL" -> POSTGRESQL;
            default -> MARIADB;
        };
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

    /** The schema, if it is another, and what the names of the tables begin with. */
    public static final String TABLES = "quota_";

    public void advance(DataSource dataSource, Duration duration) {
        advance(dataSource, TABLES, duration);
    }

    /** Lets time pass for everything that is recorded: the database's clock goes on, so the records go back. */
    public void advance(DataSource dataSource, String tables, Duration duration) {
        execute(
                dataSource,
                "UPDATE %sallocation SET born_at = %s, deadline = %s, since = %s, due_at = %s, retain_until = %s"
                        .formatted(
                                tables,
                                shifted("born_at", duration),
                                shifted("deadline", duration),
                                shifted("since", duration),
                                shifted("due_at", duration),
                                shifted("retain_until", duration)));
        advanceLedger(
                dataSource,
                tables + "ledger",
                "SET recorded_at = %s, settled_at = %s"
                        .formatted(shifted("recorded_at", duration), shifted("settled_at", duration)));
        execute(
                dataSource,
                "UPDATE %swarning SET raised_at = %s, claimed_until = %s"
                        .formatted(tables, shifted("raised_at", duration), shifted("claimed_until", duration)));
        execute(
                dataSource,
                "UPDATE %srepair SET leased_until = %s, checked_at = %s"
                        .formatted(tables, shifted("leased_until", duration), shifted("checked_at", duration)));
        execute(
                dataSource,
                "UPDATE %scleanup SET claimed_until = %s".formatted(tables, shifted("claimed_until", duration)));
        execute(
                dataSource,
                "UPDATE %susage SET updated_at = %s, grace_until = %s"
                        .formatted(tables, shifted("updated_at", duration), shifted("grace_until", duration)));
    }

    private void advanceLedger(DataSource dataSource, String ledger, String assignments) {
        if (isMariaDb()) {
            advanceVisibleEntries(dataSource, ledger, assignments);
        } else {
            execute(dataSource, "UPDATE " + ledger + " " + assignments);
        }
    }

    /** To update a whole table of MariaDB's would wait for the rows that others have not committed. */
    private static void advanceVisibleEntries(DataSource dataSource, String ledger, String assignments) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            statement.execute("CREATE OR REPLACE TEMPORARY TABLE visible AS"
                    + " SELECT tenant, file, version, generation, phase FROM " + ledger);
            statement.execute("UPDATE visible STRAIGHT_JOIN %s USING (tenant, file, version, generation, phase) %s"
                    .formatted(ledger, assignments));
            statement.execute("DROP TEMPORARY TABLE visible");
            commit(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void execute(DataSource dataSource, String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            commit(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Commits what a pool without auto-commit would roll back. */
    private static void commit(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.commit();
        }
    }
}
