package io.github.quotaguard.spring;

import io.github.quotaguard.jdbc.CallerTransactions;
import io.github.quotaguard.spring.ObservedTransactions.Observed;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Spring's transactions on the connections of one data source, or of a proxy around it, whichever manager of the context
 * runs them. The library's own work takes connections from that data source directly, which Spring keeps out of its
 * transactions.
 */
final class SpringTransactions implements CallerTransactions {

    private final DataSource target;
    private final ObservedTransactions observed;

    SpringTransactions(DataSource dataSource, ObservedTransactions observed) {
        this.target = withoutProxies(dataSource);
        this.observed = observed;
    }

    private static DataSource withoutProxies(DataSource dataSource) {
        DataSource inner = dataSource instanceof DelegatingDataSource proxy ? proxy.getTargetDataSource() : null;
        return inner == null ? dataSource : withoutProxies(inner);
    }

    /** A connection that Spring has bound to this thread, with the data source by which its manager knows it. */
    private record Bound(DataSource dataSource, ConnectionHolder connection) {}

    private @Nullable Bound bound() {
        for (Map.Entry<Object, Object> resource :
                TransactionSynchronizationManager.getResourceMap().entrySet()) {
            if (resource.getKey() instanceof DataSource dataSource
                    && resource.getValue() instanceof ConnectionHolder connection
                    && withoutProxies(dataSource) == target) {
                return new Bound(dataSource, connection);
            }
        }
        return null;
    }

    @Override
    public boolean isActive() {
        Bound bound = bound();
        if (bound == null) {
            return false;
        }
        Observed transaction = observed.on(bound.connection());
        if (transaction == null) {
            return requireNoTransaction();
        }
        if (transaction.isEnding()) {
            return false;
        }
        if (transaction.isReadOnly) {
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
                "the end of this thread's transaction would go unnoticed: its transaction manager has to be a bean of the same context; or hand the connection over with JdbcUsageStore.in");
    }

    @Override
    public Connection join() throws SQLException {
        return new TransactionAwareDataSourceProxy(requireBound().dataSource()).getConnection();
    }

    @Override
    public void whenEnded(Runnable action) {
        Observed transaction = observed.on(requireBound().connection());
        if (transaction == null) {
            throw new IllegalStateException("there is no transaction that could end");
        }
        transaction.whenEnded(action);
    }

    private Bound requireBound() {
        Bound bound = bound();
        if (bound == null) {
            throw new IllegalStateException("there is no transaction to join");
        }
        return bound;
    }

    @Override
    public <T> T outside(Supplier<T> work) {
        return work.get();
    }
}
