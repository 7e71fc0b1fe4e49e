package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.proof.Crowd;
import io.github.quotaguard.proof.FileTable;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TableCheck;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.reconcile.ReconcileOptions;
import io.github.quotaguard.reconcile.Reconciler;
import io.github.quotaguard.reconcile.RepairOutcome;
import io.github.quotaguard.reconcile.RepairReport;
import io.github.quotaguard.reconcile.Verifier;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.Usage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Counters and ledgers that somebody has falsified are brought to what the lives say. */
class RecountTest {

    private static final String ACCOUNT = "t/user-7";
    private static final int THREADS = 4;
    private static final int RECOUNTS = 10;

    /** A tenant with files in two accounts, versions, an upload that is under way, and files that are gone. */
    private static final class Scene implements AutoCloseable {

        final Stage stage;
        final UploadGuard guard;
        final Reconciler reconciler;

        Scene(TestDatabase database) throws SQLException {
            stage = Stage.on(database);
            FileTable.create(stage.pool, database);
            guard = UploadGuard.builder(stage.store)
                    .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                    .build();
            reconciler = Reconciler.of(stage.store, FileTable.inventory(stage.pool));
            for (int i = 0; i < 4; i++) {
                store("t/user-" + (7 + i % 2), "photo-" + i, 100 + i);
            }
            store(ACCOUNT, "gone", 5_000);
            delete(ACCOUNT, "gone");
            guard.reserve(Upload.of(ACCOUNT, "held", 50).category("image"));
        }

        /** With the row of the file. */
        void store(String account, String file, long bytes) throws SQLException {
            try (Reservation reservation =
                            guard.reserve(Upload.of(account, file, bytes).category("image"));
                    Connection connection = stage.begin()) {
                FileTable.insert(connection, account, file, "image", bytes, Instant.now());
                stage.store.in(connection).commit(reservation);
                connection.commit();
            }
        }

        void delete(String account, String file) throws SQLException {
            try (Connection connection = stage.begin()) {
                FileTable.delete(connection, file);
                stage.store.in(connection).delete(account, file);
                connection.commit();
            }
        }

        void falsify(String sql) {
            stage.sweep();
            TestDatabase.execute(stage.pool, sql);
        }

        /** Repairs, and requires that nothing is wrong behind it; returns what was found. */
        RepairReport repair() throws SQLException {
            RepairReport report = reconciler.repair(
                    "t", ReconcileOptions.builder().reason("incident 7").build());
            requireInOrder();
            return report;
        }

        void requireInOrder() throws SQLException {
            stage.sweep();
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
            assertThat(Verifier.of(stage.store).verify("t")).isEmpty();
            assertThat(reconciler.diagnose("t").isConsistent()).isTrue();
        }

        List<Entry> adjustments() {
            return stage.store.entries("t", 0, 1_000).items().stream()
                    .filter(entry -> entry.kind() == EntryKind.ADJUST)
                    .toList();
        }

        @Override
        public void close() {
            stage.close();
        }
    }

    @OnEachServer
    void shouldMoveCountersToWhatTheLivesAddUpTo(TestDatabase database) throws Exception {
        try (Scene scene = new Scene(database)) {
            scene.falsify("UPDATE quota_usage SET used_bytes = used_bytes + 7, used_files = 0, reserved_bytes = 0,"
                    + " reserved_files = 3 WHERE account = 't/user-7' AND category = 'image'");
            scene.falsify("UPDATE quota_usage SET used_bytes = 1 WHERE account = 't' AND category = ''");

            RepairReport report = scene.repair();

            assertThat(report.outcome()).isEqualTo(RepairOutcome.REPAIRED);
            assertThat(report.recounted()).hasSize(2);
            assertThat(scene.stage.usage("t")).isEqualTo(new Usage(406, 50, 4, 1));
            assertThat(scene.adjustments()).hasSize(2).allSatisfy(entry -> {
                assertThat(entry.reason()).startsWith("counter ").endsWith(": incident 7");
                assertThat(entry.actor()).isEqualTo("quotaguard");
                assertThat(entry.bytes()).isZero();
            });
            assertThat(scene.repair().outcome()).isEqualTo(RepairOutcome.CONSISTENT);
        }
    }

    @OnEachServer
    void shouldMakeACounterThatIsMissing(TestDatabase database) throws Exception {
        try (Scene scene = new Scene(database)) {
            scene.falsify("DELETE FROM quota_usage WHERE account = 't/user-7' AND category <> ''");
            scene.falsify("DELETE FROM quota_usage WHERE account = 't/user-8' AND category = ''");

            assertThat(scene.repair().recounted()).hasSize(2);

            assertThat(scene.adjustments()).hasSize(2);
        }
    }

