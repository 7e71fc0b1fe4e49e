package io.github.quotaguard.jdbc;

import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;

/** H2 2.4 and later, embedded or as a server. */
final class H2Dialect extends Dialect {

    static final int LOCK_TIMEOUT = 50200;
    static final int CONCURRENT_UPDATE = 90131;

    /** The session was broken off, the database closed, or closed under the session. */
    static final Set<Integer> CONNECTION_LOST = Set.of(90067, 90098, 90121);

    /** H2's level of its own, {@code org.h2.engine.Constants.TRANSACTION_SNAPSHOT}. */
    private static final int SNAPSHOT = 6;

    @Override
    String schemaScript() {
        return "schema-h2.sql";
    }

    /** The start of the transaction, which for a transaction of the library's is a moment ago. */
    @Override
    String now() {
        return "CURRENT_TIMESTAMP";
    }

    @Override
    String onConflictDoNothing() {
        return "";
    }

    @Override
    void setLockTimeout(Sql sql, int millis) throws SQLException {
        sql.execute("SET LOCK_TIMEOUT " + millis);
    }

    /** The time-out is the session's, and outlives the transaction. */
    @Override
    <T> T withLockTimeout(Sql sql, int millis, OwnTransactions.Work<T> work) throws SQLException {
        int before = sql.query("SELECT LOCK_TIMEOUT() AS millis", row -> row.smallNumber("millis"))
                .get(0);
        try {
            return super.withLockTimeout(sql, millis, work);
        } finally {
            setLockTimeout(sql, before);
        }
    }

    @Override
    String inexactColumns(TableNames tables) {
        return """
                SELECT TABLE_NAME || '.' || COLUMN_NAME || ' (' || DATA_TYPE || ', collation ' || COLLATION_NAME || ')'
                    AS inexact
                FROM INFORMATION_SCHEMA.COLUMNS
                WHERE UPPER(TABLE_SCHEMA) = UPPER(%s) AND UPPER(TABLE_NAME) IN (%s)
                    AND CHARACTER_MAXIMUM_LENGTH IS NOT NULL
                    AND (DATA_TYPE <> 'CHARACTER VARYING' OR COLLATION_NAME <> 'OFF')
                """.formatted(
                        tables.schema() == null ? "SCHEMA()" : "'" + tables.schema() + "'",
                        tables.quoted().toUpperCase(Locale.ROOT));
    }

    /** Of those that have changed something, by when their sessions last did something; others are seen by an administrator. */
    @Override
    String oldestTransaction() {
        return """
                SELECT min(coalesce(EXECUTING_STATEMENT_START, SLEEP_SINCE)) AS oldest
                FROM INFORMATION_SCHEMA.SESSIONS WHERE CONTAINS_UNCOMMITTED AND SESSION_ID <> SESSION_ID()""";
    }

    /** At its other levels, a statement with subqueries sees other transactions commit in between. */
    @Override
    int snapshotIsolation() {
        return SNAPSHOT;
    }
}
