package io.github.quotaguard.jdbc;

import java.sql.SQLException;

/** MySQL 8: MariaDB's dialect, but for the name of the collation and the scope of a time-out. */
final class MySqlDialect extends MariaDbDialect {

    @Override
    String schemaScript() {
        return "schema-mysql.sql";
    }

    @Override
    String collation() {
        return "utf8mb4_0900_bin";
    }

    @Override
    void setLockTimeout(Sql sql, int millis) throws SQLException {
        sql.execute("SET SESSION innodb_lock_wait_timeout = " + Math.max(1, seconds(millis)));
    }

    @Override
    void boundStatement(Sql sql, int millis) {}

    @Override
    void boundCallers(Sql sql, int millis) {}

    /** The time-out is the session's, and outlives the transaction. */
    @Override
    <T> T withLockTimeout(Sql sql, int millis, OwnTransactions.Work<T> work) throws SQLException {
        int before = sql.query("SELECT @@innodb_lock_wait_timeout AS seconds", row -> row.smallNumber("seconds"))
                .get(0);
        try {
            return super.withLockTimeout(sql, millis, work);
        } finally {
            sql.execute("SET SESSION innodb_lock_wait_timeout = " + before);
        }
    }
}
