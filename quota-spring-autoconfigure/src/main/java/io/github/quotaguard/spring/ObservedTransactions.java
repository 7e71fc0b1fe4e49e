package io.github.quotaguard.spring;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.JdbcTransactionObjectSupport;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.DefaultTransactionStatus;

/**
 * Listens to every transaction manager of the context. Spring itself does not tell an {@code afterCommit} callback from
 * the transaction, though what is written there is lost; and what it tells of the thread's transaction is of the innermost
 * one, which may be of another database.
 */
final class ObservedTransactions implements BeanPostProcessor, TransactionExecutionListener {

    /** The transaction on a connection, as far as it has come. */
    static final class Observed {

        final boolean isReadOnly;
        private final List<Runnable> whenEnded = new ArrayList<>();
        private boolean isEnding;

        private Observed(boolean isReadOnly) {
            this.isReadOnly = isReadOnly;
        }

        /** Says whether its commit or rollback has begun. */
        boolean isEnding() {
            return isEnding;
        }

        void whenEnded(Runnable action) {
            whenEnded.add(action);
        }
    }

    private final ThreadLocal<Map<ConnectionHolder, Observed>> transactions =
            ThreadLocal.withInitial(IdentityHashMap::new);

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof ConfigurableTransactionManager manager
                && !manager.getTransactionExecutionListeners().contains(this)) {
            manager.addListener(this);
        }
        return bean;
    }

    /** Returns the transaction on a connection, null if its manager is none of the context's. */
    @Nullable
    Observed on(ConnectionHolder connection) {
        return transactions.get().get(connection);
    }

    @Override
    public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
        ConnectionHolder connection = connectionOf(transaction);
        if (failure == null && connection != null) {
            transactions.get().put(connection, new Observed(transaction.isReadOnly()));
        }
    }

    @Override
    public void beforeCommit(TransactionExecution transaction) {
        ending(transaction);
    }

    @Override
    public void beforeRollback(TransactionExecution transaction) {
        ending(transaction);
    }

    private void ending(TransactionExecution transaction) {
        ConnectionHolder connection = connectionOf(transaction);
        Observed observed = connection == null ? null : on(connection);
        if (observed != null) {
            observed.isEnding = true;
        }
    }

    @Override
    public void afterCommit(TransactionExecution transaction, @Nullable Throwable failure) {
        ended(transaction);
    }

    @Override
    public void afterRollback(TransactionExecution transaction, @Nullable Throwable failure) {
        ended(transaction);
    }

    /** Also where it is not known how it ended. */
    private void ended(TransactionExecution transaction) {
        ConnectionHolder connection = connectionOf(transaction);
        Observed observed = connection == null ? null : transactions.get().remove(connection);
        if (transactions.get().isEmpty()) {
            transactions.remove();
        }
        if (observed != null) {
            observed.whenEnded.forEach(Runnable::run);
        }
    }

    private static @Nullable ConnectionHolder connectionOf(TransactionExecution transaction) {
        return transaction.isNewTransaction()
                        && transaction instanceof DefaultTransactionStatus status
                        && status.getTransaction() instanceof JdbcTransactionObjectSupport jdbc
                        && jdbc.hasConnectionHolder()
                ? jdbc.getConnectionHolder()
                : null;
    }
}
