package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TableCheck;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.SoftLimit;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Reserves that share a transaction, where somebody is in the way of one of them or of all. */
class BatchedReserveTest {

    private static final String ACCOUNT = "acme/user-7";

    /** So long that who waits with the root locked keeps everybody else waiting for longer than the test does. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static List<String> names(List<ReserveResult> results) {
        return results.stream().map(result -> result.getClass().getSimpleName()).toList();
    }

    /** Where there are counters already, PostgreSQL's one statement tries it first. */
    @OnEachServer
    void shouldGrantInOrderUntilItIsFull(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database)) {
            stage.stored(ACCOUNT, "x", 1);
            assertThat(names(stage.store.reserveAll(List.of(
                            Commands.reserve(ACCOUNT, "a", 600),
                            Commands.reserve(ACCOUNT, "b", 200),
                            Commands.reserve("acme", "c", 199),
                            Commands.reserve(ACCOUNT, "d", 1)))))
                    .containsExactly("Granted", "Granted", "Granted", "Refused");
            assertThat(names(stage.store.reserveAll(files("e", 5))))
                    .containsExactly("Granted", "Refused", "Refused", "Refused", "Refused");
            assertThat(stage.usage("acme")).isEqualTo(new Usage(1, 999, 1, 4));
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
        }
    }

    /** Returns uploads of nothing to an account that may have five files. */
    private static List<ReserveCommand> files(String files, int number) {
        return Commands.many("acme", files, number, 0).stream()
                .map(command -> new ReserveCommand(
                        command.spec(),
                        command.ttl(),
                        List.of(new CounterLimit(AccountId.of("acme"), null, Stage.LIMIT, 5, Stage.LIMIT))))
                .toList();
    }

    /** The lock is that of a row, as of somebody who ends the life. */
    @OnEachServer
    void shouldKeepNobodyElseWaitingForALockedFile(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database, builder -> builder.lockTimeout(PATIENCE));
                Connection stuck = stage.beginReadCommitted()) {
            stage.store.reserve(Commands.reserve(ACCOUNT, "locked", 1));
            Stage.execute(stuck, "SELECT * FROM quota_allocation WHERE file = 'locked' FOR UPDATE");
            List<ReserveCommand> batch = new ArrayList<>(Commands.many(ACCOUNT, "before", 3, 10));
            batch.add(Commands.reserve(ACCOUNT, "locked", 1));
            batch.addAll(Commands.many(ACCOUNT, "after", 3, 10));
            batch.add(Commands.reserve(ACCOUNT, "huge", Stage.LIMIT));

            List<ReserveResult> results =
                    Stage.start(() -> stage.store.reserveAll(batch)).get(30, TimeUnit.SECONDS);

            assertThat(names(results))
                    .containsExactly(
                            "Granted", "Granted", "Granted", "Busy", "Granted", "Granted", "Granted", "Refused");
            stuck.rollback();
            assertThat(stage.usage(ACCOUNT)).isEqualTo(new Usage(0, 61, 0, 7));
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
        }
    }

    @OnEachServer
    void shouldWaitForALockedRootOnlyOnce(TestDatabase database) throws Exception {
        StatementLog log = new StatementLog();
        try (Stage stage = Stage.on(database);
                JdbcUsageStore store =
                        Stage.store(log.around(stage.pool), builder -> builder.lockTimeout(Duration.ofMillis(100)));
                Connection stuck = stage.beginReadCommitted()) {
            store.reserve(Commands.reserve(ACCOUNT, "x", 1));
            Stage.lockRoot(stuck, ACCOUNT);
            List<ReserveCommand> batch = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                batch.add(Commands.reserve(ACCOUNT, "photo", 1));
                batch.add(Commands.reserve(ACCOUNT, "photo", "v" + i, null, 1, Stage.LIMIT));
            }
            batch.add(Commands.reserve("other", "photo", 1));
            log.clear();

            List<ReserveResult> results = store.reserveAll(batch);

            assertThat(results.subList(0, 10)).allMatch(ReserveResult.Busy.class::isInstance);
            assertThat(results.get(10)).isInstanceOf(ReserveResult.Granted.class);
            assertThat(log.executions())
                    .filteredOn(statement -> statement.contains("FOR UPDATE") && statement.contains("quota_usage"))
                    .hasSizeLessThanOrEqualTo(4);
        }
    }

    /** Who fits is not kept waiting by what can not be freed for those who do not. */
    @OnEachServer
    void shouldGrantWhatFitsWhereArrearsCanNotBeCleared(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database, builder -> builder.lockTimeout(Duration.ofMillis(300)));
                Connection stuck = stage.beginReadCommitted()) {
            stage.stored(ACCOUNT, "x", 1);
            stage.reserve(ACCOUNT, "late", 900);
            database.advance(stage.pool, Stage.TTL.plusSeconds(1));
            Stage.execute(stuck, "SELECT * FROM quota_allocation WHERE file = 'late' FOR UPDATE");

            List<ReserveResult> results = stage.store.reserveAll(List.of(
                    Commands.reserve(ACCOUNT, "a", 40),
                    Commands.reserve(ACCOUNT, "big", 500),
                    Commands.reserve(ACCOUNT, "b", 40),
                    Commands.reserve(ACCOUNT, "bigger", 600),
                    Commands.reserve(ACCOUNT, "c", 19),
                    Commands.reserve(ACCOUNT, "d", 1)));

            assertThat(names(results)).containsExactly("Granted", "Busy", "Granted", "Busy", "Granted", "Busy");
            stuck.rollback();
            assertThat(names(stage.store.reserveAll(
                            List.of(Commands.reserve(ACCOUNT, "big", 500), Commands.reserve(ACCOUNT, "bigger", 600)))))
                    .containsExactly("Granted", "Refused");
            assertThat(stage.usage(ACCOUNT)).isEqualTo(new Usage(1, 599, 1, 4));
        }
    }

    /** What is overdue is freed for the first who needs it, in the midst of the list. */
    @OnEachServer
    void shouldServeThoseWhoCameFirstWithWhatIsFreed(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database);
                Connection caller = stage.beginReadCommitted()) {
            stage.stored(ACCOUNT, "old", 300);
            stage.reserve(ACCOUNT, "late", 600);
            database.advance(stage.pool, Stage.TTL.plusSeconds(1));
            stage.store.in(caller).delete(ACCOUNT, "old");
            caller.commit();

            List<ReserveResult> results = stage.store.reserveAll(List.of(
                    Commands.reserve(ACCOUNT, "a", 100),
                    Commands.reserve(ACCOUNT, "b", 500),
                    Commands.reserve(ACCOUNT, "c", 401),
                    Commands.reserve(ACCOUNT, "d", 400),
                    Commands.reserve(ACCOUNT, "e", 1)));

            assertThat(names(results)).containsExactly("Granted", "Granted", "Refused", "Granted", "Refused");
            assertThat(stage.usage(ACCOUNT)).isEqualTo(new Usage(0, 1_000, 0, 3));
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
        }
    }

    @OnEachServer
    void shouldKeepNothingOfABatchThatTheDatabaseRefuses(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database)) {
            stage.stored(ACCOUNT, "x", 1);
            TestDatabase.execute(stage.pool, "ALTER TABLE quota_allocation ADD CONSTRAINT bad CHECK (file <> 'bad')");
            List<ReserveCommand> batch = new ArrayList<>(Commands.many(ACCOUNT, "before", 3, 10));
            batch.add(Commands.reserve(ACCOUNT, "bad", 10));
            batch.addAll(Commands.many(ACCOUNT, "after", 3, 10));

            assertThatThrownBy(() -> stage.store.reserveAll(batch))
                    .isInstanceOfSatisfying(
                            UsageStoreException.class,
                            e -> assertThat(e.isRetryable()).isFalse());

            assertThat(stage.usage(ACCOUNT)).isEqualTo(new Usage(1, 0, 1, 0));
            assertThat(stage.count("SELECT count(*) FROM quota_allocation")).isEqualTo(1);
        }
    }

    @OnEachServer
    void shouldNotCountBeyondTheRangeOfTheNumbers(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database)) {
            long most = CounterLimit.UNLIMITED;
            List<ReserveResult> results = stage.store.reserveAll(List.of(
                    Commands.reserve("acme", "a", "", "image", most - 1, most),
                    Commands.reserve("acme", "b", "", "image", most, most),
                    Commands.reserve("acme", "c", "", "image", 1, most),
                    Commands.reserve("acme", "d", "", "text", 1, most),
                    Commands.reserve("acme", "e", "", "text", 0, 0)));

            assertThat(names(results)).containsExactly("Granted", "Refused", "Granted", "Refused", "Granted");
            assertThat(stage.usage("acme")).isEqualTo(new Usage(0, most, 0, 3));
            assertThat(names(stage.store.reserveAll(List.of(
                            Commands.reserve("acme", "f", "", "text", 0, 0),
                            Commands.reserve("acme", "g", "", "text", 0, 0)))))
                    .containsExactly("Granted", "Granted");
        }
    }

    /** To a driver that counts what an update has changed, one that changes nothing has found no row. */
    @Test
    void shouldNoteNoGraceThatIsVoidAgain() throws Exception {
        HikariConfig config = TestDatabase.MARIADB.connect();
        config.setJdbcUrl(config.getJdbcUrl() + "&useAffectedRows=true");
        try (HikariDataSource pool = TestDatabase.pool(config, 2);
                JdbcUsageStore store = Stage.store(pool, builder -> builder)) {
            ReserveCommand above = Commands.reserve("acme", "a", 20);
            CounterLimit soft =
                    new CounterLimit(AccountId.of("acme"), null, 100, 100, 100, new SoftLimit(10, Duration.ofDays(1)));
            ReserveCommand begins = new ReserveCommand(above.spec(), above.ttl(), List.of(soft));

            assertThat(names(store.reserveAll(List.of(begins, Commands.reserve("acme", "b", 1)))))
                    .containsOnly("Granted");

            assertThat(store.usage(AccountId.of("acme")).grace()).isNull();
            assertThat(names(store.reserveAll(List.of(Commands.reserve("acme", "a", 20), begins))))
                    .containsOnly("Granted");
        }
    }

    /** The statement looks at the files before it has the lock; one of them may begin meanwhile. */
    @Test
    void shouldLeaveAFileToWhoWasFirst() throws Exception {
        try (Stage stage = Stage.on(TestDatabase.POSTGRESQL);
                Connection connection = stage.begin()) {
            stage.stored(ACCOUNT, "x", 1);
            Stage.lockRoot(connection, ACCOUNT);
            Future<ReserveResult> first =
                    Stage.start(() -> stage.store.reserve(Commands.reserve(ACCOUNT, "photo1", 10)));
            stage.awaitBlocked(1);
            Future<List<ReserveResult>> batch =
                    Stage.start(() -> stage.store.reserveAll(Commands.many(ACCOUNT, "photo", 3, 10)));
            stage.awaitBlocked(2);
            connection.rollback();

            Allocation life = ((ReserveResult.Granted) first.get(30, TimeUnit.SECONDS)).allocation();
            List<ReserveResult> results = batch.get(30, TimeUnit.SECONDS);
            assertThat(names(results)).containsOnly("Granted");
            Allocation again = ((ReserveResult.Granted) results.get(1)).allocation();
            assertThat(again.generation()).isEqualTo(life.generation());
            assertThat(again.attempt()).isEqualTo(2);
            assertThat(stage.usage("acme")).isEqualTo(new Usage(1, 30, 1, 3));
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
        }
    }

    @OnEachServer
    void shouldBeginTheCountersOfABatchOnce(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database)) {
            List<ReserveCommand> batch = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String account = List.of("new", "new/a", "new/a/b", "new/a/b/c").get(i % 4);
                batch.add(Commands.reserve(account, "f" + i, "", i % 3 == 0 ? null : "c" + i % 5, 1, Stage.LIMIT));
            }
            assertThat(names(stage.store.reserveAll(batch))).containsOnly("Granted");
            assertThat(stage.usage("new")).isEqualTo(new Usage(0, 20, 0, 20));
            assertThat(stage.usage("new/a/b")).isEqualTo(new Usage(0, 10, 0, 10));
            assertThat(stage.store.usage(AccountId.of("new")).categories().values().stream()
                            .mapToLong(Usage::reservedBytes)
                            .sum())
                    .isEqualTo(13);
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
        }
    }
}
