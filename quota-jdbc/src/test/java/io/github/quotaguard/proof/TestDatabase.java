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

        @Override
        public String lockTimeout(Duration timeout) {
            return "SET LOCK_TIMEOUT " + timeout.toMillis();
        }

        @Override
        public String readLockTimeout() {
            return "CALL LOCK_TIMEOUT()";
        }
    },

    POSTGRESQL {
        @Override
        public HikariConfig connect() {
            String name = "quota" + NEXT.incrementAndGet();
            execute(Postgres.SERVER.getPostgresDatabase(), "CREATE DATABASE " + name);
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(Postgres.SERVER.getJdbcUrl("postgres", name));
            return config;
        }

        @Override
        public String shifted(String column, Duration duration) {
            return column + " - interval '" + duration.toNanos() / 1_000 + " microseconds'";
        }

        @Override
        public String lockTimeout(Duration timeout) {
            return "SET lock_timeout = " + timeout.toMillis();
        }

        @Override
        public String readLockTimeout() {
            return "SELECT setting FROM pg_settings WHERE name = 'lock_timeout'";
        }
    },

    /** With {@code innodb_snapshot_isolation} off, which is the default before 11.6. */
    MARIADB {
        @Override
        public HikariConfig connect() {
            return connectToMariaDb("OFF");
        }

        @Override
        public String shifted(String column, Duration duration) {
            return column + " - INTERVAL " + duration.toNanos() / 1_000 + " MICROSECOND";
        }

        @Override
        public String lockTimeout(Duration timeout) {
            return "SET SESSION innodb_lock_wait_timeout = " + timeout.toSeconds();
        }

        @Override
        public String readLockTimeout() {
            return "SELECT @@innodb_lock_wait_timeout";
        }

        @Override
        void advanceLedger(DataSource dataSource, String ledger, String assignments) {
            advanceVisibleEntries(dataSource, ledger, assignments);
        }
    },

    /** With {@code innodb_snapshot_isolation} on, which is the default from 11.6. */
    MARIADB_SNAPSHOTS {
        @Override
        public HikariConfig connect() {
            return connectToMariaDb("ON");
        }

        @Override
        public String shifted(String column, Duration duration) {
            return MARIADB.shifted(column, duration);
        }

        @Override
        public String lockTimeout(Duration timeout) {
            return MARIADB.lockTimeout(timeout);
        }

        @Override
        public String readLockTimeout() {
            return MARIADB.readLockTimeout();
        }

        @Override
        void advanceLedger(DataSource dataSource, String ledger, String assignments) {
            advanceVisibleEntries(dataSource, ledger, assignments);
        }
    };

    private static final AtomicInteger NEXT = new AtomicInteger();

    private static HikariConfig connectToMariaDb(String snapshotIsolation) {
        String server = "jdbc:mariadb://localhost:" + MariaDb.PORT + "/";
        String user = "?user=root&sessionVariables=innodb_snapshot_isolation=" + snapshotIsolation;
        String name = "quota" + NEXT.incrementAndGet();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server + user);
        try (HikariDataSource pool = pool(config, 1)) {
            execute(pool, "CREATE DATABASE " + name);
        }
        HikariConfig made = new HikariConfig();
        made.setJdbcUrl(server + name + user);
        return made;
    }

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
    public abstract HikariConfig connect();

    public abstract String shifted(String column, Duration duration);

    /** Returns the statement that bounds a session's waits for locks; MariaDB counts in whole seconds. */
    public abstract String lockTimeout(Duration timeout);

    /** Returns the query for that bound. */
    public abstract String readLockTimeout();

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
        execute(dataSource, "UPDATE %susage SET updated_at = %s".formatted(tables, shifted("updated_at", duration)));
    }

    void advanceLedger(DataSource dataSource, String ledger, String assignments) {
        execute(dataSource, "UPDATE " + ledger + " " + assignments);
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
