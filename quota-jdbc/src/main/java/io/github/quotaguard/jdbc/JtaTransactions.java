package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.UsageStoreException;
import jakarta.transaction.InvalidTransactionException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of a Jakarta transaction manager. Needs jakarta.transaction-api, which this module does not bring
 * along.
 *
 * <p>A commit or delete works on a connection of the data source that is given here, which has to be one that enlists
 * its connections in the transaction of the calling thread. Everything else suspends that transaction and resumes it, so
 * the store itself may be built on the same data source. Thread-safe.
 */
public final class JtaTransactions implements CallerTransactions {

    private final TransactionManager manager;
    private final TransactionSynchronizationRegistry registry;
    private final DataSource enlisting;

    /**
     * Takes what an application server offers, or a transaction manager in the application.
     *
     * @param manager suspends and resumes
     * @param registry says in which transaction a thread is, and when it has ended
     * @param enlisting a data source of the store's database, whose connections join that transaction
     */
    public JtaTransactions(
            TransactionManager manager, TransactionSynchronizationRegistry registry, DataSource enlisting) {
        this.manager = Objects.requireNonNull(manager, "manager");
        this.registry = Objects.requireNonNull(registry, "registry");
        this.enlisting = Objects.requireNonNull(enlisting, "enlisting");
    }

    @Override
    public boolean isActive() {
        int status = registry.getTransactionStatus();
        return switch (status) {
            case Status.STATUS_ACTIVE -> true;
            case Status.STATUS_NO_TRANSACTION, Status.STATUS_COMMITTED -> false;
            case Status.STATUS_MARKED_ROLLBACK -> throw unusable("is marked for rollback");
            // Also after its time-out: the thread still believes to be in it.
            case Status.STATUS_ROLLEDBACK, Status.STATUS_ROLLING_BACK -> throw unusable("was rolled back");
            default -> throw unusable("is about to end, with status " + status);
        };
    }

    private static UsageStoreException unusable(String why) {
        return new UsageStoreException(
                "the transaction of this thread %s; nothing can be stored in it".formatted(why), false, null);
    }

    @Override
    public Connection join() throws SQLException {
        Connection connection = enlisting.getConnection();
        if (connection.getAutoCommit()) {
            connection.close();
            throw new SQLException(
                    "the data source has not enlisted its connection in the global transaction; it has to be one that does");
        }
        return connection;
    }

    @Override
    public void whenEnded(Runnable action) {
        try {
            registry.registerInterposedSynchronization(new Synchronization() {
                @Override
                public void beforeCompletion() {}

                @Override
                public void afterCompletion(int status) {
                    action.run();
                }
            });
        } catch (IllegalStateException e) {
            throw new UsageStoreException(
                    "the transaction of this thread can no longer be committed; roll it back", false, e);
        }
    }

    @Override
    public <T> T outside(Supplier<T> work) {
        Transaction suspended = suspend();
        if (suspended == null) {
            return work.get();
        }
        T result;
        try {
            result = work.get();
        } catch (RuntimeException | Error e) {
            try {
                manager.resume(suspended);
            } catch (InvalidTransactionException | SystemException | RuntimeException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
        resume(suspended);
        return result;
    }

    private @Nullable Transaction suspend() {
        try {
            return manager.suspend();
        } catch (SystemException e) {
            throw new UsageStoreException(
                    "the transaction of this thread could not be suspended; nothing was done", true, e);
        }
    }

    private void resume(Transaction suspended) {
        try {
            manager.resume(suspended);
        } catch (InvalidTransactionException | SystemException e) {
            throw new UsageStoreException(
                    "the transaction of this thread could not be resumed; the library's own work is done all the same",
                    false,
                    e);
        }
    }
}
