package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.proof.Proof;
import io.github.quotaguard.proof.TestDatabase;
import java.sql.Connection;
import org.junit.jupiter.api.Test;

/** What PostgreSQL says of its updates: of counters, as good as none touches an index. */
class HotUpdatesTest {

    private static final int UPLOADS = 300;

    @Test
    void shouldUpdateCountersWithoutTouchingTheirIndex() throws Exception {
        try (Stage stage = Stage.on(TestDatabase.POSTGRESQL);
                Connection connection = stage.begin()) {
            for (int i = 0; i < UPLOADS; i++) {
                try (Reservation reservation = stage.reserve("t/user-7", "f" + i, 1)) {
                    Stage.insertFile(connection, "f" + i, 1);
                    stage.store.in(connection).commit(reservation);
                    connection.commit();
                }
            }
            await().until(() -> stage.unsettled("t/user-7") == 0);
            stage.pool.getHikariPoolMXBean().softEvictConnections(); // a session reports all that it did when it ends
            await().until(() -> updates(stage, "n_tup_upd", "quota_allocation") >= UPLOADS
                    && updates(stage, "n_tup_upd", "quota_usage") >= 2 * UPLOADS);
            for (String table : new String[] {"quota_usage", "quota_allocation", "quota_ledger"}) {
                Proof.say(
                        "%s: %d updates, %d of them HOT",
                        table, updates(stage, "n_tup_upd", table), updates(stage, "n_tup_hot_upd", table));
            }
            assertThat(updates(stage, "n_tup_hot_upd", "quota_usage"))
                    .isGreaterThanOrEqualTo(updates(stage, "n_tup_upd", "quota_usage") * 95 / 100);
        }
    }

    private static long updates(Stage stage, String counter, String table) throws Exception {
        return stage.count("SELECT %s FROM pg_stat_user_tables WHERE relname = '%s'".formatted(counter, table));
    }
}
