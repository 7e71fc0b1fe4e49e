package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.LedgerStore;
import io.github.quotaguard.store.RollUpResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Row 23: two nodes roll up the ledger of a tenant, others store and delete files of it, and in every snapshot each
 * counter equals the sum of its settled entries.
 */
@Tag("proof")
class RollUpUnderTrafficTest {

    private static final int ENTRIES = Scale.of("rollUpEntries", 2_000, 1_000_000);
    private static final int ACCOUNTS = 5;
    private static final int LIMIT = 250;
    private static final int INSERTED_AT_ONCE = 500;

    private static final String LEFT = "SELECT count(*) FROM quota_ledger WHERE kind <> 'ROLLUP' AND file LIKE 'old-%'";

    private static final String UNEQUAL = """
            SELECT * FROM (
                SELECT u.account, u.category, u.used_bytes, u.used_files, coalesce(sum(e.bytes), 0) AS entry_bytes,
                    coalesce(sum(e.files), 0) AS entry_files
                FROM quota_usage u LEFT JOIN quota_ledger e ON e.tenant = u.tenant AND e.seq IS NOT NULL
                    AND (u.category = '' OR u.category = e.category) AND u.account IN (e.account, e.tenant)
                GROUP BY u.account, u.category, u.used_bytes, u.used_files) s
            WHERE used_bytes <> entry_bytes OR used_files <> entry_files""";

    @OnEachServer
    void shouldKeepTheSumOfTheLedgerInEverySnapshot(TestDatabase database) throws Exception {
        Proof proof = new Proof("23", database, 0);
        try (HikariDataSource pool = database.pool(12);
                JdbcUsageStore one = store(pool);
                JdbcUsageStore two = store(pool);
                Reader reader = new Reader(database, pool)) {
            fill(pool);
            AtomicBoolean done = new AtomicBoolean();
            ExecutorService threads = Executors.newFixedThreadPool(5);
            List<Callable<Integer>> traffic = IntStream.range(0, 2)
                    .<Callable<Integer>>mapToObj(thread -> () -> upload(one, thread, done, proof))
                    .toList();
            List<Future<Integer>> uploads =
                    traffic.stream().map(threads::submit).toList();
            Future<Integer> sampling = threads.submit(() -> reader.sampleUntil(done));
            Future<Integer> other = threads.submit(() -> rollUp(two, pool, done));
            int folded = rollUp(one, pool, done);
            done.set(true);
            folded += other.get();
            for (Future<Integer> upload : uploads) {
                upload.get();
            }
            proof.operations.add(sampling.get());
            threads.shutdown();
            reader.violations.addAll(reader.sample());
            proof.violations.add(reader.violations.size());
            proof.write();
            assertThat(reader.violations).isEmpty();
            assertThat(folded).isEqualTo(ENTRIES);
            assertThat(count(pool, "SELECT count(*) FROM quota_ledger WHERE kind = 'ROLLUP'"))
                    .isLessThanOrEqualTo((long) ACCOUNTS * hours() * 2);
        }
    }

    /** The fault that is planted: what is folded goes in one transaction, what takes its place comes in the next. */
    @Test
    void shouldReportARollUpInTwoTransactions() throws Exception {
        TestDatabase database = TestDatabase.H2;
        try (HikariDataSource pool = database.pool(4);
                JdbcUsageStore store = store(pool);
                Reader reader = new Reader(database, pool)) {
            fill(pool);
            assertThat(reader.sample()).isEmpty();
            AtomicBoolean done = new AtomicBoolean();
            ExecutorService threads = Executors.newSingleThreadExecutor();
            Future<Integer> sampling = threads.submit(() -> reader.sampleUntil(done));
            TestDatabase.execute(pool, "CREATE TABLE folded AS SELECT * FROM quota_ledger WHERE seq <= 2");
            TestDatabase.execute(pool, "DELETE FROM quota_ledger WHERE seq <= 2");
            int before = reader.samples.get();
            Awaitility.await().until(() -> reader.samples.get() > before + 1);
            TestDatabase.execute(pool, "INSERT INTO quota_ledger SELECT * FROM folded");
            done.set(true);
            sampling.get();
            threads.shutdown();

            assertThat(reader.violations).isNotEmpty().allMatch(line -> line.contains("ENTRY_BYTES"));
            assertThat(store.ledger()).isPresent();
            assertThat(reader.sample()).isEmpty();
        }
    }

    private static JdbcUsageStore store(HikariDataSource pool) {
        return JdbcUsageStore.builder(pool)
                .createSchemaIfMissing()
                .sweepInterval(Duration.ofDays(1))
                .build();
    }

