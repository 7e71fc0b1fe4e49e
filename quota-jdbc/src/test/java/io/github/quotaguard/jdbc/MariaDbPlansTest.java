package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.proof.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is read with the root locked reads no more than it names, also of large tables that have no statistics yet. */
class MariaDbPlansTest {

    private static final String FILL = """
            INSERT INTO quota_allocation (tenant, file, version, account, category, state, generation, attempt, bytes,
                files_held, metadata, born_at, deadline, since)
            SELECT 'acme', concat('f', seq), '', 'acme', '', 'COMMITTED', seq, 1, 1, 0, '', UTC_TIMESTAMP(6),
                UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
            FROM seq_1_to_20000""";

    @Test
    void shouldReadTheVersionsOfFilesByTheirKeys() throws Exception {
        try (Stage stage = Stage.on(TestDatabase.MARIADB)) {
            TestDatabase.execute(stage.pool, FILL);
            try (Connection connection = stage.pool.getConnection()) {
                Statements statements =
                        new Statements(new TableNames(null, TableNames.DEFAULT_PREFIX), Dialect.of(connection));
                assertThat(keys(connection, statements.versionsOf(2), "acme", "f1", "f2"))
                        .containsExactly("PRIMARY", "PRIMARY");
                assertThat(keys(connection, statements.lockVersions, "acme", "f1"))
                        .containsExactly("PRIMARY");
            }
        }
    }

    private static List<String> keys(Connection connection, String sql, String... arguments) throws SQLException {
        try (PreparedStatement explain = connection.prepareStatement("EXPLAIN " + sql)) {
            for (int i = 0; i < arguments.length; i++) {
                explain.setString(i + 1, arguments[i]);
            }
            List<String> keys = new ArrayList<>();
            try (ResultSet plan = explain.executeQuery()) {
                while (plan.next()) {
                    keys.add(plan.getString("key"));
                }
            }
            return keys;
        }
    }
}
