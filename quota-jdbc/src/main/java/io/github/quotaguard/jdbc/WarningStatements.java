package io.github.quotaguard.jdbc;

/** The SQL of warnings, formatted once for the tables of a store. */
final class WarningStatements {

    private static final String KEY = "tenant = ? AND account = ? AND category = ? AND metric = ?";

    final String behind;
    final String mark;
    final String insertMark;
    final String moveMark;
    final String changed;
    final String endedGraces;
    final String watched;
    final String moveLevel;
    final String insertLevel;
    final String insertWarning;
    final String claimable;
    final String claim;
    final String confirm;

    WarningStatements(TableNames tables, Dialect dialect) {
        String absent = dialect.onConflictDoNothing();
        behind = """
                SELECT u.tenant FROM %1$s u LEFT JOIN %2$s m ON m.tenant = u.tenant
                WHERE u.tenant > ? AND u.account = u.tenant AND u.category = '' AND u.last_seq > coalesce(m.seq, 0)
                ORDER BY u.tenant LIMIT ?""".formatted(tables.usage(), tables.evaluation());
        mark = """
                SELECT u.last_seq, coalesce(m.seq, 0) AS mark FROM %1$s u LEFT JOIN %2$s m ON m.tenant = u.tenant
                WHERE u.tenant = ? AND u.account = ? AND u.category = ''""".formatted(tables.usage(), tables.evaluation());
        insertMark = "INSERT INTO %s (tenant, seq) VALUES (?, ?)".formatted(tables.evaluation()) + absent;
        moveMark = "UPDATE %s SET seq = ? WHERE tenant = ? AND seq = ?".formatted(tables.evaluation());
        changed = """
                SELECT account, seq FROM %s WHERE tenant = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?""".formatted(tables.ledger());
        endedGraces = """
                SELECT u.account, u.grace_until FROM %1$s u LEFT JOIN %2$s l ON l.tenant = u.tenant
                    AND l.account = u.account AND l.category = '' AND l.metric = 'SOFT_BYTES'
                WHERE u.category = '' AND u.grace_until <= %3$s AND coalesce(l.level, 0) < ?
                    AND u.tenant >= ? AND (u.tenant, u.account) > (?, ?)
                ORDER BY u.tenant, u.account LIMIT ?""".formatted(tables.usage(), tables.level(), dialect.now());
        watched = """
                SELECT 'U' AS what, category, '' AS metric, used_bytes, reserved_bytes, used_files,
                    grace_until, %3$s AS now, 0 AS level, 0 AS raises
                FROM %1$s WHERE tenant = ? AND account = ?
                UNION ALL
                SELECT 'L', category, metric, 0, 0, 0, NULL, %3$s, level, raises FROM %2$s WHERE tenant = ? AND account = ?""".formatted(tables.usage(), tables.level(), dialect.now());
        moveLevel = "UPDATE %s SET level = ?, raises = ? WHERE ".formatted(tables.level()) + KEY
                + " AND level = ? AND raises = ?";
        insertLevel = "INSERT INTO %s (level, raises, tenant, account, category, metric) VALUES (?, ?, ?, ?, ?, ?)"
                        .formatted(tables.level())
                + absent;
        insertWarning = """
                INSERT INTO %1$s (tenant, account, category, metric, raises, level, used, max_used, grace_ends_at,
                    raised_at, claimed_until, claims)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, %2$s, %2$s, 0)""".formatted(tables.warning(), dialect.now());
        claimable = """
                SELECT account, category, metric, raises, level, used, max_used, grace_ends_at, raised_at, claims, %2$s AS now
                FROM %1$s WHERE claimed_until <= %2$s ORDER BY claimed_until LIMIT ?""".formatted(tables.warning(), dialect.now());
        claim = "UPDATE %s SET claims = claims + 1, claimed_until = ? WHERE ".formatted(tables.warning()) + KEY
                + " AND raises = ? AND claims = ?";
        confirm = "DELETE FROM %s WHERE ".formatted(tables.warning()) + KEY + " AND raises = ?";
    }
}
