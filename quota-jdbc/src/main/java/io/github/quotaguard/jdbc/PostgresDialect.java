package io.github.quotaguard.jdbc;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL 15 and later. What it plans for a statement while the tables are almost empty, it may keep until they have
 * statistics; and with statistics of many small tenants it takes the largest for one of them. So every search says by its
 * form which index it goes by: OFFSET 0 keeps a subquery from becoming a join, and an order chooses an index that has it.
 */
final class PostgresDialect extends PostgresLikeDialect {

    @Override
    Dialect ofPlainStatements() {
        return new PostgresLikeDialect();
    }

    /** One search of the primary key for each file. */
    @Override
    String rowsOfFiles(String table, String placeholders) {
        return """
                (SELECT ?::text AS one_tenant) t CROSS JOIN (SELECT DISTINCT unnest(ARRAY[%2$s]::text[]) AS one_file) f
                CROSS JOIN LATERAL (SELECT * FROM %1$s a WHERE a.tenant = one_tenant AND a.file = one_file OFFSET 0) a
                WHERE true""".formatted(table, placeholders);
    }

    @Override
    String lookUp(String join, String table, String alias, String condition) {
        return "%1$s JOIN LATERAL (SELECT * FROM %2$s %3$s WHERE %4$s OFFSET 0) %3$s ON true"
                .formatted(join, table, alias, condition);
    }

    @Override
    String openEntries(TableNames tables) {
        return "(SELECT * FROM %s WHERE tenant = ? AND seq IS NULL ORDER BY phase, recorded_at OFFSET 0)"
                .formatted(tables.ledger());
    }

    /** The smallest is found at the start of an index; EXISTS may be answered by a list of all that is due. */
    @Override
    String hasDue(TableNames tables) {
        return "(SELECT min(a.due_at) FROM %s a WHERE a.tenant = u.tenant) <= %s".formatted(tables.allocation(), now());
    }

    @Override
    String hasOpen(TableNames tables, String condition) {
        return "(SELECT min(e.phase) FROM %s e WHERE e.tenant = u.tenant AND e.seq IS NULL AND %s) IS NOT NULL"
                .formatted(tables.ledger(), condition);
    }

    /**
     * Without a bound, a transaction that is suspended while the same thread ends the same life in another would be
     * waited for by the very thread that has to end it, and the database sees no deadlock. A bound of the caller's that
     * is tighter stays. An error rolls the setting back with everything else.
     */
    @Override
    String boundedInsert(String table, String columns, String values, int millis) {
        return """
                WITH before AS MATERIALIZED (
                    SELECT current_setting('lock_timeout') AS lock_timeout
                ), bounded AS MATERIALIZED (
                    SELECT set_config('lock_timeout', CASE
                        WHEN b.lock_timeout::interval BETWEEN interval '1 ms' AND interval '%1$s ms' THEN b.lock_timeout
                        ELSE '%1$s' END, true) FROM before b
                ), inserted AS (
                    INSERT INTO %2$s (%3$s) SELECT %4$s FROM bounded ON CONFLICT DO NOTHING RETURNING 1
                ), done AS MATERIALIZED (
                    SELECT count(*) AS inserted FROM inserted
                )
                SELECT d.inserted, set_config('lock_timeout', b.lock_timeout, true) FROM done d, before b
                """.formatted(millis, table, columns, values);
    }

    /** Once for all rows, which takes the server and the driver half the time. */
    @Override
    void updateEach(Sql sql, KeyedUpdate update, List<@Nullable Object[]> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        List<String> types = update.types();
        @Nullable Object[] columns = new @Nullable Object[types.size()];
        for (int column = 0; column < columns.length; column++) {
            int at = column;
            columns[column] = sql.connection()
                    .createArrayOf(
                            types.get(column), rows.stream().map(row -> row[at]).toArray());
        }
        sql.update(update.ofAll(), columns);
    }