    @OnEachServer
    void shouldMakeTheRootThatIsMissingAndGoOnNumbering(TestDatabase database) throws Exception {
        try (Scene scene = new Scene(database)) {
            scene.falsify("DELETE FROM quota_usage WHERE account = 't' AND category = ''");

            scene.repair();

            assertThat(scene.adjustments()).hasSize(1);
            scene.store(ACCOUNT, "new", 1);
            scene.delete(ACCOUNT, "photo-0");
            scene.requireInOrder();
        }
    }

    @OnEachServer
    void shouldGoOnNumberingWhereAnUploadMakesTheRootThatIsMissing(TestDatabase database) throws Exception {
        try (Scene scene = new Scene(database)) {
            scene.falsify("DELETE FROM quota_usage WHERE account = 't' AND category = ''");

            scene.store(ACCOUNT, "new", 1);
            scene.stage.sweep();
            assertThat(scene.stage.unsettled(ACCOUNT)).isZero();
            scene.repair();

            assertThat(scene.stage.usage("t")).isEqualTo(new Usage(407, 50, 5, 1));
        }
    }

    /** A counter that is too low refuses what would make it negative, so the delete stays open until the repair. */
    @OnEachServer
    void shouldHelpAnOpenDeleteThatACounterIsTooLowFor(TestDatabase database) throws Exception {
        try (Scene scene = new Scene(database)) {
            scene.falsify("UPDATE quota_usage SET used_bytes = 1, used_files = 0 WHERE account = 't'");
            scene.delete(ACCOUNT, "photo-0");

            scene.repair();

            assertThat(scene.stage.unsettled(ACCOUNT)).isZero();
            assertThat(scene.stage.usage("t")).isEqualTo(new Usage(306, 50, 3, 1));
        }
    }

    @OnEachServer
    void shouldEnterWhatTheLedgerHasLost(TestDatabase database) throws Exception {
        try (Scene scene = new Scene(database)) {
            scene.falsify("DELETE FROM quota_ledger WHERE file = 'photo-0'");
            scene.falsify("DELETE FROM quota_ledger WHERE file = 'gone' AND kind = 'DELETE'");

            scene.repair();

            assertThat(scene.adjustments())
                    .extracting(entry -> entry.account().path() + " " + entry.bytes() + " " + entry.files())
                    .containsExactly("t/user-7 -4900 0");
        }
    }

    @OnEachServer
    void shouldMoveCountersBesideUploadsAndDeletes(TestDatabase database) throws Exception {
        try (Scene scene = new Scene(database)) {
            AtomicBoolean done = new AtomicBoolean();
            AtomicInteger uploads = new AtomicInteger();
            Crowd.run(THREADS + 1, thread -> {
                if (thread < THREADS) {
                    upload(scene, thread, done, uploads);
                    return;
                }
                try {
                    for (int i = 0; i < RECOUNTS; i++) {
                        TestDatabase.execute(
                                scene.stage.pool,
                                "UPDATE quota_usage SET used_bytes = used_bytes + 1000, reserved_files = reserved_files + 9,"
                                        + " used_files = used_files + 3 WHERE tenant = 't' AND category = ''");
                        scene.reconciler.repair("t", ReconcileOptions.defaults());
                    }
                } finally {
                    done.set(true);
                }
            });
            assertThat(uploads.get()).isGreaterThan(THREADS);
            scene.requireInOrder();
            assertThat(scene.stage.usage("t").reservedBytes()).isEqualTo(50);
            assertThat(scene.stage.count("SELECT count(*) FROM quota_ledger WHERE kind = 'ADJUST'"))
                    .isEqualTo(3 * RECOUNTS);
        }
    }

    private static void upload(Scene scene, int thread, AtomicBoolean done, AtomicInteger uploads) throws SQLException {
        for (int i = 0; !done.get(); i++) {
            String account = "t/user-" + (7 + i % 2);
            String file = "upload-" + thread + "-" + i;
            scene.store(account, file, 1 + i);
            if (i % 3 > 0) {
                scene.delete(account, file);
            }
            uploads.incrementAndGet();
        }
    }

    @OnEachServer
    void shouldCountOnlyTheTenantItIsAskedFor(TestDatabase database) throws Exception {
        try (Scene scene = new Scene(database)) {
            scene.store("other", "photo", 10);
            scene.falsify("UPDATE quota_usage SET used_bytes = used_bytes + 7 WHERE tenant = 'other'");

            assertThat(scene.reconciler.repair("t", ReconcileOptions.defaults()).outcome())
                    .isEqualTo(RepairOutcome.CONSISTENT);

            assertThat(scene.stage.store.usage(AccountId.of("other")).total().usedBytes())
                    .isEqualTo(17);
            scene.reconciler.repair("other", ReconcileOptions.defaults());
            scene.requireInOrder();
        }
    }
}
