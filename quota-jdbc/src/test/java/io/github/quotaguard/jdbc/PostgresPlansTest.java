package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.Admission;
import io.github.quotaguard.Deletion;
import io.github.quotaguard.HistoryStep;
import io.github.quotaguard.LedgerQuery;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.proof.Proof;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.Correction;
import io.github.quotaguard.store.CorrectionResult;
import io.github.quotaguard.store.ExpiredFile;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.KeepResult;
import io.github.quotaguard.store.LedgerStore;
import io.github.quotaguard.store.RepairCause;
import io.github.quotaguard.store.RepairLease;
import io.github.quotaguard.store.RepairStore;
import io.github.quotaguard.store.RetentionStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the store asks of PostgreSQL, it finds by an index, with the plan that was made when the tables were small. */
class PostgresPlansTest {

    private static final String ACCOUNT = "t/user-7";

    /** Of thousands; a plan counts a row as often as a step of it meets it. */
    private static final long FEW_ROWS = 300;

    private static final int FILES = 10_000;
    private static final int OPEN = 20;

    /** A store of which every plan is seen. */
    private static final class Watched implements AutoCloseable {

        final PlanLog log = new PlanLog();
        final HikariDataSource fill;
        final DataSource callers;
        final JdbcUsageStore store;
        final UploadGuard guard;
        int round;

