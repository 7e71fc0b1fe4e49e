package io.github.quotaguard.jdbc;

import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionManagerImple;
import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionSynchronizationRegistryImple;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.narayana.NarayanaTransactionIntegration;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.proof.TableCheck;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.Usage;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.postgresql.xa.PGXADataSource;

/** A store on a pool of PostgreSQL's XA connections, which enlists them in transactions of Narayana's. */
final class JtaStage implements AutoCloseable {

    /** Each process has its own. */
    private static final String LOG =
            "target/narayana-" + ProcessHandle.current().pid();

    static {
        arjPropertyManager.getObjectStoreEnvironmentBean().setObjectStoreDir(LOG);
        for (String store : new String[] {"communicationStore", "stateStore"}) {
            BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, store)
                    .setObjectStoreDir(LOG);
        }
    }

    final TransactionManager manager = new TransactionManagerImple();
    final TransactionSynchronizationRegistry registry = new TransactionSynchronizationRegistryImple();
    final HikariDataSource plain = TestDatabase.POSTGRESQL.pool(4);
    final AgroalDataSource pool;
    final JdbcUsageStore store;
    final UploadGuard guard;

    JtaStage(int connections) throws SQLException {
        pool = pool(connections);
        store = JdbcUsageStore.builder(pool)
                .join(new JtaTransactions(manager, registry, pool))
                .sweepInterval(Duration.ofDays(1))
                .createSchemaIfMissing()
                .build();
        guard = Stage.guard(store, Stage.TTL);
        TestDatabase.execute(plain, "CREATE TABLE files (id VARCHAR(255) PRIMARY KEY, size BIGINT NOT NULL)");
    }

    private AgroalDataSource pool(int connections) throws SQLException {
        return AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(pool -> pool.maxSize(connections)
                        .acquisitionTimeout(Duration.ofSeconds(2))
                        .transactionIntegration(new NarayanaTransactionIntegration(manager, registry))
                        .connectionFactoryConfiguration(factory -> factory.connectionProviderClass(PGXADataSource.class)
                                .jdbcProperty("url", plain.getJdbcUrl()))));
    }

    Reservation reserve(String account, String file, long bytes) {
        return guard.reserve(Upload.of(account, file, bytes));
    }

    /** Inserts the file's row in the transaction under way, as an application would. */
    void insertFile(String file, long bytes) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            Stage.insertFile(connection, file, bytes);
        }
    }

    long fileRows() throws SQLException {
        try (Connection connection = plain.getConnection()) {
            return Stage.count(connection, "SELECT count(*) FROM files");
        }
    }

    Usage usage(String account) {
        return store.usage(AccountId.of(account)).total();
    }

    Allocation find(String account, String file) {
        return guard.find(account, file).orElseThrow();
    }

    List<String> violations() throws SQLException {
        return TableCheck.violations(plain);
    }

    @Override
    public void close() {
        store.close();
        pool.close();
        plain.close();
    }
}
