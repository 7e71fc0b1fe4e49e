package io.github.quotaguard.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** In what a database differs; everything else is in {@link Statements}. */
abstract class Dialect {

    /** As good as not waiting for a lock at all, since 0 means to wait for ever. */
    static final int NO_WAIT_MILLIS = 1;

    /**
     * After which a transaction that keeps a key is taken for one that is under way: longer than the moment for which a
     * database may keep others from a page or a file of its own.
     */
    static final int UNDER_WAY_MILLIS = 20;

    /**
     * Returns the dialect of a database.
     *
     * @throws IllegalArgumentException if it is none of those supported
     */
    static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "H2" -> new H2Dialect();
            case "PostgreSQL" -> new PostgresDialect();
            case "MariaDB" -> new MariaDbDialect();
            case "MySQL" -> new MySqlDialect();
            default ->
                throw new IllegalArgumentException(
                        "database %s is not supported, supported are H2, MariaDB, MySQL and PostgreSQL"
                                .formatted(product));
        };
    }

    /** The name of the script that creates the tables. */
    abstract String schemaScript();

    /** The expression for the database's clock. */
    abstract String now();

    /** Returns a time as a parameter of a statement. */
    Object parameter(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    /** The expression for the seconds from 1970-01-01, UTC, to a time. */
    String epochSeconds(String time) {
        return "EXTRACT(EPOCH FROM %s)".formatted(time);
    }

    /** Reads a time, null if there is none. */
    @Nullable
    Instant time(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /** What follows an INSERT that is to do nothing if its key is there already; empty if that is an error to catch. */
    abstract String onConflictDoNothing();

    /**
     * What follows the name of a table that is searched by its primary key, where others would be locked on another way.
     */
    String byPrimaryKey() {
        return "";
    }

    /**
     * The rows, as {@code a}, that a table has of some files of one tenant, and the condition for them, to which more can
     * be added; the arguments are the tenant and the files.
     */
    String rowsOfFiles(String table, String placeholders) {
        return "%s a%s WHERE a.tenant = ? AND a.file IN (%s)".formatted(table, byPrimaryKey(), placeholders);
    }

    /** What locks those rows. */
    String lockRowsOfFiles() {
        return " FOR UPDATE" + (locksWhatIsRead() ? " NOWAIT" : "");
    }

    /** The join, {@code INNER} or {@code LEFT}, with the row that has the primary key which a condition names. */
    String lookUp(String join, String table, String alias, String condition) {
        return "%s JOIN %s %s ON %s".formatted(join, table, alias, condition);
    }

    /** The join of an entry with the life that it ends. */
    final String lookUpLife(TableNames tables, String life, String entry) {
        return lookUp("INNER", tables.allocation(), life, sameLife(life, entry));
    }

    /** The join of a life, or the entry of its end, with the one entry of which something holds, or none. */
    final String lookUpEnd(TableNames tables, String entry, String life, String condition) {
        return lookUp("LEFT", tables.ledger(), entry, sameLife(entry, life) + " AND " + condition);
    }

    private static String sameLife(String one, String other) {
        return "%1$s.tenant = %2$s.tenant AND %1$s.file = %2$s.file AND %1$s.version = %2$s.version AND %1$s.generation = %2$s.generation"
                .formatted(one, other);
    }

    /** The open entries of one tenant, in brackets. */
    String openEntries(TableNames tables) {
        return "(SELECT * FROM %s WHERE tenant = ? AND seq IS NULL)".formatted(tables.ledger());
    }

    /** The condition that a tenant, {@code u.tenant}, has allocations that are due. */
    String hasDue(TableNames tables) {
        return "EXISTS (SELECT 1 FROM %s a WHERE a.tenant = u.tenant AND a.due_at <= %s)"
                .formatted(tables.allocation(), now());
    }

    /** The condition that a tenant, {@code u.tenant}, has open entries, {@code e}, of which something holds. */
    String hasOpen(TableNames tables, String condition) {
        return "EXISTS (SELECT 1 FROM %s e WHERE e.tenant = u.tenant AND e.seq IS NULL AND %s)"
                .formatted(tables.ledger(), condition);
    }

    /**
     * The open entries of all tenants, as {@code e}, and a condition to which more can be added. LEFT lets a database begin
     * with the tenants, and search an index for each.
     */
    String openEntriesOfAll(TableNames tables) {
        return ofAllTenants(tables, tables.ledger(), "e", "e.tenant = u.tenant AND e.seq IS NULL");
    }

    /** The allocations of all tenants that are due, as {@code a}, likewise. */
    String dueLivesOfAll(TableNames tables) {
        return ofAllTenants(tables, tables.allocation(), "a", "a.tenant = u.tenant AND a.due_at <= " + now());
    }

    private String ofAllTenants(TableNames tables, String table, String alias, String condition) {
        return "%s u %s WHERE u.account = u.tenant AND u.category = ''"
                .formatted(tables.usage(), lookUp("LEFT", table, alias, condition));
    }

    /** The query for since when at least, as {@code oldest}, the oldest transaction of another connection is open. */
    abstract String oldestTransaction();

    /** Returns the dialect of a database that speaks this one but runs only plain statements well. */
    Dialect ofPlainStatements() {
        return this;
    }

    /**
     * Says whether SKIP LOCKED asks for the lock of a row before it skips it, even of a row that nobody can see yet. Who
     * inserted that and waits for the lock of the asker then looks like one half of a deadlock.
     */
    boolean asksForLocksItSkips() {
        return false;
    }

    /**
     * Says whether a caller's transaction at SERIALIZABLE locks the rows and gaps that it reads, as a delete or a
     * replacement reads allocations. Then nothing may be waited for while a root is locked.
     */
    boolean locksWhatIsRead() {
        return false;
    }

    /**
     * Bounds the waits for locks of the transaction, until it ends or is bounded anew; longer where it has to be rounded.
     */
    abstract void setLockTimeout(Sql sql, int millis) throws SQLException;

    /**
     * Lets the rest of a transaction that has locked a root wait only for a moment for the rows of files. Where they are
     * locked with NOWAIT, nothing is to be done; and MariaDB, told not to wait, fails the COMMIT after SKIP LOCKED.
     */
    final void stopWaitingForFiles(Sql sql) throws SQLException {
        if (!locksWhatIsRead()) {
            setLockTimeout(sql, UNDER_WAY_MILLIS);
        }
    }

    /** Lets the rest of a transaction that has locked a root wait for no caller. */
    final void stopWaitingForCallers(Sql sql) throws SQLException {
        if (locksWhatIsRead()) {
            setLockTimeout(sql, UNDER_WAY_MILLIS);
        }
    }

    /** Lets it wait for them again, for what it locks with care. */
    final void waitForCallersAgain(Sql sql, int millis) throws SQLException {
        if (locksWhatIsRead()) {
            setLockTimeout(sql, millis);
        }
    }

    /** Bounds the waits of a single statement where that costs no round trip. */
    void boundStatement(Sql sql, int millis) throws SQLException {}

    /** Runs a transaction's work with bounded waits, and leaves the connection as it was. */
    <T> T withLockTimeout(Sql sql, int millis, OwnTransactions.Work<T> work) throws SQLException {
        setLockTimeout(sql, millis);
        return work.run(sql);
    }

    /** Bounds the waits of each statement in a caller's transaction where that changes nothing of the transaction. */
    void boundCallers(Sql sql, int millis) {}

    /**
     * The INSERT of one row that bounds its own waits for locks, and leaves the bounds of its transaction as they are:
     * a query of the number of rows {@code inserted}. Null if the database never lets a statement wait for ever.
     */
    @Nullable
    String boundedInsert(String table, String columns, String values, int millis) {
        return null;
    }

    /** The isolation level at which a single statement reads one snapshot of all tables. */
    abstract int snapshotIsolation();

    /** The query for the columns of the tables, as {@code inexact}, in which ids are not compared byte for byte. */
    abstract String inexactColumns(TableNames tables);

    /**
     * The one statement that reserves, or null if the database takes several. It names {@code {charge}} and {@code
     * {request}} where the tables of {@link OneStatementReserve}'s rows come.
     */
    @Nullable
    String reserveStatement(TableNames tables) {
        return null;
    }

    /** Updates rows that are there and locked. */
    void updateEach(Sql sql, KeyedUpdate update, List<@Nullable Object[]> rows) throws SQLException {
        sql.updateEach(update.ofOne(), rows);
    }

    /**
     * Inserts a row unless its key is there already. Waits for another transaction that is inserting it.
     *
     * @return true if it was inserted
     */
    final boolean insertIfAbsent(Sql sql, String insert, @Nullable Object... arguments) throws SQLException {
        try {
            return sql.update(insert, arguments) == 1;
        } catch (SQLException e) {
            if (onConflictDoNothing().isEmpty() && SqlFailures.isDuplicateKey(e)) {
                return false;
            }
            throw e;
        }
    }
}
