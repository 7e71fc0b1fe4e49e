package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.reconcile.FileInventory;
import io.github.quotaguard.reconcile.ReconcileOptions;
import io.github.quotaguard.reconcile.Reconciler;
import io.github.quotaguard.reconcile.RepairReport;
import io.github.quotaguard.reconcile.StoredFile;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Row 11: a tenant is repaired again and again while threads store and delete its files, each with its row, and while the
 * rows of other files come, go and change behind the library's back. A file of the threads never differs from its record,
 * so no repair may have an entry for it, whatever it sees in between; the others are as their rows say in the end.
 */
@Tag("proof")
class RepairUnderLoadTest {

    private static final int REPAIRS = Scale.of("repairs", 10, 5_000);
    private static final int THREADS = 8;
    private static final int SLOTS = 12;
    private static final int PLANTED = 40;

    private static final String UNDONE = "SELECT file, kind, bytes, reason FROM quota_ledger"
            + " WHERE kind IN ('ADOPT', 'REMOVE') AND file LIKE 'upload-%'";

    private static final String ROWS_WITHOUT_RECORD = """
            SELECT s.file, s.size, a.bytes, a.state FROM stored s LEFT JOIN quota_allocation a
                ON a.tenant = 't' AND a.file = s.file AND a.state = 'COMMITTED'
            WHERE a.file IS NULL OR a.bytes <> s.size OR a.account <> s.account""";

    private static final String RECORDS_WITHOUT_ROW = """
            SELECT a.file, a.bytes FROM quota_allocation a LEFT JOIN stored s ON s.file = a.file
            WHERE a.state = 'COMMITTED' AND s.file IS NULL""";

    @OnEachServer
    void shouldLoseNothingThatRunsAtTheSameTime(TestDatabase database) throws Exception {
        try (Run run = new Run(database, Scale.seed(), REPAIRS)) {
            run.repairBeside(FileTable.inventory(run.pool));
            run.proof.write();
            assertThat(run.proof.admitted.sum()).isGreaterThan(THREADS);
            assertThat(run.corrected).as("files that were planted").isGreaterThanOrEqualTo(REPAIRS);
            assertThat(run.violations).as("seed %d", run.seed).isEmpty();
        }
    }

    /** The fault that is planted: an inventory that shows what was there a while ago, and does not look again. */
    @Test
    void shouldReportARepairThatRemovesWithoutLookingAgain() throws Exception {
        try (Run run = new Run(TestDatabase.POSTGRESQL, 11, 10)) {
            run.repairBeside(new StaleInventory(FileTable.inventory(run.pool)));

            assertThat(run.violations).anyMatch(line -> line.contains("REMOVE"));
        }
    }

    private static final class StaleInventory implements FileInventory {

        private final FileInventory files;
        private List<StoredFile> shown = List.of();

        StaleInventory(FileInventory files) {
            this.files = files;
        }

        @Override
        public Stream<StoredFile> list(AccountId account) {
            List<StoredFile> before = shown;
            try (Stream<StoredFile> now = files.list(account)) {
                shown = now.toList();
            }
            return before.stream();
        }

        @Override
        public List<StoredFile> find(AccountId account, Set<FileVersion> ids) {
            return List.of();
        }
    }

    private static final class Run implements AutoCloseable {

        final Proof proof;
        final HikariDataSource pool;
        final List<String> violations = Collections.synchronizedList(new ArrayList<>());
        final long seed;
        long corrected;

        private final JdbcUsageStore store;
        private final UploadGuard guard;
        private final int repairs;
        private final Set<String> planted = new LinkedHashSet<>();
        private int plants;

        Run(TestDatabase database, long seed, int repairs) {
            this.seed = seed;
            this.repairs = repairs;
            proof = new Proof("11", database, seed);
            pool = database.pool(THREADS * 2 + 4);
            store = JdbcUsageStore.builder(pool)
                    .createSchemaIfMissing()
                    .sweepInterval(Duration.ofMillis(200))
                    .build();
            FileTable.create(pool, database);
            guard = UploadGuard.builder(store)
                    .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                    .build();
        }

        void repairBeside(FileInventory inventory) throws Exception {
            AtomicBoolean done = new AtomicBoolean();
            Crowd.run(THREADS + 1, thread -> {
                if (thread < THREADS) {
                    new Uploads(thread, new Random(seed + thread)).runUntil(done);
                    return;
                }
                try {
                    Random random = new Random(seed - 1);
                    Awaitility.await("uploads have begun").until(() -> proof.admitted.sum() > THREADS);
                    for (int i = 0; i < repairs; i++) {
                        plant(random);
                        repair(Reconciler.of(store, inventory));
                    }
                } finally {
                    done.set(true);
                }
            });
            repair(Reconciler.of(store, FileTable.inventory(pool)));
            check();
            proof.violations.add(violations.size());
        }

        /** Drift is looked for without patience: that a file is young protects none. */
        private void repair(Reconciler reconciler) {
            RepairReport report = reconciler.repair(
                    "t",
                    ReconcileOptions.builder()
                            .settling(Duration.ZERO)
                            .batchSize(50)
                            .force()
                            .build());
            corrected += report.corrected().values().stream()
                    .mapToLong(count -> count.files())
                    .sum();
            proof.busy.add(
                    report.left().values().stream().mapToInt(left -> left).sum());
            proof.operations.increment();
        }