    /** Rolls up until nothing is left; a node that finds the other at work comes back. */
    private static int rollUp(JdbcUsageStore store, HikariDataSource pool, AtomicBoolean done) throws SQLException {
        LedgerStore ledger = store.ledger().orElseThrow();
        Instant before = newest().truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
        int folded = 0;
        while (!done.get()) {
            RollUpResult result = ledger.rollUp("t", before, LIMIT);
            folded += result.folded();
            if (result.isIdle() && count(pool, LEFT) == 0) {
                return folded;
            }
        }
        return folded;
    }

    private static int upload(JdbcUsageStore store, int thread, AtomicBoolean done, Proof proof) {
        UploadGuard guard = UploadGuard.builder(store)
                .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                .build();
        int uploads = 0;
        while (!done.get()) {
            String file = "new-" + thread + "-" + uploads;
            String account = "t/" + uploads % ACCOUNTS;
            guard.reserve(Upload.of(account, file, 1 + uploads).category("image"))
                    .commit();
            proof.admitted.increment();
            if (uploads % 2 == 0) {
                guard.delete(account, file);
            }
            uploads++;
        }
        return uploads;
    }

    private static int hours() {
        return 2 + ENTRIES / 250;
    }

    private static Instant newest() {
        return Instant.now().truncatedTo(ChronoUnit.HOURS).minus(LedgerStore.ROLL_UP_AGE.plusHours(3));
    }

    /** Writes a ledger as months of traffic would leave it, 250 entries an hour, without its allocations. */
    private static void fill(HikariDataSource pool) throws SQLException {
        TestDatabase database;
        try (Connection connection = pool.getConnection()) {
            database = TestDatabase.of(connection);
        }
        for (int from = 0; from < ENTRIES; from += INSERTED_AT_ONCE) {
            List<String> rows = new ArrayList<>();
            for (int i = from; i < Math.min(ENTRIES, from + INSERTED_AT_ONCE); i++) {
                int account = i % ACCOUNTS;
                Duration age = Duration.ofHours(1)
                        .dividedBy(250)
                        .multipliedBy(ENTRIES - i)
                        .plus(LedgerStore.ROLL_UP_AGE)
                        .plusHours(4);
                String at = database.shifted(now(database), age);
                rows.add("('t', 'old-%d', '', %d, 1, 'COMMIT', 't/%d', '%s', %d, '', %s, %d, 1, %s)"
                        .formatted(i, i + 1, account, i % 2 == 0 ? "" : "image", i, at, i + 1, at));
            }
            TestDatabase.execute(
                    pool,
                    "INSERT INTO quota_ledger (tenant, file, version, generation, phase, kind, account, category, bytes, "
                            + "metadata, recorded_at, seq, files, settled_at) VALUES " + String.join(", ", rows));
        }
        TestDatabase.execute(
                pool,
                "INSERT INTO quota_usage (tenant, account, category, used_bytes, reserved_bytes, used_files, "
                        + "reserved_files, last_seq, versioned) "
                        + counters().stream()
                                .map(counter -> counterOf(counter[0], counter[1]))
                                .collect(Collectors.joining(" UNION ALL ")));
    }

    private static String now(TestDatabase database) {
        return database.isMariaDb() ? "UTC_TIMESTAMP(6)" : "CURRENT_TIMESTAMP";
    }

    private static List<String[]> counters() {
        List<String[]> counters = new ArrayList<>();
        for (String category : List.of("", "image")) {
            counters.add(new String[] {"t", category});
            for (int account = 0; account < ACCOUNTS; account++) {
                counters.add(new String[] {"t/" + account, category});
            }
        }
        return counters;
    }

    private static String counterOf(String account, String category) {
        boolean isRoot = account.equals("t") && category.isEmpty();
        return "SELECT 't', '%s', '%s', coalesce(sum(bytes), 0), 0, count(*), 0, %s, 0 FROM quota_ledger WHERE %s AND %s"
                .formatted(
                        account,
                        category,
                        isRoot ? "count(*)" : "0",
                        account.equals("t") ? "tenant = 't'" : "account = '" + account + "'",
                        category.isEmpty() ? "tenant = 't'" : "category = '" + category + "'");
    }

    private static long count(HikariDataSource pool, String query) throws SQLException {
        try (Connection connection = pool.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Compares counters and entries, one snapshot after the other. */
    private static final class Reader implements AutoCloseable {

        private final Connection connection;
        private final List<String> violations = new ArrayList<>();
        private final AtomicInteger samples = new AtomicInteger();

        Reader(TestDatabase database, HikariDataSource pool) throws SQLException {
            connection = pool.getConnection();
            database.useSnapshots(connection);
        }

        int sampleUntil(AtomicBoolean done) throws SQLException {
            while (!done.get()) {
                violations.addAll(sample());
            }
            return samples.get();
        }

        List<String> sample() throws SQLException {
            List<String> unequal = TableCheck.rows(connection, UNEQUAL);
            connection.commit();
            samples.incrementAndGet();
            return unequal;
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
