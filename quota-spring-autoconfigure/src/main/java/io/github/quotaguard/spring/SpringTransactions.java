package io.github.quotaguard.spring;

import io.github.quotaguard.jdbc.CallerTransactions;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Spring's transactions on the connections of one data source, whichever manager of the context runs them. The library's
 * own work takes connections from that data source directly, which Spring keeps out of its transactions.
 */
final class SpringTransactions implements CallerTransactions {

    private final List<DataSource> dataSources;
    private final ObservedTransactions observed;

    /**
     * Takes a data source by each name that a transaction manager may know it by.
     *
     * @param dataSource the bean
     * @param target the same without proxies that are aware of transactions
     * @param observed the phases of transactions
     */
    SpringTransactions(DataSource dataSource, DataSource target, ObservedTransactions observed) {
        this.dataSources = Stream.of(target, dataSource).distinct().toList();
        this.observed = observed;
    }

    @Override
    public boolean isActive() {
        DataSource dataSource = boundDataSource();
        if (dataSource == null) {
            return false;
        }
        ConnectionHolder connection = connectionOf(dataSource);
        ObservedTransactions.Phase phase = connection == null ? null : observed.phaseOf(connection);
        if (phase == ObservedTransactions.Phase.ENDED) {
            return false;
        }
        if (phase == null || !TransactionSynchronizationManager.isSynchronizationActive()) {
            return requireNoTransaction();
        }
        if (TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
            throw new UsageStoreException(
                    "the transaction of this thread is read-only; nothing can be stored in it", false, null);
        }
        return true;
    }

    /** A connection may be bound without a transaction; one whose end would go unnoticed must not be joined. */
    private static boolean requireNoTransaction() {
        if (TransactionSynchronizationManager.isSynchronizationActive()
                && !TransactionSynchronizationManager.isActualTransactionActive()) {
            return false;
        }
        throw new IllegalStateException(
                "the end of this thread's transaction would go unnoticed: its transaction manager has to be a bean of the same context, with synchronization; or hand the connection over with JdbcUsageStore.in");
    }

    private @Nullable DataSource boundDataSource() {
        for (DataSource dataSource : dataSources) {
            if (connectionOf(dataSource) != null) {
                return dataSource;
            }
        }
        return null;
    }

    private static @Nullable ConnectionHolder connectionOf(DataSource dataSource) {
        return (ConnectionHolder) TransactionSynchronizationManager.getResource(dataSource);
    }

    @Override
    public Connection join() throws SQLException {
        DataSource bound = boundDataSource();
        if (bound == null) {
            throw new IllegalStateException("there is no transaction to join");
        }
        return new TransactionAwareDataSourceProxy(bound).getConnection();
    }

    @Override
    public void whenEnded(Runnable action) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCompletion(int status) {
                action.run();
            }
        });
    }

    @Override
    public <T> T outside(Supplier<T> work) {
        return work.get();
    }
}
