package io.github.quotaguard.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Calendar;
import java.util.Set;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;

/** MariaDB 10.6 and later. */
class MariaDbDialect extends Dialect {

    static final int DUPLICATE_KEY = 1062;

    /** The statement was undone, the transaction is still open with what came before. */
    static final int LOCK_TIMEOUT = 1205;

    /** MySQL's for a lock that is not waited for. */
    static final int NOT_WAITED_FOR = 3572;

    /**
     * With snapshot isolation, what the transaction wanted to change was changed after its snapshot. The whole
     * transaction was undone, and what follows on the connection would be committed without it.
     */
    static final int CHANGED_SINCE_SNAPSHOT = 1020;

    /** The privilege is one of the whole server's, such as PROCESS. */
    static final int PRIVILEGE_MISSING = 1227;

    /** The server is going down, or it has killed the statement or the connection. */
    static final Set<Integer> CONNECTION_LOST = Set.of(1053, 1317, 1927);

    @Override
    String schemaScript() {
        return "schema-mariadb.sql";
    }

    /** The collation of the columns, in which ids are equal only byte for byte, with their trailing spaces. */
    String collation() {
        return "utf8mb4_nopad_bin";
    }

    /** Not {@code SYSDATE}, with which no index is searched; and in the time zone that no session can change. */
    @Override
    String now() {
        return "UTC_TIMESTAMP(6)";
    }

    @Override
    Object parameter(Instant time) {
        return LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    }

    @Override
    String epochSeconds(String time) {
        return "TIMESTAMPDIFF(SECOND, '1970-01-01', %s)".formatted(time);
    }

    /** Not as a {@link LocalDateTime}, which the driver may move by the time zones of this process and the connection. */
    @Override
    @Nullable
    Instant time(ResultSet row, String column) throws SQLException {
        Timestamp time = row.getTimestamp(column, Calendar.getInstance(TimeZone.getTimeZone(ZoneOffset.UTC)));
        return time == null ? null : time.toInstant();
    }

    /** INSERT IGNORE would cut what is too long. */
    @Override
    String onConflictDoNothing() {
        return "";
    }

    /** What a search that locks passes by, it locks too; and without statistics, others read the whole tenant. */
    @Override
    String byPrimaryKey() {
        return " FORCE INDEX (PRIMARY)";
    }

    /** Once for all tenants, by a search of the index alone, which with statistics leaps over what is not due. */
    @Override
    String hasDue(TableNames tables) {
        return """
                u.tenant IN (SELECT a.tenant FROM %s a FORCE INDEX (allocation_due) WHERE a.due_at <= %s
                    GROUP BY a.tenant HAVING min(a.due_at) IS NOT NULL)""".formatted(tables.allocation(), now());
    }

    @Override
    String openEntriesOfAll(TableNames tables) {
        return """
                %s u STRAIGHT_JOIN %s e FORCE INDEX (ledger_seq) ON e.tenant = u.tenant AND e.seq IS NULL
                WHERE u.account = u.tenant AND u.category = ''""".formatted(tables.usage(), tables.ledger());
    }

    @Override
    String dueLivesOfAll(TableNames tables) {
        return """
                %s u STRAIGHT_JOIN %s a FORCE INDEX (allocation_due) ON a.tenant = u.tenant AND a.due_at <= %s
                WHERE u.account = u.tenant AND u.category = ''""".formatted(tables.usage(), tables.allocation(), now());
    }

    /** Of the whole server, with the privilege PROCESS; their times are in the time zone of the server's machine. */
    @Override
    String oldestTransaction() {
        return """
                SELECT min(CONVERT_TZ(trx_started, 'SYSTEM', '+00:00')) AS oldest
                FROM information_schema.innodb_trx WHERE trx_mysql_thread_id <> CONNECTION_ID()""";
    }

    @Override
    boolean asksForLocksItSkips() {
        return true;
    }

    @Override
    boolean locksWhatIsRead() {
        return true;
    }

    /** The bound comes with each statement, and so costs no round trip and need not be taken back. */
    @Override
    void setLockTimeout(Sql sql, int millis) throws SQLException {
        int seconds = seconds(millis);
        sql.beginEachWith(
                "SET STATEMENT innodb_lock_wait_timeout=%1$d, lock_wait_timeout=%1$d FOR ".formatted(seconds));
    }

    @Override
    void boundStatement(Sql sql, int millis) throws SQLException {
        setLockTimeout(sql, millis);
    }

    /** A bound of the caller's that is tighter stays. */
    @Override
    void boundCallers(Sql sql, int millis) {
        sql.beginEachWith("SET STATEMENT innodb_lock_wait_timeout=LEAST(@@innodb_lock_wait_timeout, %d) FOR "
                .formatted(seconds(millis)));
    }

    /** Whole seconds, of which 0 means not to wait. */
    static int seconds(int millis) {
        return millis <= UNDER_WAY_MILLIS ? 0 : (millis + 999) / 1_000;
    }

    @Override
    int snapshotIsolation() {
        return Connection.TRANSACTION_READ_COMMITTED;
    }

    /** The names in the catalogue compare without regard to case, also where the tables differ by it. */
    @Override
    String inexactColumns(TableNames tables) {
        return """
                SELECT concat(table_name, '.', column_name, ' (', collation_name, ')') AS inexact
                FROM information_schema.columns
                WHERE %1$s AND collation_name <> '%2$s'
                UNION ALL
                SELECT concat(table_name, ' (engine ', engine, ')')
                FROM information_schema.tables
                WHERE %1$s AND engine <> 'InnoDB'
                """.formatted(
                """
                table_schema = %1$s AND table_name IN (%2$s)
                    AND (@@lower_case_table_names > 0 OR BINARY table_name IN (%2$s))""".formatted(tables.schema() == null ? "DATABASE()" : "'" + tables.schema() + "'", tables.quoted()),
                collation());
    }
}
