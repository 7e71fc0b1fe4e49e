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

    /** The state of the error by which {@link #reserveStatement} undoes a batch. */
    static final String NOT_A_NUMBER = "22P02";

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
    String lockRowsOfFiles() {
        return " FOR UPDATE OF a";
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
        if (sql.first(update.ofAll(), row -> row.number("vanished"), columns).orElseThrow() > 0) {
            throw new SQLException("a row that is locked has vanished: " + update.ofOne());
        }
    }

    /**
     * Reserves in one round trip files without versions of which nothing is live, all of one tenant; where one of them is
     * not that simple, or not all fit, nothing is changed, and {@link Reserving} decides.
     *
     * <p>The root counter is locked first and in a step of its own, so that all others are locked, and read afresh,
     * only by its holder. The allocations are inserted only from a verdict on the locked rows, and the counters are moved
     * only by what was inserted, so a repeated call can not charge twice. The versions of the files are read before the
     * lock. If a reserve that names a version came in between, one of them may have been missed, and the statement does
     * nothing; if one that names none did, its file is not inserted, and since all the others are, the statement fails
     * with {@value #NOT_A_NUMBER}. Where no limit is soft, the end of a grace that is still noted means nothing any more.
     *
     * <p>The planner can not tell how long the arrays are, nor what is in them, and sees only how many values there are.
     * So one plan serves all batches, and is kept; and it searches each table row by row, by the primary key, as it has
     * to when the tables have grown.
     */
    @Override
    String reserveStatement(TableNames tables) {
        return """
                WITH {charge}, {request}, root AS MATERIALIZED (
                    SELECT u.tenant, u.versioned FROM %1$s u
                    WHERE u.tenant = ? AND u.account = ? AND u.category = ''
                        AND (SELECT set_config('lock_timeout', ?, true)) IS NOT NULL
                        AND NOT EXISTS (SELECT 1 FROM request r, LATERAL (
                            SELECT 1 FROM %2$s a
                            WHERE a.tenant = ? AND a.file = r.file AND a.state IN ('RESERVED', 'COMMITTED') LIMIT 1) a)
                    FOR UPDATE
                ), verdict AS MATERIALIZED (
                    SELECT FROM root r, charge c LEFT JOIN LATERAL (
                        SELECT u.reserved_bytes <= c.most_bytes - u.used_bytes
                            AND u.reserved_files <= c.most_files - u.used_files AS fits
                        FROM %1$s u
                        WHERE u.tenant = r.tenant AND u.account = c.account AND u.category = c.category
                        FOR UPDATE) u ON true
                    WHERE r.versioned = (
                        SELECT b.versioned FROM %1$s b WHERE b.tenant = ? AND b.account = ? AND b.category = '')
                    HAVING bool_and(coalesce(u.fits, false))
                ), inserted AS (
                    INSERT INTO %2$s AS a (tenant, file, version, account, category, state, generation, attempt, bytes,
                        files_held, declared_bytes, replaces, metadata, forced_reason, actor, retain_until, born_at,
                        deadline, since, due_at)
                    SELECT ?, r.file, '', r.account, r.category, 'RESERVED', r.generation, 1, r.bytes,
                        1, r.declared_bytes, NULL, r.metadata, r.forced_reason, r.actor, r.retain_until,
                        statement_timestamp(), statement_timestamp() + r.ttl_micros * interval '1 microsecond',
                        statement_timestamp(), statement_timestamp() + r.ttl_micros * interval '1 microsecond'
                    FROM verdict, request r
                    ON CONFLICT (tenant, file, version) DO UPDATE SET account = EXCLUDED.account,
                        category = EXCLUDED.category, state = EXCLUDED.state, generation = EXCLUDED.generation,
                        attempt = EXCLUDED.attempt, bytes = EXCLUDED.bytes, files_held = EXCLUDED.files_held,
                        declared_bytes = EXCLUDED.declared_bytes, replaces = EXCLUDED.replaces,
                        metadata = EXCLUDED.metadata, forced_reason = EXCLUDED.forced_reason, actor = EXCLUDED.actor,
                        retain_until = EXCLUDED.retain_until, born_at = EXCLUDED.born_at, deadline = EXCLUDED.deadline,
                        since = EXCLUDED.since, due_at = EXCLUDED.due_at
                    WHERE a.state NOT IN ('RESERVED', 'COMMITTED')
                    RETURNING a.file, a.born_at, a.deadline
                ), moved AS (
                    INSERT INTO %1$s AS u (tenant, account, category, used_bytes, reserved_bytes, used_files,
                        reserved_files, last_seq, versioned, updated_at)
                    SELECT ?, c.account, c.category, 0, CASE WHEN i.files = (SELECT count(*) FROM request) THEN c.bytes
                            ELSE ('another call has begun a file of the batch, which is rolled back: ' || i.files)::bigint END,
                        0, c.files, 0, 0, statement_timestamp()
                    FROM charge c, (SELECT count(*) AS files FROM inserted) i
                    WHERE i.files > 0
                    ON CONFLICT (tenant, account, category) DO UPDATE SET
                        reserved_bytes = u.reserved_bytes + EXCLUDED.reserved_bytes,
                        reserved_files = u.reserved_files + EXCLUDED.reserved_files,
                        updated_at = greatest(u.updated_at, EXCLUDED.updated_at), grace_until = NULL
                )
                SELECT file, born_at, deadline FROM inserted
                """.formatted(tables.usage(), tables.allocation());
    }
}
