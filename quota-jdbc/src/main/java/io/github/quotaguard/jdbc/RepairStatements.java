package io.github.quotaguard.jdbc;

import java.util.List;

/** The SQL of repairs and cleanups, formatted once for the tables of a store. */
final class RepairStatements {

    final String now;
    final String insertLease;
    final String lockLease;
    final String moveLease;
    final String epoch;
    final String moveEpoch;
    final String live;
    final String balances;
    final String insertAdjustment;
    final String expired;
    final String moveClaim;
    final String insertClaim;
    final String forgetClaim;
    final String forgetClaimsOfEnded;
    final String keep;

    /** Those with many rows. */
    final List<PurgeInBatches> purgeInBatches;

    /** All tables, the one that says who may last. */
    final List<String> purgeAtOnce;

    private final TableNames tables;
    private final Dialect dialect;

    /** How the rows of a tenant are deleted, some files at a time. */
    record PurgeInBatches(String lastFile, String delete) {}

    RepairStatements(TableNames tables, Dialect dialect) {
        this.tables = tables;
        this.dialect = dialect;
        now = "SELECT " + dialect.now() + " AS now";
        insertLease = "INSERT INTO %s (tenant, token, epoch) VALUES (?, 0, 0)".formatted(tables.repair())
                + dialect.onConflictDoNothing();
        lockLease = "SELECT token, epoch, leased_until, checked_at, %s AS now FROM %s WHERE tenant = ? FOR UPDATE"
                .formatted(dialect.now(), tables.repair());
        moveLease =
                "UPDATE %s SET token = ?, leased_until = ?, checked_at = ? WHERE tenant = ?".formatted(tables.repair());
        epoch = "SELECT epoch FROM %s WHERE tenant = ?".formatted(tables.repair());
        moveEpoch = "UPDATE %s SET epoch = epoch + 1 WHERE tenant = ?".formatted(tables.repair());
        live = """
                SELECT %s FROM %s a WHERE a.tenant = ? AND a.file >= ? AND (a.file, a.version) > (?, ?)
                    AND a.state IN ('RESERVED', 'COMMITTED')
                ORDER BY a.file, a.version LIMIT ?""".formatted(Statements.ALLOCATION_COLUMNS, tables.allocation());
        balances = """
                SELECT 'C' AS what, account, category, used_bytes, reserved_bytes, used_files, reserved_files
                FROM %1$s WHERE tenant = ?
                UNION ALL
                SELECT 'A', account, category, sum(CASE WHEN state = 'COMMITTED' THEN bytes ELSE 0 END),
                    sum(CASE WHEN state = 'RESERVED' THEN bytes ELSE 0 END),
                    count(DISTINCT CASE WHEN state = 'COMMITTED' THEN file END), sum(files_held)
                FROM %2$s WHERE tenant = ? AND state IN ('RESERVED', 'COMMITTED') GROUP BY account, category
                UNION ALL
                SELECT 'L', account, category, sum(bytes), 0, sum(files), 0
                FROM %3$s WHERE tenant = ? AND seq IS NOT NULL GROUP BY account, category""".formatted(tables.usage(), tables.allocation(), tables.ledger());
        insertAdjustment = """
                INSERT INTO %s (tenant, file, version, generation, phase, kind, account, category, bytes, files, reason,
                    actor, metadata, recorded_at, seq, settled_at)
                VALUES (?, '', '%s', ?, %s, 'ADJUST', ?, ?, ?, ?, ?, ?, '', ?, ?, ?)""".formatted(tables.ledger(), EntryWriter.ADJUSTMENTS_VERSION, EntryWriter.ADJUSTMENT);
        expired = """
                SELECT DISTINCT retain_until, file FROM %s
                WHERE tenant = ? AND retain_until <= %s AND retain_until >= ? AND (retain_until, file) > (?, ?)
                    AND state = 'COMMITTED'
                ORDER BY retain_until, file LIMIT ?""".formatted(tables.allocation(), dialect.now());
        String claimKey = "tenant = ? AND file = ? AND version = ? AND generation = ?";
        moveClaim = "UPDATE %s SET claimed_until = ? WHERE ".formatted(tables.cleanup()) + claimKey;
        insertClaim = "INSERT INTO %s (claimed_until, tenant, file, version, generation) VALUES (?, ?, ?, ?, ?)"
                .formatted(tables.cleanup());
        forgetClaim = "DELETE FROM %s WHERE ".formatted(tables.cleanup()) + claimKey;
        forgetClaimsOfEnded = """
                DELETE FROM %1$s WHERE tenant = ? AND 0 = (
                    SELECT count(*) FROM %2$s a WHERE a.tenant = %1$s.tenant AND a.file = %1$s.file
                        AND a.version = %1$s.version AND a.generation = %1$s.generation AND a.state = 'COMMITTED')""".formatted(tables.cleanup(), tables.allocation());
        keep = "UPDATE %s SET retain_until = NULL WHERE tenant = ? AND file = ? AND retain_until IS NOT NULL"
                .formatted(tables.allocation());
        purgeInBatches = List.of(tables.allocation(), tables.ledger()).stream()
                .map(RepairStatements::purgeInBatches)
                .toList();
        purgeAtOnce = List.of(
                        tables.allocation(),
                        tables.ledger(),
                        tables.cleanup(),
                        tables.level(),
                        tables.warning(),
                        tables.evaluation(),
                        tables.limit(),
                        tables.audit(),
                        tables.usage(),
                        tables.repair())
                .stream()
                .map("DELETE FROM %s WHERE tenant = ?"::formatted)
                .toList();
    }

    private static PurgeInBatches purgeInBatches(String table) {
        return new PurgeInBatches(
                "SELECT file FROM %s WHERE tenant = ? ORDER BY file LIMIT 1 OFFSET ?".formatted(table),
                "DELETE FROM %s WHERE tenant = ? AND file <= ?".formatted(table));
    }

    /** The lives of some files, as they were settled last. */
    String lives(int files) {
        return "SELECT " + Statements.ALLOCATION_COLUMNS + " FROM "
                + dialect.rowsOfFiles(tables.allocation(), Statements.placeholders(files));
    }

    /** The claims of some files. */
    String claims(int files) {
        return "SELECT generation, CASE WHEN claimed_until > %s THEN 1 ELSE 0 END AS is_taken FROM %s WHERE tenant = ? AND file IN (%s)"
                .formatted(dialect.now(), tables.cleanup(), Statements.placeholders(files));
    }
}
