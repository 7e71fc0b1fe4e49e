package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The library's own transactions: short, at READ COMMITTED, on connections that it opens and closes itself. Never the
 * caller's: a rollback there would undo what was acknowledged here. A transaction that the database gave up because of
 * others is run again as a whole, a bounded number of times.
 */
final class OwnTransactions {

    private static final Logger LOG = LoggerFactory.getLogger(OwnTransactions.class);
    private static final int ATTEMPTS = 10;

    /** Why neither a grant nor a refusal was reached. */
    static final String BUSY = "too much is happening to the account at once";

    private final DataSource dataSource;
    private final CallerTransactions callers;
    private final Dialect dialect;
    private final int lockTimeoutMillis;

    /** The isolation level of new connections; asked once, since asking can cost a round trip. */
    private volatile @Nullable Integer defaultIsolation;

    OwnTransactions(DataSource dataSource, CallerTransactions callers, Dialect dialect, int lockTimeoutMillis) {
        this.dataSource = dataSource;
        this.callers = callers;
        this.dialect = dialect;
        this.lockTimeoutMillis = Math.max(lockTimeoutMillis, Dialect.UNDER_WAY_MILLIS + 1);
    }

    /** What is done in a transaction. */
    @FunctionalInterface
    interface Work<T> {
        T run(Sql sql) throws SQLException;
    }

    /** Ends a transaction by rolling it back, and says what the answer is all the same. */
    static final class Rollback extends SQLException {

        private static final long serialVersionUID = 1L;

        private final transient Object answer;

        Rollback(Object answer) {
            super("rolled back on purpose");
            this.answer = answer;
        }
    }

    int lockTimeoutMillis() {
        return lockTimeoutMillis;
    }

    /** Runs several statements as one transaction whose waits for locks are bounded. */
    <T> T inTransaction(String what, Work<T> work) {
        return retrying(what, false, bounded(lockTimeoutMillis, work), null);
    }

    /** Does the same, and answers {@code ifLocked} if a lock was not free in time. */
    <T> T inTransaction(String what, Work<T> work, T ifLocked) {
        return retrying(what, false, bounded(lockTimeoutMillis, work), ifLocked);
    }

    /** Runs several statements as one transaction that gives up at the first lock that is not free. */
    <T> T withoutWaiting(String what, Work<T> work, T ifLocked) {
        return retrying(what, false, bounded(Dialect.NO_WAIT_MILLIS, work), ifLocked);
    }

    /** Lets a transaction that began {@linkplain #withoutWaiting without waiting} wait from now on. */
    void waitForLocks(Sql sql) throws SQLException {
        dialect.setLockTimeout(sql, lockTimeoutMillis);
    }

    /** Lets a transaction that has waited for its first locks give up at the next that a transaction under way has. */
    void stopWaiting(Sql sql) throws SQLException {
        dialect.setLockTimeout(sql, Dialect.UNDER_WAY_MILLIS);
    }

    /** Lets a transaction that has locked a root wait only for a moment for the rows of files. */
    void stopWaitingForFiles(Sql sql) throws SQLException {
        dialect.stopWaitingForFiles(sql);
    }

    /** Runs a single statement, which commits itself. */
    <T> T statement(String what, Work<T> work) {
        return statement(what, work, null);
    }

    /** Does the same, and answers {@code ifLocked} if a lock was not free in time. */
    <T> T statement(String what, Work<T> work, @Nullable T ifLocked) {
        Work<T> bounded = sql -> {
            dialect.boundStatement(sql, lockTimeoutMillis);
            return work.run(sql);
        };
        return retrying(what, true, bounded, ifLocked);
    }

    /** Reads in one snapshot of all tables, by a single statement. */
    <T> T snapshot(String what, Work<T> work) {
        int isolation = dialect.snapshotIsolation();
        return retrying(what, isolation == Connection.TRANSACTION_READ_COMMITTED, isolation, work, null);
    }

