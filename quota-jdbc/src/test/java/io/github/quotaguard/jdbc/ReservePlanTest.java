package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.proof.Proof;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How PostgreSQL plans the one statement: once for lone reserves and once for batches of any size, and so that it reads
 * of each table only what it names, however large the table has become since.
 */
class ReservePlanTest {

    private static final int LIVES = 100_000;
    private static final int ACCOUNTS = 5_000;
    private static final int BATCH = 128;

    private static final String PREPARED = "SELECT %s FROM pg_prepared_statements WHERE statement LIKE 'WITH charge%%'";

    private int files;

    /** What is cheapest for few rows and one counter is the least like what is planned for any number. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, BATCH})
    void shouldBePlannedOnceForOneAndOnceForBatchesOfAnySize(int first) throws Exception {
        try (HikariDataSource pool = TestDatabase.POSTGRESQL.pool(1);
                JdbcUsageStore store = Stage.store(pool, builder -> builder)) {
            for (int i = 0; i < 20; i++) {
                granted(store, first, file -> "t", null);
            }
            for (int i = 0; i < 20; i++) {
                for (int size : new int[] {1, 2, 17, BATCH}) {
                    granted(store, size, file -> "t", null);
                }
            }
            try (Connection connection = pool.getConnection()) {
                assertThat(Stage.count(connection, PREPARED.formatted("count(*)")))
                        .isEqualTo(2);
                assertThat(Stage.count(connection, PREPARED.formatted("max(custom_plans)")))
                        .isEqualTo(5);
                assertThat(Stage.count(connection, PREPARED.formatted("min(generic_plans)")))
                        .isGreaterThan(5);
            }
        }
    }

    /** Autovacuum may be late: what was planned for almost empty tables, known to be so or not, has to do for full ones. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSearchByKeyWhenItWasPlannedForSmallTables(boolean haveStatistics) throws Exception {
        try (HikariDataSource pool = TestDatabase.POSTGRESQL.pool(1)) {
            List<String> plans = new ArrayList<>();
            try (JdbcUsageStore store = Stage.store(explaining(pool, plans), builder -> builder)) {
                granted(store, 1);
                if (haveStatistics) {
                    TestDatabase.execute(pool, "VACUUM ANALYZE");
                }
                for (int i = 0; i < 20; i++) {
                    granted(store, i % 2 == 0 ? 1 : 2);
                }
                fill(pool);
                explain(pool);
                plans.clear();
                granted(store, BATCH);
                granted(store, 1);
            }
            assertThat(plans).hasSize(2);
            assertSearchesByKey(plans.get(0), BATCH);
            assertSearchesByKey(plans.get(1), 1);
        }
    }

    @Test
    void shouldSearchByKeyInFullTables() throws Exception {
        try (HikariDataSource pool = TestDatabase.POSTGRESQL.pool(1)) {
            List<String> plans = new ArrayList<>();
            try (JdbcUsageStore store = Stage.store(explaining(pool, plans), builder -> builder)) {
                granted(store, 1);
                fill(pool);
                TestDatabase.execute(pool, "ANALYZE quota_allocation");
                TestDatabase.execute(pool, "ANALYZE quota_usage");
                explain(pool);
                plans.clear();
                granted(store, BATCH);
                granted(store, 1);
                for (int i = 0; i < 40; i++) {
                    granted(store, i % 2 == 0 ? BATCH : 1);
                }
            }
            assertThat(plans).hasSize(42);
            for (int first : new int[] {0, 40}) {
                assertSearchesByKey(plans.get(first), BATCH);
                assertSearchesByKey(plans.get(first + 1), 1);
            }
        }
    }

    private void granted(JdbcUsageStore store, int size) {
        granted(store, size, file -> "t/" + file % ACCOUNTS, "image");
    }

    private void granted(JdbcUsageStore store, int size, IntFunction<String> account, @Nullable String category) {
        List<ReserveCommand> batch = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            files++;
            batch.add(Commands.reserve(account.apply(files), "n" + files, "", category, 0, Stage.LIMIT));
        }
        assertThat(store.reserveAll(batch)).hasSize(size).allMatch(ReserveResult.Granted.class::isInstance);
    }

    /** Files and counters of the same tenant, some of them with versions, so that these are looked for. */
    private static void fill(HikariDataSource pool) {
        TestDatabase.execute(pool, """
                INSERT INTO quota_allocation (tenant, file, version, account, category, state, generation, attempt, bytes,
                    files_held, metadata, born_at, deadline, since)
                SELECT 't', 'f' || i, '', 't', '', 'COMMITTED', i, 1, 0, 0, '', now(), now(), now()
                FROM generate_series(1, %d) AS i""".formatted(LIVES));
        TestDatabase.execute(pool, """
                INSERT INTO quota_usage (tenant, account, category, used_bytes, reserved_bytes, used_files, reserved_files,
                    last_seq, versioned)
                SELECT 't', 't/' || i, c, 0, 0, 0, 0, 0, 0 FROM generate_series(0, %d) AS i, unnest(ARRAY['', 'image']) AS c
                ON CONFLICT DO NOTHING""".formatted(ACCOUNTS));
    }

    /** Lets the connection report the plan of each statement, as it was executed, in a warning. */
    private static void explain(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String setting : List.of(
                    "LOAD 'auto_explain'",
                    "SET auto_explain.log_min_duration = 0",
                    "SET auto_explain.log_analyze = on",
                    "SET auto_explain.log_timing = off",
                    "SET client_min_messages = log")) {
                statement.execute(setting);
            }
        }
    }

    private static DataSource explaining(HikariDataSource pool, List<String> plans) {
        return ProxyDataSourceBuilder.create(pool)
                .afterQuery((execution, queries) -> {
                    if (queries.get(0).getQuery().startsWith("WITH charge")) {
                        plans.add(warnings(execution.getStatement()));
                    }
                })
                .build();
    }

    private static String warnings(Statement statement) {
        StringBuilder text = new StringBuilder();
        try {
            for (SQLWarning warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning()) {
                text.append(warning.getMessage()).append('\n');
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }

    private static void assertSearchesByKey(String plan, int size) {
        assertThat(plan).doesNotContain("Seq Scan on quota_");
        List<String> searches =
                plan.lines().filter(line -> line.contains("Index Scan")).toList();
        Proof.say("%s", String.join("\n", searches));
        assertThat(searches).hasSize(4).allMatch(line -> line.contains("_pkey"));
        // A search for each row finds one row at most.
        assertThat(searches).allMatch(line -> line.matches(".*actual rows=[01](\\.\\d+)? .*"));
        // What is planned for this batch is planned for any number.
        assertThat(plan.lines().filter(line -> line.contains("Function Scan")))
                .hasSize(size == 1 ? 0 : 2)
                .allMatch(line -> line.matches(".*\\(cost=\\S+ rows=10 .*"));
    }
}
