package io.github.quotaguard.spring;

import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.JdbcTransactionObjectSupport;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.DefaultTransactionStatus;

/**
 * Listens to every transaction manager of the context, since Spring does not tell an {@code afterCommit} callback from
 * the transaction itself: the connection is still bound there, and what is written to it is lost.
 */
final class ObservedTransactions implements BeanPostProcessor, TransactionExecutionListener {

    /** How far the transaction on a connection has come. */
    enum Phase {
        UNDER_WAY,
        ENDED
    }

    private final ThreadLocal<Map<ConnectionHolder, Phase>> phases = ThreadLocal.withInitial(WeakHashMap::new);

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof ConfigurableTransactionManager manager
                && !manager.getTransactionExecutionListeners().contains(this)) {
            manager.addListener(this);
        }
        return bean;
    }

    /** Returns the phase of the transaction on a connection, null if its manager is none of the context's. */
    @Nullable
    Phase phaseOf(ConnectionHolder connection) {
        return phases.get().get(connection);
    }

    @Override
    public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
        if (failure == null) {
            note(transaction, Phase.UNDER_WAY);
        }
    }

    @Override
    public void beforeCommit(TransactionExecution transaction) {
        note(transaction, Phase.ENDED);
    }

    @Override
    public void beforeRollback(TransactionExecution transaction) {
        note(transaction, Phase.ENDED);
    }

    private void note(TransactionExecution transaction, Phase phase) {
        if (transaction.isNewTransaction()
                && transaction instanceof DefaultTransactionStatus status
                && status.getTransaction() instanceof JdbcTransactionObjectSupport jdbc
                && jdbc.hasConnectionHolder()) {
            phases.get().put(jdbc.getConnectionHolder(), phase);
        }
    }
}
