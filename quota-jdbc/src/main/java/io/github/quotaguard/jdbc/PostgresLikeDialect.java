package io.github.quotaguard.jdbc;

import java.sql.Connection;
import java.util.stream.Collectors;

/** PostgreSQL's language in plain statements, for engines that speak it and plan in their own way, such as Citus. */
class PostgresLikeDialect extends Dialect {

    @Override
    String schemaScript() {
        return "schema-postgresql.sql";
    }

    /** Not {@code now()}, which is the start of the transaction, perhaps of a long one of the caller's. */
    @Override
    String now() {
        return "statement_timestamp()";
    }

    /** An error would abort the caller's transaction. */
    @Override
    String onConflictDoNothing() {
        return " ON CONFLICT DO NOTHING";
    }

    @Override
    void setLockTimeout(Sql sql, int millis) {
        sql.beforeNext("SET LOCAL lock_timeout = " + millis);
    }

    @Override
    int snapshotIsolation() {
        return Connection.TRANSACTION_READ_COMMITTED;
    }

    /**
     * Of the database, those prepared by a transaction manager included; those of other users with the role
     * pg_read_all_stats.
     */
    @Override
    String oldestTransaction() {
        return """
                SELECT min(t.since) AS oldest FROM (
                    SELECT xact_start AS since FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
                    UNION ALL
                    SELECT prepared FROM pg_prepared_xacts WHERE database = current_database()) t""";
    }

    /** Of the collations, only those that are not deterministic take different strings for equal. */
    @Override
    String inexactColumns(TableNames tables) {
        return """
                SELECT a.attrelid::regclass || '.' || a.attname || ' (' || format_type(a.atttypid, a.atttypmod) || ', '
                    || c.collname || ')' AS inexact
                FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation
                WHERE a.attrelid IN (%s)
                    AND (NOT c.collisdeterministic OR a.atttypid NOT IN ('varchar'::regtype, 'text'::regtype))
                """.formatted(
                tables.all().stream().map("to_regclass('%s')"::formatted).collect(Collectors.joining(", ")));
    }
}
