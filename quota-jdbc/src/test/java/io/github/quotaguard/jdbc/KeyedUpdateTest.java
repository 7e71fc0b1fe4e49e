package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.Usage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyedUpdateTest {

    private static final KeyedUpdate UPDATE = KeyedUpdate.of(
            "quota_usage",
            "used_bytes bigint",
            "tenant text, account text, category text",
            "reserved_bytes 0, used_files 0, reserved_files 0, last_seq 0, versioned 0");

    @Test
    void shouldUpdateEveryRowAndMakeNoneThatHasVanished() throws Exception {
        try (Stage stage = Stage.on(TestDatabase.POSTGRESQL);
                Connection connection = stage.begin()) {
            stage.stored("acme/user-7", "photo", 10);
            Dialect dialect = new PostgresDialect();
            Sql sql = new Sql(connection, dialect);

            dialect.updateEach(sql, UPDATE, List.of(row(20, "acme"), row(30, "acme/user-7")));
            connection.commit();
            assertThat(stage.usage("acme")).isEqualTo(new Usage(20, 0, 1, 0));
            assertThat(stage.usage("acme/user-7")).isEqualTo(new Usage(30, 0, 1, 0));

            assertThatThrownBy(() -> dialect.updateEach(sql, UPDATE, List.of(row(40, "acme"), row(50, "acme/user-8"))))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("vanished");
        }
    }

    private static @Nullable Object[] row(long usedBytes, String account) {
        return new @Nullable Object[] {usedBytes, "acme", account, ""};
    }
}