        /** Rows that come, go and change without a word to the library. */
        private void plant(Random random) throws SQLException {
            try (Connection connection = pool.getConnection()) {
                for (int i = 0; i < 3; i++) {
                    String file = "planted-" + plants++;
                    FileTable.insert(
                            connection, "t/user-" + random.nextInt(3), file, "image", random.nextInt(1_000), old());
                    planted.add(file);
                }
                while (planted.size() > PLANTED) {
                    FileTable.delete(connection, any(random));
                }
                if (planted.size() > 3) {
                    String file = any(random);
                    planted.add(file);
                    try (var statement = connection.createStatement()) {
                        statement.executeUpdate(
                                "UPDATE stored SET size = size + 1, account = 't/user-9' WHERE file = '" + file + "'");
                    }
                }
            }
        }

        private String any(Random random) {
            String file = List.copyOf(planted).get(random.nextInt(planted.size()));
            planted.remove(file);
            return file;
        }

        private static FileVersion version(String file) {
            return new FileVersion("t", file, FileVersion.NO_VERSION);
        }

        private static Instant old() {
            return Instant.now().minus(Duration.ofDays(1));
        }

        private void check() throws SQLException {
            Awaitility.await("what was closed is released")
                    .until(() -> store.sweep().isIdle()
                            && store.usage(AccountId.of("t")).total().reservedFiles() == 0);
            violations.addAll(TableCheck.violations(pool));
            try (Connection connection = pool.getConnection()) {
                violations.addAll(TableCheck.rows(connection, UNDONE));
                violations.addAll(TableCheck.rows(connection, ROWS_WITHOUT_RECORD));
                violations.addAll(TableCheck.rows(connection, RECORDS_WITHOUT_ROW));
                long[] sum = new long[2];
                try (var statement = connection.createStatement();
                        var rows = statement.executeQuery("SELECT coalesce(sum(size), 0), count(*) FROM stored")) {
                    rows.next();
                    sum[0] = rows.getLong(1);
                    sum[1] = rows.getLong(2);
                }
                Usage usage = store.usage(AccountId.of("t")).total();
                if (!usage.equals(new Usage(sum[0], 0, sum[1], 0))) {
                    violations.add("usage is %s, the rows add up to %s".formatted(usage, List.of(sum[0], sum[1])));
                }
            }
            if (!Reconciler.of(store, FileTable.inventory(pool)).diagnose("t").isConsistent()) {
                violations.add("not consistent after a repair that nobody disturbed");
            }
        }

        /** What one thread does with files of its own, and what it was told of each. */
        private final class Uploads {

            private final int thread;
            private final Random random;
            private final Map<String, Long> acknowledged = new HashMap<>();
            private final Map<String, Reservation> held = new HashMap<>();

            Uploads(int thread, Random random) {
                this.thread = thread;
                this.random = random;
            }

            void runUntil(AtomicBoolean done) throws SQLException {
                while (!done.get()) {
                    String file = "upload-" + thread + "-" + random.nextInt(SLOTS);
                    try {
                        step(file);
                    } catch (UsageStoreException e) {
                        proof.unknown.increment();
                        if (!e.isRetryable()) {
                            violations.add(file + " unexpected: " + e);
                        }
                    } catch (SQLException e) {
                        proof.unknown.increment();
                        if (e.getSQLState() == null || !e.getSQLState().startsWith("40")) {
                            throw e;
                        }
                    } catch (RuntimeException e) {
                        violations.add(file + " unexpected: " + e);
                    }
                }
                held.values().forEach(Reservation::close);
                check();
            }

            private void step(String file) throws SQLException {
                Reservation reservation = held.get(file);
                if (acknowledged.containsKey(file)) {
                    delete(file);
                } else if (reservation != null) {
                    commit(file, reservation);
                } else {
                    reservation = guard.reserve(Upload.of("t/user-" + random.nextInt(3), file, random.nextInt(1_000))
                            .category("image"));
                    proof.admitted.increment();
                    held.put(file, reservation);
                    if (random.nextInt(4) > 0) {
                        commit(file, reservation);
                    }
                }
            }

            private void commit(String file, Reservation reservation) throws SQLException {
                long bytes = reservation.allocation().bytes();
                if (random.nextInt(6) == 0) {
                    reservation.release();
                    held.remove(file);
                    return;
                }
                try (Connection connection = begin()) {
                    FileTable.insert(
                            connection, reservation.allocation().account().path(), file, "image", bytes, old());
                    store.in(connection).commit(reservation);
                    if (random.nextInt(6) == 0) {
                        connection.rollback();
                        return;
                    }
                    connection.commit();
                }
                held.remove(file);
                acknowledged.put(file, bytes);
            }

            private void delete(String file) throws SQLException {
                try (Connection connection = begin()) {
                    int rows = FileTable.delete(connection, file);
                    String account =
                            store.find(version(file)).orElseThrow().account().path();
                    int deleted =
                            store.in(connection).delete(account, file).deleted().size();
                    if (rows != 1 || deleted != 1) {
                        violations.add("%s had %d rows and %d records, one each was acknowledged"
                                .formatted(file, rows, deleted));
                    }
                    if (random.nextInt(6) == 0) {
                        connection.rollback();
                        return;
                    }
                    connection.commit();
                }
                acknowledged.remove(file);
            }

            private Connection begin() throws SQLException {
                Connection connection = pool.getConnection();
                connection.setAutoCommit(false);
                return connection;
            }

            private void check() {
                for (int slot = 0; slot < SLOTS; slot++) {
                    String file = "upload-" + thread + "-" + slot;
                    Long bytes = store.find(version(file))
                            .filter(life -> life.state() == AllocationState.COMMITTED)
                            .map(life -> life.bytes())
                            .orElse(null);
                    if (!Objects.equals(bytes, acknowledged.get(file))) {
                        violations.add("%s is recorded with %s bytes, acknowledged were %s"
                                .formatted(file, bytes, acknowledged.get(file)));
                    }
                }
            }
        }

        @Override
        public void close() {
            store.close();
            PoolCheck.requireNothingLeaked(pool);
            pool.close();
        }
    }
}
