package io.github.quotaguard.readme;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.MaintenanceResult;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaMaintenance;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.WarningMonitor;
import io.github.quotaguard.cleanup.CleanupRequest;
import io.github.quotaguard.cleanup.CleanupResult;
import io.github.quotaguard.cleanup.TemporaryFiles;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.jdbc.SqlInventory;
import io.github.quotaguard.reconcile.DriftReport;
import io.github.quotaguard.reconcile.FileInventory;
import io.github.quotaguard.reconcile.ReconcileOptions;
import io.github.quotaguard.reconcile.ReconcileSummary;
import io.github.quotaguard.reconcile.Reconciler;
import io.github.quotaguard.reconcile.RepairReport;
import io.github.quotaguard.reconcile.StoredFile;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.KeepResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs the examples of README.md about files and records that differ, after those of {@link ReadmeExampleTest}. */
class ReadmeRepairExampleTest {

    private final HikariDataSource dataSource = openDatabase();
    private final JdbcUsageStore store =
            JdbcUsageStore.builder(dataSource).createSchemaIfMissing().build();
    private final QuotaPolicy policy = QuotaPolicy.fixed(QuotaLimits.ofBytes(10_485_760));
    private final UploadGuard guard = UploadGuard.builder(store).policy(policy).build();
    private final List<String> printed = new ArrayList<>();

    private static HikariDataSource openDatabase() {
        HikariDataSource dataSource = new HikariDataSource();
        dataSource.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID());
        dataSource.setMaximumPoolSize(4);
        return dataSource;
    }

    @BeforeEach
    void createTables() throws SQLException {
        String columns =
                "(id VARCHAR(255), owner VARCHAR(255), size BIGINT, created_at TIMESTAMP DEFAULT TIMESTAMP '2026-01-01 00:00:00')";
        execute("CREATE TABLE images " + columns);
        execute("CREATE TABLE documents " + columns);
        execute("INSERT INTO images (id, owner, size) VALUES ('photo-1', 'testuser2', 438407)");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @AfterEach
    void close() {
        store.close();
        dataSource.close();
    }

    @Test
    void shouldDiagnoseAndRepair() {
        // README: begin
        FileInventory inventory = SqlInventory.builder(dataSource)
                .table("""
                        SELECT id AS file, size AS bytes, 'image' AS category, created_at AS last_modified
                        FROM images WHERE owner = :account""", """
                        SELECT id AS file, size AS bytes, 'image' AS category, created_at AS last_modified
                        FROM images WHERE owner = :account AND id IN (:files)""")
                .table("""
                        SELECT id AS file, size AS bytes, 'document' AS category, created_at AS last_modified
                        FROM documents WHERE owner = :account""", """
                        SELECT id AS file, size AS bytes, 'document' AS category, created_at AS last_modified
                        FROM documents WHERE owner = :account AND id IN (:files)""")
                .tenants("SELECT owner FROM images UNION SELECT owner FROM documents")
                .build();
        Reconciler reconciler = Reconciler.of(store, inventory);

        DriftReport report = reconciler.diagnose("testuser2");
        print(report.recorded(), report.actual(), report.difference());
        // README: end

        assertThat(printed).containsExactly("[0, 438407, 438407]");

        // README: begin
        RepairReport repaired = reconciler.repair(
                "testuser2",
                ReconcileOptions.builder().actor("ops:kim").reason("incident 7").build());
        // README: end

        assertThat(repaired.recounted()).isEmpty();
        assertThat(store.usage(AccountId.of("testuser2")).total().usedBytes()).isEqualTo(438_407);

        // README: begin
        ReconcileSummary summary = reconciler.repairAll(ReconcileOptions.builder()
                .accountsPerSecond(10)
                .rest(Duration.ofHours(20))
                .build());
        // README: end

        assertThat(summary.accounts() + summary.skipped()).isEqualTo(1);
        assertThat(summary.drifted()).isZero();
    }

    private record Listed(String key, long size, Instant lastModified) {}

    private static final class Bucket {
        private Stream<Listed> list(String prefix) {
            return Stream.of(new Listed(prefix + "photo-1", 438_407, Instant.EPOCH));
        }
    }

    @Test
    void shouldListABucket() {
        Bucket bucket = new Bucket();

        // README: begin
        FileInventory inventory = account -> bucket.list(account.path() + "/")
                .map(object -> new StoredFile(
                        new FileVersion(account.tenant(), object.key(), FileVersion.NO_VERSION),
                        account,
                        null,
                        object.size(),
                        object.lastModified()));
        // README: end

        assertThat(Reconciler.of(store, inventory).diagnose("testuser2").difference())
                .isEqualTo(438_407);
    }

    @Test
    void shouldCleanUpTemporaryFiles() throws SQLException {
        Instant yesterday = Instant.now().minus(Duration.ofDays(1));

        // README: begin
        guard.upload(Upload.of("testuser2", "draft-1", 10_000).retainUntil(yesterday), reservation -> "stored");

        TemporaryFiles temporary =
                TemporaryFiles.of(store, file -> execute("DELETE FROM documents WHERE id = '" + file.file() + "'"));

        KeepResult kept = temporary.keep("testuser2", "photo-1");
        CleanupResult named =
                temporary.cleanup(CleanupRequest.builder().dryRun().build());
        CleanupResult cleaned = temporary.cleanup(
                CleanupRequest.builder().account("testuser2").concurrency(4).build());
        print(cleaned.cleanedCount(), cleaned.freedSpace(), cleaned.failures());
        // README: end

        assertThat(kept).isEqualTo(KeepResult.NOT_FOUND);
        assertThat(printed).containsExactly("[1, 10000, {}]");
        assertThat(named.cleanedAttachments()).isEqualTo(cleaned.cleanedAttachments());
    }

    @Test
    void shouldRunRegularly() {
        WarningMonitor monitor = WarningMonitor.builder(store)
                .policy(policy)
                .listener(event -> {})
                .build();

        // README: begin
        QuotaMaintenance maintenance = QuotaMaintenance.builder(store)
                .warnings(monitor)
                .rollUpAfter(Duration.ofDays(90))
                .build();
        MaintenanceResult done = maintenance.maintain();
        // README: end

        assertThat(done.rolledUp()).isZero();
    }

    private void print(Object... columns) {
        printed.add(List.of(columns).toString());
    }
}