    /** Reads in one snapshot of all tables, by several statements. */
    <T> T snapshotOfSeveral(String what, Work<T> work) {
        int isolation = dialect.snapshotIsolation();
        boolean ofStatement = isolation == Connection.TRANSACTION_READ_COMMITTED;
        return retrying(what, false, ofStatement ? Connection.TRANSACTION_REPEATABLE_READ : isolation, work, null);
    }

    private <T> Work<T> bounded(int millis, Work<T> work) {
        return sql -> dialect.withLockTimeout(sql, millis, work);
    }

    private <T> T retrying(String what, boolean autoCommit, Work<T> work, @Nullable T ifLocked) {
        return retrying(what, autoCommit, Connection.TRANSACTION_READ_COMMITTED, work, ifLocked);
    }

    private <T> T retrying(String what, boolean autoCommit, int isolation, Work<T> work, @Nullable T ifLocked) {
        return callers.outside(() -> untilDone(what, autoCommit, isolation, work, ifLocked));
    }

    private <T> T untilDone(String what, boolean autoCommit, int isolation, Work<T> work, @Nullable T ifLocked) {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(autoCommit, isolation, work);
            } catch (SQLException e) {
                if (ifLocked != null && SqlFailures.isLockTimeout(e)) {
                    return ifLocked;
                }
                if (attempt >= ATTEMPTS || !SqlFailures.isSerializationFailure(e)) {
                    throw SqlFailures.translate(what, e);
                }
                LOG.debug("{} is run again after {}", what, e.toString());
                pause(attempt);
            }
        }
    }

    /** Pauses before another attempt, on average the longer the more there were, at most 64 ms. */
    static void pause(int attempts) {
        LockSupport.parkNanos(
                ThreadLocalRandom.current().nextLong(TimeUnit.MILLISECONDS.toNanos(1L << Math.min(attempts, 6))));
    }

    private <T> T once(boolean autoCommit, int isolation, Work<T> work) throws SQLException {
        try (Connection connection = open()) {
            boolean autoCommitBefore = connection.getAutoCommit();
            int isolationBefore = use(connection, isolation);
            if (autoCommitBefore != autoCommit) {
                connection.setAutoCommit(autoCommit);
            }
            try {
                return autoCommit ? work.run(new Sql(connection, dialect)) : commit(connection, work);
            } finally {
                restore(connection, autoCommitBefore, isolation, isolationBefore);
            }
        }
    }

    private Connection open() {
        try {
            return dataSource.getConnection();
        } catch (SQLException e) {
            throw new UsageStoreException(
                    "no connection for quota accounting: %s; it needs one beside the caller's, so reserve before you open a transaction, or give it a pool of its own"
                            .formatted(e.getMessage()),
                    true,
                    e);
        }
    }

    private <T> T commit(Connection connection, Work<T> work) throws SQLException {
        try {
            Sql sql = new Sql(connection, dialect);
            T result = work.run(sql);
            connection.commit();
            sql.committed();
            return result;
        } catch (Rollback e) {
            connection.rollback();
            @SuppressWarnings("unchecked")
            T answer = (T) e.answer;
            return answer;
        } catch (SQLException | RuntimeException | Error e) {
            // What is not rolled back would be committed when the connection is given back.
            try {
                connection.rollback();
            } catch (SQLException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private int use(Connection connection, int isolation) throws SQLException {
        Integer before = defaultIsolation;
        if (before == null) {
            before = connection.getTransactionIsolation();
            defaultIsolation = before;
        }
        if (before != isolation) {
            connection.setTransactionIsolation(isolation);
        }
        return before;
    }

    private static void restore(Connection connection, boolean autoCommit, int isolation, int isolationBefore) {
        try {
            if (connection.getAutoCommit() != autoCommit) {
                connection.setAutoCommit(autoCommit);
            }
            if (isolationBefore != isolation) {
                connection.setTransactionIsolation(isolationBefore);
            }
        } catch (SQLException e) {
            LOG.debug("A connection could not be restored, it is probably broken", e);
        }
    }
}
