package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.UsageStoreException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;

/** What an {@link SQLException} means. */
final class SqlFailures {

    private static final String LOCKED = "; it waits for another transaction, perhaps one that this thread has open";

    private SqlFailures() {}

    /** A deadlock or serialization failure: the whole transaction was or has to be rolled back, and may be run again. */
    static boolean isSerializationFailure(SQLException e) {
        return !isLockTimeout(e)
                && (hasState(e, "40001", "40P01")
                        || hasCode(e, H2Dialect.CONCURRENT_UPDATE)
                        || hasCode(e, MariaDbDialect.CHANGED_SINCE_SNAPSHOT));
    }

    /** A lock was not free in time. */
    static boolean isLockTimeout(SQLException e) {
        return hasState(e, "55P03")
                || hasCode(e, H2Dialect.LOCK_TIMEOUT)
                || hasCode(e, MariaDbDialect.LOCK_TIMEOUT)
                || hasCode(e, MariaDbDialect.NOT_WAITED_FOR);
    }

    static boolean isDuplicateKey(SQLException e) {
        return hasState(e, "23505") || hasCode(e, MariaDbDialect.DUPLICATE_KEY);
    }

    /** The database user may not see it. */
    static boolean isDenied(SQLException e) {
        return hasCode(e, MariaDbDialect.PRIVILEGE_MISSING);
    }

    static UsageStoreException translate(String what, SQLException e) {
        boolean retryable = isSerializationFailure(e) || isLockTimeout(e) || isConnectionFailure(e);
        return new UsageStoreException(
                "%s failed with SQL state %s: %s%s%s"
                        .formatted(
                                what,
                                e.getSQLState(),
                                e.getMessage(),
                                isLockTimeout(e) ? LOCKED : "",
                                retryable ? "; calling again with the same ids is safe" : ""),
                retryable,
                e);
    }

    private static boolean isConnectionFailure(SQLException e) {
        String state = e.getSQLState();
        return e instanceof SQLTransientException
                || e instanceof SQLRecoverableException
                || e instanceof SQLNonTransientConnectionException
                || H2Dialect.CONNECTION_LOST.contains(e.getErrorCode())
                || MariaDbDialect.CONNECTION_LOST.contains(e.getErrorCode())
                || (state != null && (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53")));
    }

    private static boolean hasState(SQLException e, String... states) {
        for (String state : states) {
            if (state.equals(e.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasCode(SQLException e, int code) {
        return e.getErrorCode() == code;
    }
}
