package io.github.quotaguard.proof;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Checks what must hold between the tables in every snapshot; each check is one statement, so one snapshot. */
public final class TableCheck {

    private static final String COUNTED =
            "(e.account = u.account OR substring(e.account, 1, char_length(u.account) + 1) = concat(u.account, '/'))"
                    + " AND (u.category = '' OR e.category = u.category) AND e.tenant = u.tenant";

    /** Counters against the settled entries, and against the allocations. */
    private static final String COUNTERS = """
            SELECT * FROM (
                SELECT u.account, u.category, u.used_bytes, u.reserved_bytes, u.used_files, u.reserved_files,
                    (SELECT coalesce(sum(e.bytes), 0) FROM quota_ledger e WHERE %1$s AND e.seq IS NOT NULL) AS entry_bytes,
                    (SELECT coalesce(sum(e.files), 0) FROM quota_ledger e WHERE %1$s AND e.seq IS NOT NULL) AS entry_files,
                    (SELECT coalesce(sum(e.bytes), 0) FROM quota_allocation e
                        WHERE %1$s AND e.state = 'COMMITTED') AS committed_bytes,
                    (SELECT count(DISTINCT e.file) FROM quota_allocation e
                        WHERE %1$s AND e.state = 'COMMITTED') AS committed_files,
                    (SELECT coalesce(sum(e.bytes), 0) FROM quota_allocation e
                        WHERE %1$s AND e.state = 'RESERVED') AS held_bytes,
                    (SELECT coalesce(sum(e.files_held), 0) FROM quota_allocation e WHERE %1$s) AS held_files
                FROM quota_usage u) c
            WHERE used_bytes <> entry_bytes OR used_bytes <> committed_bytes OR used_files <> entry_files
                OR used_files <> committed_files OR reserved_bytes <> held_bytes OR reserved_files <> held_files
            """.formatted(COUNTED);

    /**
     * Without gaps but for those that a roll-up leaves, which takes the largest number of what it folds, and those that an
     * adjustment stands for, which enters what the ledger has lost.
     */
    private static final String NUMBERS = """
            SELECT tenant, account, category, last_seq, entries, highest, stand_ins FROM (
                SELECT u.tenant, u.account, u.category, u.last_seq,
                    (SELECT count(*) FROM quota_ledger e WHERE e.tenant = u.tenant AND e.seq IS NOT NULL) AS entries,
                    (SELECT coalesce(max(e.seq), 0) FROM quota_ledger e WHERE e.tenant = u.tenant) AS highest,
                    (SELECT count(*) FROM quota_ledger e WHERE e.tenant = u.tenant
                        AND (e.kind = 'ROLLUP' OR (e.kind = 'ADJUST' AND (e.bytes <> 0 OR e.files <> 0)))) AS stand_ins
                FROM quota_usage u WHERE u.account = u.tenant AND u.category = '') n
            WHERE highest > last_seq OR (stand_ins = 0 AND (last_seq <> entries OR last_seq <> highest))
            """;

    private TableCheck() {}

    /** Returns a line for each counter or tenant that is wrong. */
    public static List<String> violations(DataSource dataSource) throws SQLException {
        return violations(dataSource, TestDatabase.TABLES);
    }

    public static List<String> violations(DataSource dataSource, String tables) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            TestDatabase.of(connection).useSnapshots(connection);
            return violations(connection, tables);
        }
    }

    public static List<String> violations(Connection connection) throws SQLException {
        return violations(connection, TestDatabase.TABLES);
    }

    private static List<String> violations(Connection connection, String tables) throws SQLException {
        List<String> violations = new ArrayList<>();
        for (String check : new String[] {COUNTERS, NUMBERS}) {
            violations.addAll(rows(connection, check.replace(TestDatabase.TABLES, tables)));
        }
        return violations;
    }

    public static List<String> rows(Connection connection, String sql) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                StringBuilder line = new StringBuilder();
                for (int i = 1; i <= columns; i++) {
                    line.append(rows.getMetaData().getColumnLabel(i))
                            .append('=')
                            .append(rows.getString(i))
                            .append(' ');
                }
                lines.add(line.toString());
            }
        }
        return lines;
    }
}