        Watched() throws Exception {
            HikariConfig database = TestDatabase.POSTGRESQL.connect();
            fill = TestDatabase.pool(database, 2);
            JdbcUsageStore.builder(fill).createSchemaIfMissing().build().close();
            for (String table : List.of("allocation", "ledger", "usage")) {
                TestDatabase.execute(fill, "ALTER TABLE quota_" + table + " SET (autovacuum_enabled = false)");
            }
            callers = log.to(database, 1);
            store = JdbcUsageStore.builder(log.to(database, 1))
                    .sweepInterval(Duration.ofDays(1))
                    .build();
            guard = UploadGuard.builder(store)
                    .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(1_000_000_000_000L)))
                    .build();
        }

        Reservation reserve(String file) {
            return guard.reserve(Upload.of(ACCOUNT, file, 10).category("image"));
        }

        @Override
        public void close() {
            store.close();
            log.close();
            fill.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFindEverythingByAnIndexWithPlansMadeWhenTheTablesWereSmall(boolean haveStatistics) throws Exception {
        try (Watched watched = new Watched()) {
            watched.reserve("first").commit();
            if (haveStatistics) {
                TestDatabase.execute(watched.fill, "VACUUM ANALYZE");
            }
            uploads(watched);
            reports(watched);
            repairs(watched);
            fill(watched.fill, FILES);
            watched.log.clear();
            uploads(watched);
            reports(watched);
            repairs(watched);
            requireFewRows(watched.log);
            assertThat(usedIndexes(watched.log)).containsAll(indexes(watched.fill));
        }
    }

    /** With statistics that take a tenant for small, since all but one are. */
    @Test
    void shouldFindEverythingByAnIndexWithStatistics() throws Exception {
        try (Watched watched = new Watched()) {
            fill(watched.fill, FILES);
            TestDatabase.execute(watched.fill, """
                    INSERT INTO quota_allocation (tenant, file, version, account, category, state, generation, attempt,
                        bytes, files_held, metadata, born_at, deadline, since)
                    SELECT 'small-' || i, 'f', '', 'small-' || i, '', 'COMMITTED', i, 1, 1, 0, '', now(), now(), now()
                    FROM generate_series(1, %d) i""".formatted(FILES));
            TestDatabase.execute(watched.fill, """
                    INSERT INTO quota_ledger (tenant, file, version, generation, phase, kind, account, category, bytes,
                        metadata, recorded_at, seq, files, settled_at)
                    SELECT tenant, file, '', generation, 1, 'COMMIT', account, category, bytes, '', since, 1, 1, since
                    FROM quota_allocation WHERE tenant LIKE 'small%'""");
            TestDatabase.execute(watched.fill, """
                    INSERT INTO quota_usage SELECT tenant, account, '', 1, 0, 1, 0, 1, 0, since
                    FROM quota_allocation WHERE tenant LIKE 'small%'""");
            TestDatabase.execute(watched.fill, "ANALYZE");
            uploads(watched);
            requireFewRows(watched.log);
        }
    }

    /** But of the search for tenants to sweep, which goes over all tenants. */
    private static void requireFewRows(PlanLog log) {
        List<String> greedy = log.plans().stream()
                .filter(plan -> plan.readsWholeTable() || (plan.names("t") && plan.rowsRead() > FEW_ROWS))
                .map(PlanLog.Plan::text)
                .toList();
        assertThat(log.plans()).hasSizeGreaterThan(100);
        assertThat(greedy).isEmpty();
    }

    private static Set<String> usedIndexes(PlanLog log) {
        Set<String> used = new TreeSet<>();
        log.plans().forEach(plan -> used.addAll(plan.indexes()));
        return used;
    }

    /** The indexes of the tables that every upload writes to. */
    private static Set<String> indexes(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection()) {
            return new TreeSet<>(new Sql(connection, new PostgresDialect())
                    .query(
                            "SELECT indexname FROM pg_indexes"
                                    + " WHERE tablename IN ('quota_allocation', 'quota_ledger', 'quota_usage')",
                            row -> row.text("indexname")));
        }
    }

    /** Of five hundred times as many files it meets the same rows; to each of them, an index has a level more or two. */
    @Test
    void shouldReadUsageAsCheaplyWhateverIsStored() throws Exception {
        try (Watched watched = new Watched()) {
            PlanLog.Plan few = usage(watched, 100);
            PlanLog.Plan many = usage(watched, 50_000);
            Proof.say("usage: %d buffers, of 500 times as many files %d", few.buffers(), many.buffers());
            assertThat(many.buffers()).isLessThan(few.buffers() * 3 / 2);
            assertThat(many.rowsRead())
                    .as(many.text())
                    .isEqualTo(few.rowsRead())
                    .isLessThan(10 * 2 * OPEN);
        }
    }

    private static PlanLog.Plan usage(Watched watched, int files) throws SQLException {
        TestDatabase.execute(watched.fill, "TRUNCATE quota_allocation, quota_ledger, quota_usage");
        fill(watched.fill, files);
        leaveOpen(watched);
        watched.log.clear();
        watched.store.usage(AccountId.of(ACCOUNT));
        assertThat(watched.log.plans()).hasSize(1);
        return watched.log.plans().get(0);
    }

    private static void leaveOpen(Watched watched) throws SQLException {
        try (Connection connection = watched.callers.getConnection()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < OPEN; i++) {
                watched.reserve("gone" + i).commit();
                watched.store.in(connection).commit(watched.reserve("open" + i));
                watched.store.in(connection).delete(ACCOUNT, "gone" + i);
            }
            connection.commit();
        }
    }

    /** Every kind of call that uploads make, on files of a round of its own, and the sweep. */
    private static void uploads(Watched watched) throws Exception {
        UploadGuard guard = watched.guard;
        JdbcUsageStore store = watched.store;
        String round = "round-" + watched.round++ + "-";
        watched.reserve(round + "own").commit();
        watched.reserve(round + "own").close();
        watched.reserve(round + "released").close();
        Reservation extended = watched.reserve(round + "extended");
        extended.extendTo(20);
        extended.renew();
        extended.commit(20);
        guard.reserve(Upload.of(ACCOUNT, round + "versions", 10).version("v1")).commit();
        guard.reserve(Upload.of(ACCOUNT, round + "versions", 30).version("v2").overwrite())
                .commit(30);
        assertThat(guard.tryReserve(Upload.of(ACCOUNT, round + "huge", 1_000_000_000_001L)))
                .isInstanceOf(Admission.Refused.class);
        guard.delete(Deletion.of(ACCOUNT, round + "own"));
        List<Reservation> joined = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            joined.add(watched.reserve(round + "joined" + i));
        }
        try (Connection connection = watched.callers.getConnection()) {
            connection.setAutoCommit(false);
            for (Reservation reservation : joined.subList(0, 10)) {
                store.in(connection).commit(reservation);
            }
            store.in(connection).delete(ACCOUNT, round + "extended");
            connection.commit();
        }
        store.usage(AccountId.of(ACCOUNT));
        joined.forEach(Reservation::close);
        await().until(() -> store.usage(AccountId.of(ACCOUNT)).total().reservedBytes() % 1_000 == 0);
        watched.reserve(round + "late");
        TestDatabase.execute(
                watched.fill,
                "UPDATE quota_allocation SET due_at = now() - interval '1 s', deadline = due_at WHERE file IN ('%1$slate', '%1$sreleased')"
                        .formatted(round));
        while (!store.sweep().isIdle()) {}
        store.find(extended.allocation().id());
        store.versions("t", round + "versions");
        QuotaService.of(store, QuotaPolicy.fixed(QuotaLimits.unlimited())).storageQuota(ACCOUNT);
    }

    private static void reports(Watched watched) {
        JdbcUsageStore store = watched.store;
        store.accounts(null, 10);
        store.allocations("t", null, 10);
        store.entries("t", 0, 10);
        store.backlog();
        QuotaService quotas = QuotaService.of(store, QuotaPolicy.fixed(QuotaLimits.unlimited()));
        quotas.ledger(ACCOUNT, LedgerQuery.newest(10));
        Instant now = Instant.now();
        quotas.history(ACCOUNT, now.minusSeconds(3_600), now, HistoryStep.HOUR, ZoneOffset.UTC);
        LedgerStore ledger = store.ledger().orElseThrow();
        ledger.rollUp("t", now.truncatedTo(ChronoUnit.DAYS).minus(LedgerStore.ROLL_UP_AGE.plusDays(1)), 10);
    }

    /** What a repair asks about files, and a cleanup about those that are past their time; not the balances, of all. */
    private static void repairs(Watched watched) {
        RepairStore repairs = watched.store.repairs().orElseThrow();
        RetentionStore retention = watched.store.retention().orElseThrow();
        String round = "repair-" + watched.round++ + "-";
        RepairCause cause = new RepairCause("ops", "incident 7");
        List<FileVersion> ids = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Upload upload = Upload.of(ACCOUNT, round + i, 10).category("image");
            watched.guard
                    .reserve(
                            i % 2 == 0
                                    ? upload
                                    : upload.retainUntil(Instant.now().minusSeconds(1)))
                    .commit();
            ids.add(new FileVersion("t", round + i, FileVersion.NO_VERSION));
        }
        RepairLease lease =
                repairs.lease("t", Duration.ofMinutes(5), Duration.ZERO).orElseThrow();
        repairs.settled("t", ids);
        Allocation gone = repairs.standing("t", ids.subList(0, 1)).get(0);
        repairs.live("t", repairs.live("t", null, 10).items().get(9).id(), 10);
        assertThat(repairs.correct(lease, List.of(new Correction.Remove(gone)), cause))
                .containsExactly(CorrectionResult.MADE);
        assertThat(repairs.correct(lease, List.of(new Correction.Adopt(gone.spec())), cause))
                .containsExactly(CorrectionResult.MADE);
        repairs.renew(lease, Duration.ofMinutes(5));
        repairs.finish(lease, true);
        assertThat(retention.keep(AccountId.of(ACCOUNT), round + 1)).isEqualTo(KeepResult.KEPT);
        List<ExpiredFile> expired = retention.expired("t", null, 10).items();
        assertThat(retention.expired("t", expired.get(0), 10).items()).hasSize(3);
        assertThat(retention.free(retention.claim(expired, Duration.ofMinutes(5)), cause))
                .hasSize(4);
    }

    /** Stored files of a month, reservations that are not due, and as much of another tenant. */
    static void fill(DataSource database, int files) {
        for (String tenant : List.of("t", "u")) {
            TestDatabase.execute(database, """
                    INSERT INTO quota_allocation (tenant, file, version, account, category, state, generation, attempt,
                        bytes, files_held, metadata, born_at, deadline, since, due_at)
                    SELECT '%1$s', md5(i::text), '', '%1$s/user-' || i %% 200, 'image',
                        CASE WHEN i %% 10 = 0 THEN 'RESERVED' ELSE 'COMMITTED' END, i, 1, 1000, 1 - sign(i %% 10), '',
                        at, at, at, CASE WHEN i %% 10 = 0 THEN now() + interval '1 h' END
                    FROM (SELECT i, now() - i * interval '30 days' / %2$d AS at FROM generate_series(1, %2$d) i) s
                    """.formatted(tenant, files));
            TestDatabase.execute(database, """
                    INSERT INTO quota_ledger (tenant, file, version, generation, phase, kind, account, category, bytes,
                        metadata, recorded_at, seq, files, settled_at)
                    SELECT tenant, file, '', generation, 1, 'COMMIT', account, category, bytes, '', since,
                        1000 + row_number() OVER (ORDER BY since), 1, since
                    FROM quota_allocation WHERE tenant = '%s' AND state = 'COMMITTED' AND length(file) = 32
                    """.formatted(tenant));
        }
        TestDatabase.execute(database, """
                INSERT INTO quota_usage
                SELECT s.tenant, a.account, c.category,
                    coalesce(sum(bytes) FILTER (WHERE state = 'COMMITTED'), 0),
                    coalesce(sum(bytes) FILTER (WHERE state = 'RESERVED'), 0),
                    count(*) FILTER (WHERE state = 'COMMITTED'), count(*) FILTER (WHERE state = 'RESERVED'),
                    1000000, 0, now()
                FROM quota_allocation s, LATERAL (VALUES (s.account), (s.tenant)) a(account),
                    LATERAL (VALUES (''), (s.category)) c(category)
                WHERE length(file) = 32 GROUP BY 1, 2, 3
                ON CONFLICT (tenant, account, category) DO UPDATE SET
                    used_bytes = quota_usage.used_bytes + EXCLUDED.used_bytes,
                    reserved_bytes = quota_usage.reserved_bytes + EXCLUDED.reserved_bytes,
                    used_files = quota_usage.used_files + EXCLUDED.used_files,
                    reserved_files = quota_usage.reserved_files + EXCLUDED.reserved_files,
                    last_seq = EXCLUDED.last_seq""");
    }
}
