package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.HistoryPoint;
import io.github.quotaguard.HistoryStep;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.proof.Proof;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.CategoryFilter;
import io.github.quotaguard.store.LedgerPosition;
import io.github.quotaguard.store.LedgerSearch;
import io.github.quotaguard.store.TimelineQuery;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The history of one account of many reads that account's entries alone. Full size, with times:
 * {@code mvn -pl quota-jdbc -am test -Dtest=HistoryPlanTest -Dquotaguard.historyEntries=1000000}.
 */
class HistoryPlanTest {

    private static final int ENTRIES = Integer.getInteger("quotaguard.historyEntries", 20_000);
    private static final int ACCOUNTS = 100;
    private static final AccountId ONE = AccountId.of("t/7");

    @Test
    void shouldReadTheEntriesOfOneAccountAlone() throws Exception {
        try (HikariDataSource pool = TestDatabase.POSTGRESQL.pool(2);
                JdbcUsageStore store = JdbcUsageStore.builder(pool)
                        .createSchemaIfMissing()
                        .sweepInterval(Duration.ofDays(1))
                        .build()) {
            QuotaService quotas = QuotaService.of(store, QuotaPolicy.fixed(QuotaLimits.unlimited()));
            fill(pool, 0, ENTRIES, "i % " + ACCOUNTS);
            long own = ENTRIES / ACCOUNTS;
            assertPlan(pool, own);
            long before = medianMicros(quotas);

            fill(pool, ENTRIES, 9 * ENTRIES / ACCOUNTS * (ACCOUNTS - 1), "8 + i % " + (ACCOUNTS - 1));
            assertPlan(pool, own);
            long after = medianMicros(quotas);

            Proof.say(
                    "history by day: %d us with %d entries of 100 accounts, %d us when the others grew tenfold",
                    before, ENTRIES, after);
        }
    }

    /** What is below the account is sorted, of its own entries and of a tenant's no more are read than are listed. */
    @Test
    void shouldReadNoMoreOfTheLedgerThanAPageAndWhatItIsFoundBy() throws Exception {
        try (HikariDataSource pool = TestDatabase.POSTGRESQL.pool(2);
                JdbcUsageStore store = JdbcUsageStore.builder(pool)
                        .createSchemaIfMissing()
                        .sweepInterval(Duration.ofDays(1))
                        .build()) {
            fill(pool, 0, ENTRIES, "i % " + ACCOUNTS);
            for (AccountId account : List.of(AccountId.of("t"), ONE)) {
                LedgerSearch first = new LedgerSearch(account, CategoryFilter.ANY, null, null, null, 10);
                LedgerPosition middle =
                        store.ledger().orElseThrow().ledger(first).next();
                assertPagePlan(pool, first);
                assertPagePlan(pool, new LedgerSearch(account, CategoryFilter.ANY, Instant.EPOCH, null, middle, 10));
            }
        }
    }

    private static void assertPagePlan(HikariDataSource pool, LedgerSearch search) throws SQLException {
        LedgerPages pages = new LedgerPages(
                new OwnTransactions(pool, new NoTransactions(), new PostgresDialect(), 1_000),
                new TableNames(null, TableNames.DEFAULT_PREFIX));
        List<String> plan = explain(pool, pages.pageStatement(search), pages.pageArguments(search));
        assertThat(plan).noneMatch(line -> line.contains("Seq Scan on quota_ledger"));
        assertThat(scansOfLedger(plan))
                .filteredOn(line -> !line.contains("quota_ledger_pkey"))
                .isNotEmpty()
                .allMatch(line -> line.matches(".*actual .*rows=(11|0)(\\.00)? .*"));
        assertThat(plan).noneMatch(line -> line.contains("Rows Removed by Filter"));
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS);
    }

    private static long medianMicros(QuotaService quotas) {
        long[] micros = new long[21];
        for (int i = 0; i < micros.length; i++) {
            long begin = System.nanoTime();
            List<HistoryPoint> month = quotas.history(
                    ONE.path(), now().minus(31, ChronoUnit.DAYS), now(), HistoryStep.DAY, ZoneOffset.UTC);
            micros[i] = (System.nanoTime() - begin) / 1_000;
            assertThat(month).hasSize(31);
        }
        Arrays.sort(micros);
        return micros[micros.length / 2];
    }

    /** Entries of a month. Account 7 gets none but the first time. */
    private static void fill(HikariDataSource pool, int from, int entries, String account) throws SQLException {
        TestDatabase.execute(pool, """
                INSERT INTO quota_ledger (tenant, file, version, generation, phase, kind, account, category, bytes,
                    metadata, recorded_at, seq, files, settled_at)
                SELECT 't', 'f' || i, '', i, 1, 'COMMIT', 't/' || (%3$s), '', i, '', at, i, 1, at
                FROM (SELECT i, now() - (%1$d + %2$d - i) * interval '30 days' / %2$d AS at
                    FROM generate_series(%1$d + 1, %1$d + %2$d) AS i) s""".formatted(from, entries, account));
        TestDatabase.execute(pool, "DELETE FROM quota_usage");
        TestDatabase.execute(pool, """
                INSERT INTO quota_usage
                SELECT 't', account, '', sum(bytes), 0, sum(files), 0, 0, 0, max(settled_at)
                FROM quota_ledger GROUP BY account""");
        TestDatabase.execute(pool, "VACUUM ANALYZE quota_ledger");
    }

    private static void assertPlan(HikariDataSource pool, long own) throws SQLException {
        JdbcLedger ledger = new JdbcLedger(
                new OwnTransactions(pool, new NoTransactions(), new PostgresDialect(), 1_000),
                new Statements(new TableNames(null, TableNames.DEFAULT_PREFIX), new PostgresDialect()),
                new TableNames(null, TableNames.DEFAULT_PREFIX),
                new PostgresDialect());
        TimelineQuery query = new TimelineQuery(ONE, now().minus(31, ChronoUnit.DAYS), now(), Duration.ofHours(1));
        List<String> scans =
                scansOfLedger(explain(pool, ledger.timelineStatement(query), ledger.timelineArguments(query)));
        assertThat(scans).hasSize(2).allMatch(line -> line.contains("using quota_ledger_account"));
        assertThat(scans.get(0)).containsPattern("actual .*rows=" + own + "(\\.00)? ");
        assertThat(scans.get(1)).containsPattern("actual .*rows=0(\\.00)? ");
    }

    private static List<String> scansOfLedger(List<String> plan) {
        return plan.stream()
                .filter(line -> line.contains("Scan") && line.contains("quota_ledger"))
                .toList();
    }

    private static List<String> explain(HikariDataSource pool, String statement, Object... arguments)
            throws SQLException {
        try (Connection connection = pool.getConnection()) {
            List<String> plan = new Sql(connection, new PostgresDialect())
                    .query("EXPLAIN (ANALYZE, BUFFERS) " + statement, row -> row.text("QUERY PLAN"), arguments);
            Proof.say("%s", String.join("\n", plan));
            return plan;
        }
    }
}
