package io.github.quotaguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionManagerImple;
import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionSynchronizationRegistryImple;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.narayana.NarayanaTransactionIntegration;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.CallerTransactions;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.jdbc.JtaTransactions;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Usage;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.xa.PGXADataSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.jta.JtaTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An application whose transactions are global ones. */
class SpringJtaTest {

    private static final String ACCOUNT = "acme/user-7";

    @BeforeAll
    static void keepTheTransactionLogBesideTheReports() {
        for (String store : new String[] {null, "communicationStore", "stateStore"}) {
            BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, store)
                    .setObjectStoreDir("target/narayana");
        }
    }

    private final JtaTransactionManager manager = manager();

    private static JtaTransactionManager manager() {
        JtaTransactionManager manager = new JtaTransactionManager(new TransactionManagerImple());
        manager.setTransactionSynchronizationRegistry(new TransactionSynchronizationRegistryImple());
        return manager;
    }

    private AgroalDataSource pool() {
        try {
            return AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                    .connectionPoolConfiguration(pool -> pool.maxSize(4)
                            .acquisitionTimeout(Duration.ofSeconds(10))
                            .transactionIntegration(new NarayanaTransactionIntegration(
                                    manager.getTransactionManager(), manager.getTransactionSynchronizationRegistry()))
                            .connectionFactoryConfiguration(
                                    factory -> factory.connectionProviderClass(PGXADataSource.class)
                                            .jdbcProperty("url", SpringStage.Database.POSTGRESQL.url()))));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldJoinGlobalTransactions() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(QuotaAutoConfiguration.class))
                .withPropertyValues("quota.jdbc.initialize-schema=always")
                .withBean(AgroalDataSource.class, this::pool)
                .withBean(JtaTransactionManager.class, () -> manager)
                .run(context -> {
                    assertThat(context.getBean(CallerTransactions.class)).isInstanceOf(JtaTransactions.class);
                    UploadGuard guard = context.getBean(UploadGuard.class);
                    JdbcUsageStore store = context.getBean(JdbcUsageStore.class);
                    JdbcTemplate jdbc = new JdbcTemplate(context.getBean(AgroalDataSource.class));
                    jdbc.execute("CREATE TABLE files (id VARCHAR(255) PRIMARY KEY)");
                    TransactionTemplate transaction = new TransactionTemplate(manager);

                    Reservation rolledBack = guard.reserve(Upload.of(ACCOUNT, "gone", 10));
                    transaction.executeWithoutResult(status -> {
                        rolledBack.commit();
                        jdbc.update("INSERT INTO files VALUES ('gone')");
                        status.setRollbackOnly();
                    });
                    await().until(() ->
                            guard.find(ACCOUNT, "gone").orElseThrow().state() == AllocationState.RELEASED);

                    transaction.executeWithoutResult(status -> guard.upload(
                            Upload.of(ACCOUNT, "photo", 10),
                            reservation -> jdbc.update("INSERT INTO files VALUES ('photo')")));
                    assertThat(jdbc.queryForList("SELECT id FROM files", String.class))
                            .containsExactly("photo");
                    assertThat(store.usage(AccountId.of("acme")).total()).isEqualTo(new Usage(10, 0, 1, 0));
                });
    }
}
