package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.quotaguard.Admission;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What stands between an upload and a refusal: that nothing can be freed, and that nothing blocks the proof of it. */
class RefusalTest {

    private static final String ACCOUNT = "acme/user-7";

    /** A row that is only locked, as by a reserve of another version of the file, is not one whose end is under way. */
    @OnEachServer
    void shouldNotRefuseForAnOverdueReservationThatNobodyEnds(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database, builder -> builder.lockTimeout(Duration.ofMillis(100)));
                Connection connection = stage.begin()) {
            stage.stored(ACCOUNT, "x", 1);
            stage.reserve(ACCOUNT, "late", 900);
            database.advance(stage.pool, Stage.TTL.plusSeconds(1));
            Stage.execute(connection, "SELECT * FROM quota_allocation WHERE file = 'late' FOR UPDATE");
            assertThat(stage.guard.tryReserve(Upload.of(ACCOUNT, "photo", 500))).isInstanceOf(Admission.Busy.class);

            connection.rollback();
            assertThat(stage.guard.tryReserve(Upload.of(ACCOUNT, "photo", 500))).isInstanceOf(Admission.Granted.class);
        }
    }

    @OnEachServer
    void shouldRefuseForAnOverdueReservationThatACallerIsCommitting(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database);
                Connection connection = stage.begin()) {
            Reservation late = stage.reserve(ACCOUNT, "late", 900);
            database.advance(stage.pool, Stage.TTL.plusSeconds(1));
            stage.store.in(connection).commit(late);
            assertThat(stage.guard.tryReserve(Upload.of(ACCOUNT, "photo", 500))).isInstanceOf(Admission.Refused.class);
            connection.commit();
        }
    }

    /** An entry whose life the database does not have, as after a failover that lost the reserve, settles never. */
    @OnEachServer
    void shouldRefuseBesideAnEntryThatCanNotBeSettled(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database);
                Stage other = Stage.on(database);
                Connection connection = stage.begin()) {
            stage.stored(ACCOUNT, "x", 1);
            stage.store.in(connection).commit(other.reserve(ACCOUNT, "lost", 10));
            connection.commit();

            assertThat(stage.guard.tryReserve(Upload.of(ACCOUNT, "huge", Stage.LIMIT + 1)))
                    .isInstanceOf(Admission.Refused.class);
            assertThat(stage.usage(ACCOUNT).usedBytes()).isEqualTo(1);
        }
    }

    /** As an index that is being created does: it says nothing about the reservation. */
    @Test
    void shouldNotRefuseWhileTheLedgerAsAWholeIsLocked() throws Exception {
        try (Stage stage = Stage.on(TestDatabase.POSTGRESQL, builder -> builder.lockTimeout(Duration.ofMillis(300)));
                Connection connection = stage.begin()) {
            stage.stored(ACCOUNT, "x", 1);
            stage.reserve(ACCOUNT, "late", 900);
            TestDatabase.POSTGRESQL.advance(stage.pool, Stage.TTL.plusSeconds(1));
            Stage.execute(connection, "LOCK TABLE quota_ledger IN SHARE MODE");
            assertThat(stage.guard.tryReserve(Upload.of(ACCOUNT, "photo", 500))).isInstanceOf(Admission.Busy.class);

            connection.rollback();
            assertThat(stage.guard.tryReserve(Upload.of(ACCOUNT, "photo", 500))).isInstanceOf(Admission.Granted.class);
        }
    }

    @OnEachServer
    void shouldBeBusyAfterOneWaitForRowsThatAreLocked(TestDatabase database) throws Exception {
        StatementLog log = new StatementLog();
        try (Stage stage = Stage.on(database);
                Connection connection = stage.beginReadCommitted();
                JdbcUsageStore store = JdbcUsageStore.builder(log.around(stage.pool))
                        .sweepInterval(Duration.ofDays(1))
                        .lockTimeout(Duration.ofMillis(200))
                        .build()) {
            stage.stored(ACCOUNT, "x", 1);
            for (int i = 0; i < 5; i++) {
                stage.reserve(ACCOUNT, "late-" + i, 190);
            }
            database.advance(stage.pool, Stage.TTL.plusSeconds(1));
            Stage.execute(connection, "SELECT * FROM quota_allocation WHERE file LIKE 'late%' FOR UPDATE");
            assertThat(Stage.guard(store, Stage.TTL).tryReserve(Upload.of(ACCOUNT, "photo", 500)))
                    .isInstanceOf(Admission.Busy.class);
            assertThat(log.executions())
                    .filteredOn(statement -> statement.contains("due_at <=") && statement.contains("FOR UPDATE"))
                    .hasSize(1);
            connection.rollback();
        }
    }

    @OnEachServer
    void shouldClearWhatIsDueOnceForAllThatWaitForIt(TestDatabase database) throws Exception {
        int uploads = 6;
        StatementLog log = new StatementLog();
        try (Stage stage = Stage.on(database);
                Connection connection = stage.beginReadCommitted();
                JdbcUsageStore store = Stage.store(log.around(stage.pool), builder -> builder)) {
            stage.stored(ACCOUNT, "x", 1);
            stage.reserve(ACCOUNT, "late", 900);
            database.advance(stage.pool, Stage.TTL.plusSeconds(1));
            Stage.execute(connection, "SELECT * FROM quota_allocation WHERE file = 'late' FOR UPDATE");
            log.clear();
            List<Future<Admission>> waiting = new ArrayList<>();
            for (int i = 0; i < uploads; i++) {
                Upload upload = Upload.of(ACCOUNT, "photo-" + i, 500);
                waiting.add(Stage.start(() -> Stage.guard(store, Stage.TTL).tryReserve(upload)));
            }
            await().until(() -> executions(log, "UNION ALL") == uploads);
            stage.awaitBlocked(1);
            connection.rollback();

            int granted = 0;
            for (Future<Admission> upload : waiting) {
                granted += upload.get() instanceof Admission.Granted ? 1 : 0;
            }
            assertThat(granted).isEqualTo(1);
            assertThat(executions(log, "due_at <= ")).isGreaterThan(0);
            assertThat(log.executions().stream().filter(sql -> sql.contains("ORDER BY a.tenant, a.due_at")))
                    .hasSize(1);
        }
    }

    private static long executions(StatementLog log, String words) {
        return log.executions().stream()
                .filter(statement -> statement.contains(words))
                .count();
    }
}
