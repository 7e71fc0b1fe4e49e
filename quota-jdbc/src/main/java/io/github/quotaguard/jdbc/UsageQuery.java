package io.github.quotaguard.jdbc;

/**
 * The query for what an account uses: its counters, and what the ends that are not settled yet will change in them, in
 * one snapshot. Of each open entry the bytes, and for each file that has one whether it is counted before and after. So
 * it reads the counters, the open entries and the versions of their files, and nothing of what is settled.
 */
final class UsageQuery {

    private UsageQuery() {}

    static String of(TableNames tables, Dialect dialect) {
        return """
                SELECT 'C' AS what, category, used_bytes, reserved_bytes, used_files, reserved_files, updated_at,
                    grace_until, CASE WHEN grace_until <= %1$s THEN 1 ELSE 0 END AS grace_over
                FROM %2$s WHERE tenant = ? AND account = ?
                UNION ALL
                SELECT 'E', e.category, e.bytes, CASE WHEN e.phase = 1 THEN -a.bytes ELSE 0 END,
                    0, CASE WHEN e.phase = 1 THEN -a.files_held ELSE 0 END, e.recorded_at, NULL, 0
                FROM %5$s e
                %6$s
                WHERE e.account = ? OR e.account LIKE ? ESCAPE '!'
                UNION ALL
                SELECT 'F', g.category, 0, 0,
                    CASE WHEN 0 < (
                        SELECT count(*) FROM %3$s
                        %7$s
                        %8$s
                        WHERE %4$s AND (a.state = 'COMMITTED' OR (r.kind = 'COMMIT' AND r.seq IS NULL))
                            AND (f.kind IS NULL OR f.seq IS NOT NULL))
                        THEN 1 ELSE 0 END
                    - CASE WHEN 0 < (SELECT count(*) FROM %3$s WHERE %4$s AND a.state = 'COMMITTED') THEN 1 ELSE 0 END,
                    0, NULL, NULL, 0
                FROM (SELECT DISTINCT e.tenant, e.file, e.account, e.category FROM %5$s e
                    WHERE e.account = ? OR e.account LIKE ? ESCAPE '!') g
                """.formatted(
                        dialect.now(),
                        tables.usage(),
                        tables.allocation() + " a" + dialect.byPrimaryKey(),
                        "a.tenant = g.tenant AND a.file = g.file AND a.account = g.account AND a.category = g.category",
                        dialect.openEntries(tables),
                        dialect.lookUpLife(tables, "a", "e"),
                        dialect.lookUpEnd(tables, "r", "a", "r.phase = 1"),
                        dialect.lookUpEnd(tables, "f", "a", "f.phase = 2"));
    }
}
