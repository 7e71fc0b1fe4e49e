package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TableCheck;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStore;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** What the store's thread does by itself, on one node and on several. */
class SettlerTest {

    private static JdbcUsageStore.Builder busy(JdbcUsageStore.Builder builder) {
        return builder.sweepInterval(Duration.ofMillis(20));
    }

    private static JdbcUsageStore.Builder idle(JdbcUsageStore.Builder builder) {
        return builder;
    }

    @OnEachServer
    void shouldExpireWhatIsOverdue(TestDatabase database) {
        try (Stage stage = Stage.on(database, SettlerTest::busy)) {
            UploadGuard guard = Stage.guard(stage.store, Duration.ofMillis(50));
            guard.reserve(Upload.of("acme/user-7", "photo", 10));

            await().until(() -> stage.find("acme/user-7", "photo").state() == AllocationState.EXPIRED);
            await().until(() -> stage.usage("acme").equals(new Usage(0, 0, 0, 0)));
        }
    }

    @OnEachServer
    void shouldSettleWhatACrashLeft(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database, SettlerTest::idle)) {
            crashAfterCommit(stage, "acme/user-7", "photo");
            assertThat(stage.unsettled("acme/user-7")).isEqualTo(1);

            try (JdbcUsageStore restarted = Stage.store(stage.pool, SettlerTest::busy)) {
                await().until(() -> stage.unsettled("acme/user-7") == 0);
                assertThat(restarted.entries("acme", 0, 10).items()).hasSize(1);
            }
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
        }
    }

    /** Commits in a connection, and never closes the handle. */
    private static void crashAfterCommit(Stage stage, String account, String file) throws Exception {
        Reservation reservation = stage.reserve(account, file, 10);
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation);
            connection.commit();
        }
    }

    @OnEachServer
    void shouldEndItsThreadsWhenTheStoreIsClosed(TestDatabase database) {
        Set<Thread> before = settlers();
        try (Stage stage = Stage.on(database, SettlerTest::busy)) {
            Set<Thread> during = settlers();
            during.removeAll(before);
            assertThat(during).hasSize(2).allMatch(Thread::isDaemon);

            stage.store.close();
            await().until(() -> during.stream().noneMatch(Thread::isAlive));
            stage.store.close();
        }
    }

    private static Set<Thread> settlers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("quotaguard"))
                .collect(Collectors.toSet());
    }

    @OnEachServer
    void shouldWorkAfterTheStoreIsClosed(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database, SettlerTest::busy)) {
            stage.store.close();
            try (Reservation reservation = stage.reserve("acme/user-7", "photo", 10);
                    Connection connection = stage.begin()) {
                stage.store.in(connection).commit(reservation);
                connection.commit();
            }
            assertThat(stage.usage("acme")).isEqualTo(new Usage(10, 0, 1, 0));
        }
    }

    @OnEachServer
    void shouldDoTheWorkThatADeadNodeLeft(TestDatabase database) throws Exception {
        try (Stage dead = Stage.on(database, SettlerTest::idle)) {
            crashAfterCommit(dead, "acme/user-7", "stored");
            Stage.guard(dead.store, Duration.ofMillis(1)).reserve(Upload.of("acme/user-7", "abandoned", 20));
            dead.store.close();
            assertThat(dead.usage("acme")).isEqualTo(new Usage(10, 20, 1, 1));

            try (JdbcUsageStore other = Stage.store(dead.pool, SettlerTest::busy)) {
                await().until(() ->
                        dead.usage("acme").equals(new Usage(10, 0, 1, 0)) && dead.unsettled("acme/user-7") == 0);
                assertThat(other.sweep().isIdle()).isTrue();
            }
        }
    }

    @OnEachServer
    void shouldSweepOnSeveralNodesAtOnce(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database, SettlerTest::busy);
                JdbcUsageStore other = Stage.store(stage.pool, SettlerTest::busy);
                Connection connection = stage.begin()) {
            UploadGuard forgetful = Stage.guard(other, Duration.ofMillis(5));
            for (int i = 0; i < 150; i++) {
                String account = "t" + i % 3 + "/user-7";
                stage.store.in(connection).commit(stage.reserve(account, "stored-" + i, 1));
                forgetful.reserve(Upload.of(account, "forgotten-" + i, 1));
                if (i % 10 == 9) {
                    connection.commit();
                }
            }
            for (int tenant = 0; tenant < 3; tenant++) {
                String account = "t" + tenant + "/user-7";
                await().until(() ->
                        stage.usage(account).equals(new Usage(50, 0, 50, 0)) && stage.unsettled(account) == 0);
                assertThat(stage.store.entries("t" + tenant, 0, 1_000).items()).hasSize(100);
            }
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
        }
    }

    @OnEachServer
    void shouldForgetWhatEndedLongAgo(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database, SettlerTest::idle)) {
            stage.stored("acme/user-7", "kept", 10);
            stage.stored("acme/user-7", "deleted", 10);
            stage.guard.delete("acme/user-7", "deleted");
            stage.reserve("acme/user-7", "released", 10).release();

            database.advance(stage.pool, UsageStore.RETENTION);
            stage.sweep();
            assertThat(stage.count("SELECT count(*) FROM quota_allocation")).isEqualTo(3);

            database.advance(stage.pool, Duration.ofDays(2));
            assertThat(stage.store.sweep().pruned()).isEqualTo(2);
            assertThat(stage.guard.find("acme/user-7", "deleted")).isEmpty();
            assertThat(stage.find("acme/user-7", "kept").state()).isEqualTo(AllocationState.COMMITTED);
            assertThat(stage.usage("acme")).isEqualTo(new Usage(10, 0, 1, 0));
            assertThat(stage.store.entries("acme", 0, 10).items()).hasSize(4);
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
        }
    }

    @OnEachServer
    void shouldGoOnAfterASweepThatFailed(TestDatabase database) throws Exception {
        StatementLog log = new StatementLog();
        try (Stage stage = Stage.on(database, SettlerTest::idle);
                Connection stuck = stage.begin()) {
            crashAfterCommit(stage, "acme/user-7", "photo");
            Stage.lockRoot(stuck, "acme");
            try (JdbcUsageStore other = JdbcUsageStore.builder(log.around(stage.pool))
                    .sweepInterval(Duration.ofMillis(100))
                    .lockTimeout(Duration.ofMillis(50))
                    .build()) {
                await().until(() -> countOf(log, "last_seq") >= 2);
                assertThat(other.usage(AccountId.of("acme")).total()).isEqualTo(new Usage(10, 0, 1, 0));
                stuck.rollback();

                await().until(() -> stage.unsettled("acme/user-7") == 0);
            }
        }
    }

    private static long countOf(StatementLog log, String words) {
        return log.executions().stream()
                .filter(statement -> statement.contains(words))
                .count();
    }

    /** H2 dates an entry by the time its transaction first asked for; deletes that look older must not fill every batch. */
    @OnEachServer
    void shouldSettleTheDeletesOfATransactionOlderThanTheCommits(TestDatabase database) throws Exception {
        String account = "acme/user-7";
        try (Stage stage = Stage.on(database, SettlerTest::idle);
                Connection old = stage.begin();
                Connection young = stage.begin()) {
            Stage.count(old, "SELECT EXTRACT(SECOND FROM CURRENT_TIMESTAMP)");
            for (int i = 0; i < 250; i++) {
                stage.store.in(young).commit(stage.reserve(account, "f" + i, 1));
            }
            young.commit();
            for (int i = 0; i < 250; i++) {
                stage.store.in(old).delete(account, "f" + i);
            }
            old.commit();
            stage.sweep();
            assertThat(stage.unsettled(account)).isZero();
            assertThat(stage.usage(account)).isEqualTo(new Usage(0, 0, 0, 0));
        }
    }

    private static JdbcUsageStore.Builder impatient(JdbcUsageStore.Builder builder) {
        return builder.lockTimeout(Duration.ofMillis(100));
    }

    @OnEachServer
    void shouldSweepTheOtherTenantsWhileOneIsLocked(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database, builder -> busy(impatient(builder)));
                Connection connection = stage.begin();
                Connection stuck = stage.begin()) {
            stage.stored("a", "x", 1);
            stage.stored("b", "y", 1);
            stage.store.in(connection).commit(stage.reserve("a", "open", 5));
            Stage.lockRoot(stuck, "a");
            connection.commit();
            Reservation late = Stage.guard(stage.store, Duration.ofMillis(1)).reserve(Upload.of("b", "late", 10));

            await().until(() -> stage.state(late) == AllocationState.EXPIRED);
        }
    }

    @OnEachServer
    void shouldReleaseClosedHandlesOfOtherTenantsWhileOneIsLocked(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database, SettlerTest::impatient);
                Connection connection = stage.begin();
                Connection stuck = stage.begin()) {
            stage.stored("a", "x", 1);
            stage.stored("b", "y", 1);
            Reservation stored = stage.reserve("a", "stored", 10);
            stage.store.in(connection).commit(stored);
            connection.commit();
            List<Reservation> rolledBack = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                rolledBack.add(stage.reserve("b", "f" + i, 10));
                stage.store.in(connection).commit(rolledBack.get(i));
            }
            connection.rollback();
            Stage.lockRoot(stuck, "a");
            stored.close();
            rolledBack.forEach(Reservation::close);

            await().until(() -> stage.usage("b").reservedBytes() == 0);
        }
    }

    /** More of them than one page of a sweep has. */
    @OnEachServer
    void shouldEndASweepWhereNoTenantCanBeHelped(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database, SettlerTest::idle);
                Connection connection = stage.begin()) {
            List<Reservation> late = new ArrayList<>();
            for (int i = 0; i < 101; i++) {
                late.add(stage.reserve(stage.account(), "late", 10));
            }
            database.advance(stage.pool, Stage.TTL.plusSeconds(1));
            for (Reservation reservation : late) {
                stage.store.in(connection).commit(reservation);
            }
            assertThat(Stage.start(stage.store::sweep).get(60, TimeUnit.SECONDS).isIdle())
                    .isTrue();
            connection.commit();
            stage.sweep();
            assertThat(stage.usage(late.get(100).allocation().account().path())).isEqualTo(new Usage(10, 0, 1, 0));
        }
    }

    /** Twenty times the time-out of the lock, if each of its handles were waited for. */
    @OnEachServer
    void shouldWaitForALockedTenantOnceForAllItsHandles(TestDatabase database) throws Exception {
        StatementLog log = new StatementLog();
        try (Stage stage = Stage.on(database, SettlerTest::idle);
                Connection connection = stage.begin();
                Connection stuck = stage.begin();
                JdbcUsageStore store = JdbcUsageStore.builder(log.around(stage.pool))
                        .sweepInterval(Duration.ofDays(1))
                        .lockTimeout(Duration.ofMillis(300))
                        .build()) {
            UploadGuard guard = Stage.guard(store, Stage.TTL);
            List<Reservation> rolledBack = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                rolledBack.add(guard.reserve(Upload.of("a/user-7", "f" + i, 10)));
                store.in(connection).commit(rolledBack.get(i));
            }
            Reservation other = guard.reserve(Upload.of("b/user-7", "photo", 10));
            store.in(connection).commit(other);
            connection.rollback();
            Stage.lockRoot(stuck, "a");
            log.clear();
            rolledBack.forEach(Reservation::close);
            other.close();
            await().until(() -> stage.usage("b").reservedBytes() == 0);
            assertThat(countOf(log, "last_seq, updated_at")).isLessThan(12);
        }
    }

    /** Whatever is thrown once must not end for ever what the store does by itself. */
    @OnEachServer
    void shouldGoOnAfterAnError(TestDatabase database) {
        AtomicInteger errors = new AtomicInteger();
        try (Stage stage = Stage.on(database, SettlerTest::idle)) {
            DataSource failing = StatementLog.before(stage.pool, sql -> {
                if (Thread.currentThread().getName().startsWith("quotaguard") && errors.incrementAndGet() <= 2) {
                    throw new LinkageError("planted");
                }
            });
            try (JdbcUsageStore other = Stage.store(failing, SettlerTest::busy)) {
                await().until(() -> errors.get() > 2);
                Stage.guard(other, Duration.ofMillis(1)).reserve(Upload.of("acme/user-7", "photo", 10));
                await().until(() -> stage.find("acme/user-7", "photo").state() == AllocationState.EXPIRED);
            }
        }
    }
}