    /**
     * Reserves in one round trip a file without versions of which nothing is live; what is not that simple, or does not
     * fit, changes nothing and is decided by {@link Reserving}.
     *
     * <p>The root counter is locked first and in a step of its own, so that all others are locked, and read afresh,
     * only by its holder. The allocation is inserted only from a verdict on the locked rows, and the counters are moved
     * only by an allocation that was inserted, so a repeated call can not charge twice. The versions of the file are read
     * before the lock; if a reserve that names a version came in between, one of them may have been missed, and the
     * statement does nothing. Where no limit is soft, the end of a grace that is still noted means nothing any more.
     */
    @Override
    String reserveStatement(TableNames tables) {
        return """
                WITH setting AS MATERIALIZED (
                    SELECT set_config('lock_timeout', ?, true) AS lock_timeout
                ), charge AS MATERIALIZED (
                    SELECT * FROM unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[])
                        AS c(account, category, max_bytes, max_files)
                ), request AS MATERIALIZED (
                    SELECT ?::text AS tenant, ?::text AS file, ?::bigint AS bytes
                ), live AS MATERIALIZED (
                    SELECT 1 FROM %2$s a, request r
                    WHERE a.tenant = r.tenant AND a.file = r.file AND a.state IN ('RESERVED', 'COMMITTED')
                    LIMIT 1
                ), before AS MATERIALIZED (
                    SELECT u.versioned FROM request r, %1$s u
                    WHERE u.tenant = r.tenant AND u.account = r.tenant AND u.category = ''
                ), root AS MATERIALIZED (
                    SELECT u.tenant, u.versioned FROM setting s, request r, %1$s u
                    WHERE u.tenant = r.tenant AND u.account = r.tenant AND u.category = ''
                        AND s.lock_timeout IS NOT NULL AND NOT EXISTS (SELECT 1 FROM live)
                    FOR UPDATE OF u
                ), locked AS MATERIALIZED (
                    SELECT c.max_bytes - u.used_bytes - u.reserved_bytes AS free_bytes,
                        c.max_files - u.used_files - u.reserved_files AS free_files
                    FROM root r, charge c, %1$s u
                    WHERE u.tenant = r.tenant AND u.account = c.account AND u.category = c.category
                    FOR UPDATE OF u
                ), verdict AS MATERIALIZED (
                    SELECT count(*) AS found, min(free_bytes) AS free_bytes, min(free_files) AS free_files FROM locked
                ), inserted AS (
                    INSERT INTO %2$s AS a (tenant, file, version, account, category, state, generation, attempt, bytes,
                        files_held, declared_bytes, replaces, metadata, forced_reason, actor, retain_until, born_at,
                        deadline, since, due_at)
                    SELECT r.tenant, r.file, ?, ?, ?, 'RESERVED', ?, 1, r.bytes,
                        1, ?, NULL, ?, ?, ?, ?, statement_timestamp(), statement_timestamp() + ? * interval '1 microsecond',
                        statement_timestamp(), statement_timestamp() + ? * interval '1 microsecond'
                    FROM verdict v, request r, root, before b
                    WHERE root.versioned = b.versioned AND v.found = (SELECT count(*) FROM charge)
                        AND (r.bytes = 0 OR r.bytes <= v.free_bytes) AND v.free_files >= 1
                    ON CONFLICT (tenant, file, version) DO UPDATE SET account = EXCLUDED.account,
                        category = EXCLUDED.category, state = EXCLUDED.state, generation = EXCLUDED.generation,
                        attempt = EXCLUDED.attempt, bytes = EXCLUDED.bytes, files_held = EXCLUDED.files_held,
                        declared_bytes = EXCLUDED.declared_bytes, replaces = EXCLUDED.replaces,
                        metadata = EXCLUDED.metadata, forced_reason = EXCLUDED.forced_reason, actor = EXCLUDED.actor,
                        retain_until = EXCLUDED.retain_until, born_at = EXCLUDED.born_at, deadline = EXCLUDED.deadline,
                        since = EXCLUDED.since, due_at = EXCLUDED.due_at
                    WHERE a.state NOT IN ('RESERVED', 'COMMITTED')
                    RETURNING a.born_at, a.deadline
                ), moved AS (
                    UPDATE %1$s u
                    SET reserved_bytes = u.reserved_bytes + r.bytes, reserved_files = u.reserved_files + 1,
                        updated_at = greatest(u.updated_at, i.born_at), grace_until = NULL
                    FROM inserted i, request r, charge c
                    WHERE u.tenant = r.tenant AND u.account = c.account AND u.category = c.category
                )
                SELECT born_at, deadline FROM inserted
                """.formatted(tables.usage(), tables.allocation());
    }
}
