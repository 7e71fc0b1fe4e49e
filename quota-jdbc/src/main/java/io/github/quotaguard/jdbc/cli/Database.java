package io.github.quotaguard.jdbc.cli;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The database while a command runs: a small pool, and the store on it, whose threads sleep. */
final class Database implements AutoCloseable {

    private static final int CONNECTIONS = 4;
    private static final Set<String> SUPPORTED = Set.of("jdbc:h2:", "jdbc:mariadb:", "jdbc:postgresql:");

    /** Whether the tables are there. */
    enum Tables {
        EXPECTED,
        CREATED,
        NOT_NEEDED
    }

    private final HikariDataSource pool;
    private final JdbcUsageStore.Builder builder;
    private @Nullable JdbcUsageStore store;

    /**
     * What was asked for.
     *
     * @param url of JDBC, perhaps with secrets in it
     */
    record Settings(
            String url,
            @Nullable String user,
            @Nullable String password,
            @Nullable String schema,
            @Nullable String tablePrefix) {

        Settings {
            if (SUPPORTED.stream().noneMatch(url::startsWith)) {
                throw new UsageException(
                        "the URL names no database that is supported: it has to begin with jdbc:h2:, jdbc:mariadb: or jdbc:postgresql:");
            }
        }

        boolean isH2() {
            return url.startsWith("jdbc:h2:");
        }

        /** Says whether H2 runs in this process alone: it refuses to stay open on exit where it serves others. */
        boolean isOwnProcess() {
            return !url.startsWith("jdbc:h2:tcp:") && !url.startsWith("jdbc:h2:ssl:") && hasNot("AUTO_SERVER");
        }

        boolean hasNot(String setting) {
            return !url.toUpperCase(Locale.ROOT).contains(setting);
        }
    }

    Database(Settings settings, Tables tables) {
        pool = new HikariDataSource(config(settings, tables));
        try {
            builder = builder(settings);
            if (tables != Tables.NOT_NEEDED) {
                store = (tables == Tables.CREATED ? builder.createSchemaIfMissing() : builder).build();
            }
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    private JdbcUsageStore.Builder builder(Settings settings) {
        JdbcUsageStore.Builder stores = JdbcUsageStore.builder(pool).sweepInterval(Duration.ofDays(1));
        if (settings.schema() != null) {
            stores.schema(settings.schema());
        }
        if (settings.tablePrefix() != null) {
            stores.tablePrefix(settings.tablePrefix());
        }
        return stores;
    }

    private static HikariConfig config(Settings settings, Tables tables) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(settings.url());
        config.setUsername(settings.user());
        config.setPassword(settings.password());
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(0);
        config.setPoolName("quota");
        if (settings.isH2()) {
            if (settings.isOwnProcess()) {
                // A signal lets a batch end first, so H2 is not to close by itself.
                add(config, settings, "DB_CLOSE_ON_EXIT", "FALSE");
            }
            if (tables == Tables.EXPECTED) {
                // H2 would make an empty database of a name that was mistyped.
                add(config, settings, "IFEXISTS", "TRUE");
            }
        }
        return config;
    }

    private static void add(HikariConfig config, Settings settings, String setting, String value) {
        if (settings.hasNot(setting)) {
            config.addDataSourceProperty(setting, value);
        }
    }

    HikariDataSource pool() {
        return pool;
    }

    JdbcUsageStore store() {
        return Objects.requireNonNull(store);
    }

    String schemaScript() {
        return builder.schemaScript();
    }

    @Override
    public void close() {
        if (store != null) {
            store.close();
        }
        pool.close();
    }
}
