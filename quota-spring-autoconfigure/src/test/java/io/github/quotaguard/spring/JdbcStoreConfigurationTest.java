package io.github.quotaguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.UsageStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.EmbeddedDatabaseConnection;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class JdbcStoreConfigurationTest {

    private static final String THREAD = "quotaguard-settler";

    /** Services that other tests share live on. */
    private final Set<Thread> settlersOfOthers = allSettlers().collect(Collectors.toSet());

    /** With a data source that Spring Boot makes from properties, by default on a database in memory. */
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class, QuotaAutoConfiguration.class));

    /** With data sources that the application defines. */
    private final ApplicationContextRunner plain =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(QuotaAutoConfiguration.class));

    @Test
    void shouldChargeAnUploadInTheDatabase() {
        runner.withPropertyValues("quota.limits.bytes=10MB").run(context -> {
            assertThat(context).hasSingleBean(UsageStore.class).hasSingleBean(JdbcUsageStore.class);

            context.getBean(UploadGuard.class)
                    .upload(Upload.of("testuser2", "photo-1", 438_407), reservation -> "/photo-1");

            assertThat(context.getBean(QuotaService.class)
                            .storageQuota("testuser2")
                            .usedQuota())
                    .isEqualTo(438_407);
            assertThat(new JdbcTemplate(context.getBean(DataSource.class))
                            .queryForList("SELECT file FROM quota_allocation", String.class))
                    .containsExactly("photo-1");
        });
    }

    @Test
    void shouldCommitInTheApplicationsTransaction() {
        runner.run(context -> {
            DataSource dataSource = context.getBean(DataSource.class);
            JdbcUsageStore store = context.getBean(JdbcUsageStore.class);
            JdbcTemplate jdbc = new JdbcTemplate(dataSource);
            jdbc.execute("CREATE TABLE files (id VARCHAR(20))");
            try (Reservation reservation =
                    context.getBean(UploadGuard.class).reserve(Upload.of("acme", "photo-1", 400))) {
                transaction(dataSource).executeWithoutResult(status -> {
                    jdbc.update("INSERT INTO files VALUES ('photo-1')");
                    jdbc.execute((Connection connection) -> {
                        store.in(connection).commit(reservation);
                        return null;
                    });
                });
            }

            assertThat(context.getBean(QuotaService.class).storageQuota("acme").usedQuota())
                    .isEqualTo(400);
        });
    }

    @Test
    void shouldBackOffFromTheApplicationsStore() {
        runner.withBean("own", UsageStore.class, InMemoryUsageStore::new).run(context -> {
            assertThat(context).hasSingleBean(UsageStore.class);
            assertThat(tables(context.getBean(DataSource.class))).isEmpty();
        });
    }

    @Test
    void shouldTouchNoDatabaseWhenItIsDisabled() {
        runner.withPropertyValues("quota.enabled=false")
                .run(context ->
                        assertThat(tables(context.getBean(DataSource.class))).isEmpty());
    }

    @Test
    void shouldTakeThePrimaryOfTwoDataSources() {
        plain.withBean("first", DataSource.class, JdbcStoreConfigurationTest::database)
                .withBean(
                        "second",
                        DataSource.class,
                        JdbcStoreConfigurationTest::database,
                        definition -> definition.setPrimary(true))
                .run(context -> {
                    assertThat(context).hasSingleBean(JdbcUsageStore.class);
                    assertThat(tables(context.getBean("first", DataSource.class)))
                            .isEmpty();
                    assertThat(tables(context.getBean("second", DataSource.class)))
                            .contains("QUOTA_LEDGER");
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoDatabases {

        @Bean
        @Primary
        DataSource customers() {
            return database();
        }

        @Bean
        @QuotaDataSource
        DataSource files() {
            return database();
        }

        @Bean
        JdbcTransactionManager customersTransactions(@Qualifier("customers") DataSource customers) {
            return new JdbcTransactionManager(customers);
        }

        @Bean
        JdbcTransactionManager filesTransactions(@Qualifier("files") DataSource files) {
            return new JdbcTransactionManager(files);
        }
    }

    @Test
    void shouldTakeTheMarkedOneOfTwoDataSourcesAndItsTransactions() {
        plain.withUserConfiguration(TwoDatabases.class).run(context -> {
            assertThat(tables(context.getBean("customers", DataSource.class))).isEmpty();
            assertThat(tables(context.getBean("files", DataSource.class))).contains("QUOTA_LEDGER");
            UploadGuard guard = context.getBean(UploadGuard.class);
            TransactionTemplate files =
                    new TransactionTemplate(context.getBean("filesTransactions", JdbcTransactionManager.class));
            TransactionTemplate customers =
                    new TransactionTemplate(context.getBean("customersTransactions", JdbcTransactionManager.class));

            files.executeWithoutResult(status -> {
                guard.upload(Upload.of("acme", "rolled-back", 400), reservation -> "kept");
                status.setRollbackOnly();
            });
            customers.executeWithoutResult(status -> {
                guard.upload(Upload.of("acme", "committed", 300), reservation -> "kept");
                status.setRollbackOnly();
            });

            assertThat(context.getBean(QuotaService.class).storageQuota("acme").usedQuota())
                    .isEqualTo(300);
        });
    }

    @Test
    void shouldLetTheApplicationCustomizeTheStoreAndTheGuard() {
        List<String> customized = new ArrayList<>();
        runner.withBean("store", JdbcUsageStoreCustomizer.class, () -> builder -> {
                    builder.tablePrefix("mine_");
                    customized.add("store");
                })
                .withBean("guard", UploadGuardCustomizer.class, () -> builder -> {
                    builder.policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(7)));
                    customized.add("guard");
                })
                .run(context -> {
                    assertThat(customized).containsExactly("store", "guard");
                    assertThat(tables(context.getBean(DataSource.class))).contains("MINE_LEDGER");
                    assertThatExceptionOfType(QuotaExceededException.class)
                            .isThrownBy(
                                    () -> context.getBean(UploadGuard.class).reserve(Upload.of("acme", "photo-1", 8)));
                });
    }

    @Test
    void shouldNotStartWhenItCannotTellWhichOfTwoDataSourcesToTake() {
        String report = StartupReport.of(plain.withBean("first", DataSource.class, JdbcStoreConfigurationTest::database)
                .withBean("second", DataSource.class, JdbcStoreConfigurationTest::database));

        assertThat(report)
                .contains("data sources (first, second)")
                .contains("Mark one data source as @QuotaDataSource or @Primary")
                .contains("define a bean of type UsageStore");
    }

    @Test
    void shouldLetTheApplicationChooseBetweenTwoDataSources() {
        DataSource chosen = database();

        plain.withBean("first", DataSource.class, () -> chosen)
                .withBean("second", DataSource.class, JdbcStoreConfigurationTest::database)
                .withBean(
                        "own",
                        JdbcUsageStore.class,
                        () -> JdbcUsageStore.builder(chosen)
                                .createSchemaIfMissing()
                                .build())
                .run(context -> assertThat(context).hasSingleBean(UploadGuard.class));
    }

    @Test
    void shouldNotFallBackToMemoryWhenSpringBootsJdbcModuleIsMissing() {
        String report =
                StartupReport.of(plain.withClassLoader(new FilteredClassLoader(EmbeddedDatabaseConnection.class))
                        .withBean("only", DataSource.class, JdbcStoreConfigurationTest::database));

        assertThat(report).contains("data sources (only)").contains("spring-boot-jdbc on the class path");
    }

    @Test
    void shouldCloseTheStoreWithTheContext() throws InterruptedException {
        AtomicReference<Thread> settler = new AtomicReference<>();

        runner.run(context -> settler.set(settlers().get(0)));

        settler.get().join(Duration.ofSeconds(10).toMillis());
        assertThat(settler.get().isAlive()).isFalse();
    }

    @Test
    void shouldLeaveNoThreadWhenTheTablesCannotBeCreated() throws InterruptedException {
        runner.withPropertyValues("quota.jdbc.schema=nowhere").run(context -> {
            assertThat(context).hasFailed();
            assertThat(context.getStartupFailure()).rootCause().hasMessageContaining("NOWHERE");
        });

        for (Thread settler : settlers()) {
            settler.join(Duration.ofSeconds(10).toMillis());
        }
        assertThat(settlers()).isEmpty();
    }

    @Test
    void shouldCreateNoTablesWhenToldNever() {
        runner.withPropertyValues("quota.jdbc.initialize-schema=never").run(context -> {
            assertThat(context).hasSingleBean(JdbcUsageStore.class);
            assertThat(tables(context.getBean(DataSource.class))).isEmpty();
        });
    }

    @Test
    void shouldNotTakeADatabaseInAFileForAnEmbeddedOne(@TempDir Path directory) {
        plain.withBean(DataSource.class, () -> inFile(directory))
                .run(context ->
                        assertThat(tables(context.getBean(DataSource.class))).isEmpty());
    }

    private static List<String> tablesWith(String prefix) {
        return Stream.of(
                        "ALLOCATION",
                        "AUDIT",
                        "CLEANUP",
                        "EVALUATION",
                        "LEDGER",
                        "LEVEL",
                        "LIMIT",
                        "PLAN",
                        "REPAIR",
                        "USAGE",
                        "WARNING")
                .map(prefix::concat)
                .toList();
    }

    @Test
    void shouldCreateTablesInAnyDatabaseWhenToldAlways(@TempDir Path directory) {
        plain.withBean(DataSource.class, () -> inFile(directory))
                .withPropertyValues("quota.jdbc.initialize-schema=always")
                .run(context -> assertThat(tables(context.getBean(DataSource.class)))
                        .containsExactlyInAnyOrderElementsOf(tablesWith("QUOTA_")));
    }

    @Test
    void shouldNameTheTablesByThePrefix() {
        runner.withPropertyValues("quota.jdbc.table-prefix=acme_").run(context -> {
            context.getBean(UploadGuard.class).upload(Upload.of("acme", "photo-1", 400), reservation -> "kept");

            assertThat(tables(context.getBean(DataSource.class)))
                    .containsExactlyInAnyOrderElementsOf(tablesWith("ACME_"));
        });
    }

    @Test
    void shouldUseTheSchemaThatTheApplicationsScriptCreates() {
        runner.withConfiguration(AutoConfigurations.of(DataSourceInitializationAutoConfiguration.class))
                .withPropertyValues(
                        "spring.sql.init.schema-locations=classpath:create-billing.sql", "quota.jdbc.schema=billing")
                .run(context -> {
                    context.getBean(UploadGuard.class).upload(Upload.of("acme", "photo-1", 400), reservation -> "kept");

                    assertThat(tables(context.getBean(DataSource.class))).isEmpty();
                    assertThat(new JdbcTemplate(context.getBean(DataSource.class))
                                    .queryForObject("SELECT COUNT(*) FROM billing.quota_allocation", Integer.class))
                            .isEqualTo(1);
                });
    }

    static Stream<Named<UnaryOperator<DataSource>>> transactionAware() {
        return Stream.of(
                Named.of("a proxy", TransactionAwareDataSourceProxy::new),
                Named.of(
                        "a proxy of a proxy",
                        target -> new TransactionAwareDataSourceProxy(new TransactionAwareDataSourceProxy(target))),
                Named.of(
                        "a proxy behind something else",
                        target -> new DelegatingDataSource(new TransactionAwareDataSourceProxy(target))));
    }

    @ParameterizedTest
    @MethodSource("transactionAware")
    void shouldStayOutOfTheTransactionOfWhoeverReserves(UnaryOperator<DataSource> proxy) {
        DataSource database = database();
        plain.withBean(DataSource.class, () -> proxy.apply(database)).run(context -> {
            JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
            UploadGuard guard = context.getBean(UploadGuard.class);
            jdbc.execute("CREATE TABLE files (id VARCHAR(20))");

            transaction(database).executeWithoutResult(status -> {
                jdbc.update("INSERT INTO files VALUES ('photo-1')");
                guard.reserve(Upload.of("acme", "photo-1", 400)).detach();
                status.setRollbackOnly();
            });

            assertThat(guard.find("acme", "photo-1").map(Allocation::state)).hasValue(AllocationState.RESERVED);
            assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM files", Integer.class))
                    .isZero();
        });
    }

    private static DataSource database() {
        return new EmbeddedDatabaseBuilder()
                .setType(EmbeddedDatabaseType.H2)
                .generateUniqueName(true)
                .build();
    }

    private static DataSource inFile(Path directory) {
        return new DriverManagerDataSource("jdbc:h2:file:" + directory.resolve("quota"));
    }

    private static TransactionTemplate transaction(DataSource dataSource) {
        return new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    }

    private static List<String> tables(DataSource dataSource) {
        return new JdbcTemplate(dataSource)
                .queryForList(
                        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'PUBLIC'", String.class);
    }

    private List<Thread> settlers() {
        return allSettlers()
                .filter(thread -> !settlersOfOthers.contains(thread))
                .toList();
    }

    private static Stream<Thread> allSettlers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(THREAD));
    }
}
