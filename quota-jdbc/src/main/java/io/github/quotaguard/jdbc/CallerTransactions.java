package io.github.quotaguard.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;

/**
 * The transactions in which the application does its own work, as the thread that calls the library is in one or not. A
 * store that knows them lets commits and deletes join the one under way, and keeps everything else out of it. There is
 * one for {@linkplain JtaTransactions JTA}; quota-spring-autoconfigure has one for Spring's; without any, a caller hands
 * over its connection to {@link JdbcUsageStore#in}. Thread-safe.
 */
public interface CallerTransactions {

    /**
     * Says whether the calling thread is in a transaction, from its begin until its commit begins; in the callbacks
     * that follow the commit it is not, since what is written there would not be committed with it.
     *
     * @return false if there is none to join
     * @throws io.github.quotaguard.store.UsageStoreException not retryable, if there is one in which nothing can be
     *     stored: read-only, marked for rollback or rolled back
     */
    boolean isActive();

    /**
     * Opens a connection that works in the transaction of the calling thread, which {@link #isActive() is active}. To
     * close it gives it back and ends nothing.
     *
     * @return the connection, never committed, rolled back or set up by the library
     * @throws SQLException if there is none to be had
     */
    Connection join() throws SQLException;

    /**
     * Has something done once the transaction of the calling thread has ended, whichever way, also if it is not known
     * which.
     *
     * @param action returns at once, takes no connection and does not throw
     */
    void whenEnded(Runnable action);

    /**
     * Runs work of the library's own outside of any transaction of the calling thread, which goes on afterwards.
     *
     * @param work takes connections, begins and ends transactions on them
     * @param <T> what the work returns
     * @return what the work returned
     */
    <T> T outside(Supplier<T> work);
}
