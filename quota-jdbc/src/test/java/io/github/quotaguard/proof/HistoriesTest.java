package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.model.Histories;
import io.github.quotaguard.model.Tally;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;

@Tag("proof")
class HistoriesTest {

    private static final int HISTORIES = Scale.of("histories", 24, 5_000);

    /** Time passes by moving every row, and a sweep looks at every tenant: the tables are emptied now and then. */
    private static final int HISTORIES_PER_TABLE = 20;

    private final Tally tally = new Tally();

    @OnEachServer
    void shouldAnswerEveryHistoryLikeTheModel(TestDatabase database, TestReporter reporter) {
        long seed = Scale.seed();
        reporter.publishEntry("quotaguard.seed", Long.toString(seed));
        try (HikariDataSource pool = database.pool(2);
                JdbcUsageStore store = store(pool)) {
            Histories histories = new Histories(store, duration -> database.advance(pool, duration), tally);
            for (int i = 0; i < HISTORIES / HISTORIES_PER_TABLE; i++) {
                histories.play(seed + i, HISTORIES_PER_TABLE);
                empty(pool);
            }
        } finally {
            tally.append("histories", database.name(), seed);
        }
    }

    @OnEachServer
    void shouldSeeAByteThatIsInNoEntry(TestDatabase database) {
        try (HikariDataSource pool = database.pool(2);
                JdbcUsageStore store = store(pool)) {
            Histories histories = new Histories(
                    store,
                    duration -> {
                        database.advance(pool, duration);
                        TestDatabase.execute(pool, "UPDATE quota_usage SET used_bytes = used_bytes + 1");
                    },
                    tally);
            assertThatThrownBy(() -> histories.play(Scale.seed(), HISTORIES_PER_TABLE))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("Reserve[")
                    .hasMessageContaining("Advance[");
        }
    }

    private static JdbcUsageStore store(HikariDataSource pool) {
        return JdbcUsageStore.builder(pool)
                .sweepInterval(Duration.ofDays(1))
                .createSchemaIfMissing()
                .build();
    }

    private static void empty(HikariDataSource pool) {
        for (String table : List.of("quota_allocation", "quota_ledger", "quota_usage")) {
            TestDatabase.execute(pool, "DELETE FROM " + table);
        }
    }
}
