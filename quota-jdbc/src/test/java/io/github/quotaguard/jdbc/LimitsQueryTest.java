package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an upload asks of many plans and accounts reads its own alone. */
class LimitsQueryTest {

    private static final AccountId ONE = AccountId.of("t7/a/b/c");

    @Test
    void shouldReadThePlansOfOneLineageAlone() throws Exception {
        StatementLog log = new StatementLog();
        try (HikariDataSource pool = TestDatabase.POSTGRESQL.pool(2);
                JdbcUsageStore store = Stage.store(log.around(pool), builder -> builder)) {
            TestDatabase.execute(pool, """
                    INSERT INTO quota_plan (name, bytes, category_bytes, warning_percent, critical_percent,
                        hysteresis_points)
                    SELECT 'plan-' || i, i, '', 80, 90, 5 FROM generate_series(1, 5000) AS i""");
            TestDatabase.execute(pool, """
                    INSERT INTO quota_limit (tenant, account, plan, category_bytes)
                    SELECT 't' || i, 't' || i, 'plan-' || i, '' FROM generate_series(1, 5000) AS i""");
            TestDatabase.execute(pool, "VACUUM ANALYZE quota_plan, quota_limit");
            JdbcQuotaPolicy policy = JdbcQuotaPolicy.builder(store)
                    .defaultPlan("plan-1")
                    .defaultPlanOfSubAccounts("plan-2")
                    .build();
            log.clear();

            assertThat(policy.limitsOf(ONE.lineage()))
                    .extracting(QuotaLimits::bytes)
                    .extracting(bytes -> bytes.orElse(-1))
                    .containsExactly(7L, 2L, 2L, 2L);

            assertThat(log.executions()).hasSize(1);
            assertThat(scans(pool, log.executions().get(0)))
                    .noneMatch(scan -> scan.contains("Seq Scan"))
                    .filteredOn(scan -> scan.contains("quota_plan_pkey"))
                    .hasSize(2);
        }
    }

    private static List<String> scans(HikariDataSource pool, String statement) throws Exception {
        Object[] arguments = {
            "t7", "t7", "t7/a", "t7/a/b", "t7/a/b/c", "plan-1", "plan-2", "t7", "t7", "t7/a", "t7/a/b", "t7/a/b/c"
        };
        try (Connection connection = pool.getConnection()) {
            return new Sql(connection, new PostgresDialect())
                    .query("EXPLAIN " + statement, row -> row.text("QUERY PLAN"), arguments).stream()
                            .filter(line -> line.contains("Scan"))
                            .toList();
        }
    }
}
