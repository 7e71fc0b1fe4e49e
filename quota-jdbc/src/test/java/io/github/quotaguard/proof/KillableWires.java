package io.github.quotaguard.proof;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.tools.Server;

/** A pool on a new database, all of whose connections can be killed while they are at work. */
abstract class KillableWires implements AutoCloseable {

    private static final int UNKNOWN_THREAD = 1094;

    final HikariDataSource pool;
    private final String directUrl;

    private KillableWires(HikariDataSource pool, String directUrl) {
        this.pool = pool;
        this.directUrl = directUrl;
    }

    static KillableWires of(TestDatabase database, int size) throws SQLException, IOException {
        HikariConfig config = database.connect();
        if (database == TestDatabase.POSTGRESQL) {
            return new Postgres(config, size);
        }
        if (database.isMariaDb()) {
            return new MariaDb(config, size);
        }
        // The server opens databases, and makes none.
        DriverManager.getConnection(config.getJdbcUrl()).close();
        Server server = Server.createTcpServer("-tcpPort", "0").start();
        return new H2(config.getJdbcUrl(), server, new FaultyProxy(server.getPort()), size);
    }

    /** Ends every connection of the pool, whatever it is doing. */
    abstract void kill() throws SQLException;

    /** Opens a connection that no kill before has touched. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(directUrl);
    }

    @Override
    public void close() throws SQLException, IOException {
        pool.close();
    }

    private static final class Postgres extends KillableWires {

        private final Connection killer;

        Postgres(HikariConfig config, int size) throws SQLException {
            super(TestDatabase.pool(config, size), config.getJdbcUrl());
            killer = connect();
        }

        @Override
        void kill() throws SQLException {
            TableCheck.rows(
                    killer,
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }

        @Override
        public void close() throws SQLException, IOException {
            killer.close();
            super.close();
        }
    }

    private static final class MariaDb extends KillableWires {

        private static final String OTHERS =
                "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()";

        private final Connection killer;

        MariaDb(HikariConfig config, int size) throws SQLException {
            super(TestDatabase.pool(config, size), config.getJdbcUrl());
            killer = connect();
        }

        /** One may have ended by itself since it was listed. */
        @Override
        void kill() throws SQLException {
            for (String id : TableCheck.rows(killer, OTHERS)) {
                try (Statement statement = killer.createStatement()) {
                    statement.execute("KILL " + id.replaceAll("\\D", ""));
                } catch (SQLException e) {
                    if (e.getErrorCode() != UNKNOWN_THREAD) {
                        throw e;
                    }
                }
            }
        }

        @Override
        public void close() throws SQLException, IOException {
            killer.close();
            super.close();
        }
    }

    /**
     * Breaks the wires. To end the sessions with ABORT_SESSION harms the database itself: it rolls back beside the
     * thread that is at work, and has left transactions open for ever and statements that do not end.
     */
    private static final class H2 extends KillableWires {

        private final Server server;
        private final FaultyProxy proxy;

        H2(String directUrl, Server server, FaultyProxy proxy, int size) {
            super(TestDatabase.pool(through(directUrl, proxy), size), directUrl);
            this.server = server;
            this.proxy = proxy;
        }

        private static HikariConfig through(String directUrl, FaultyProxy proxy) {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(directUrl.replace("jdbc:h2:mem:", "jdbc:h2:tcp://localhost:" + proxy.port() + "/mem:"));
            return config;
        }

        /** H2's states of a lost connection tell Hikari nothing, which would hand the dead ones out again. */
        @Override
        void kill() {
            proxy.breakAll();
            pool.getHikariPoolMXBean().softEvictConnections();
        }

        @Override
        public void close() throws SQLException, IOException {
            super.close();
            proxy.close();
            server.stop();
        }
    }
}
