package io.github.quotaguard.proof;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.h2.tools.Server;
import org.jspecify.annotations.Nullable;

/** A database that the test and its workers share; the workers connect by TCP, each under a name of its own. */
final class Site implements AutoCloseable {

    private final TestDatabase database;
    private final HikariConfig config;
    private final String workersUrl;
    private final @Nullable Server server;

    private Site(TestDatabase database, HikariConfig config, String workersUrl, @Nullable Server server) {
        this.database = database;
        this.config = config;
        this.workersUrl = workersUrl;
        this.server = server;
    }

    /** Makes a new database of the kind that all tests use; H2 in this process, served to the others. */
    static Site of(TestDatabase database) throws SQLException {
        HikariConfig config = database.connect();
        if (database != TestDatabase.H2) {
            return new Site(database, config, config.getJdbcUrl(), null);
        }
        Server server = Server.createTcpServer("-tcpPort", "0").start();
        String served =
                config.getJdbcUrl().replace("jdbc:h2:mem:", "jdbc:h2:tcp://localhost:" + server.getPort() + "/mem:");
        return new Site(database, config, served, server);
    }

    /** Describes a database that is served elsewhere. */
    static Site at(TestDatabase database, String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database == TestDatabase.H2 ? url + ";USER=SA" : url);
        return new Site(database, config, url, null);
    }

    TestDatabase database() {
        return database;
    }

    HikariDataSource pool(int size) {
        return TestDatabase.pool(config, size);
    }

    private static String name(int worker) {
        return "WORKER" + worker;
    }

    /** Lets a worker in; H2 and MariaDB tell connections apart by their user alone. */
    String url(HikariDataSource pool, int worker) {
        switch (database) {
            case H2 -> {
                TestDatabase.execute(pool, "CREATE USER IF NOT EXISTS " + name(worker) + " PASSWORD '' ADMIN");
                return workersUrl + ";USER=" + name(worker);
            }
            case POSTGRESQL -> {
                return workersUrl + "&ApplicationName=" + name(worker);
            }
            default -> {
                // What a site has of snapshot isolation its first worker has, and every other the opposite.
                String other = workersUrl.contains("=OFF") ? "=ON" : "=OFF";
                return (worker % 2 == 0 ? workersUrl : workersUrl.replaceAll("=(ON|OFF)", other))
                        .replace("user=root", "user=" + name(worker));
            }
        }
    }

    /** Says whether the database still does something on behalf of a worker that may be dead. */
    boolean isServing(Connection connection, int worker) throws SQLException {
        String sql = switch (database) {
            case H2 -> "SELECT 1 FROM INFORMATION_SCHEMA.SESSIONS WHERE USER_NAME = ?";
            case POSTGRESQL -> "SELECT 1 FROM pg_stat_activity WHERE application_name = ?";
            default -> "SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = ? AND DB = DATABASE()";
        };
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name(worker));
            try (ResultSet result = statement.executeQuery()) {
                return result.next();
            }
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop();
        }
    }
}
