package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaBusyException;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Row 8: somebody holds a lock and does not let go. Whoever needs it is told so in time, with the name of what could
 * not be done; nobody else notices, no connection is lost, and everything works when the lock is gone.
 */
@Tag("proof")
class StuckLockTest {

    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(300);

    /** Far more than any call may take, and far less than for ever. */
    private static final Duration HANGS = Duration.ofSeconds(30);

    /** What somebody holds. */
    enum Lock {
        ROOT_COUNTER {
            @Override
            void take(Connection connection, FaultyClient client, List<PowersOfTwo.File> files) throws SQLException {
                String tenants = "'%s'"
                        .formatted(String.join(
                                "', '",
                                files.stream().map(PowersOfTwo.File::tenant).toList()));
                TableCheck.rows(
                        connection,
                        "SELECT last_seq FROM quota_usage WHERE account = tenant AND category = '' AND tenant IN ("
                                + tenants + ") FOR UPDATE");
            }
        },

        ALLOCATION {
            @Override
            void take(Connection connection, FaultyClient client, List<PowersOfTwo.File> files) throws SQLException {
                for (PowersOfTwo.File file : files) {
                    TableCheck.rows(
                            connection,
                            "SELECT state FROM quota_allocation WHERE tenant = '%s' AND file = '%s' FOR UPDATE"
                                    .formatted(file.tenant(), file.name()));
                }
            }
        },

        /** The caller's transaction that ends the same life, and has not been committed. */
        LEDGER_KEY {
            @Override
            void take(Connection connection, FaultyClient client, List<PowersOfTwo.File> files) {
                for (PowersOfTwo.File file : files) {
                    if (file.token == null) {
                        client.store().in(connection).delete(file.account(), file.name());
                    } else {
                        Reservation reservation = client.guard().resume(file.token);
                        client.store().in(connection).commit(reservation, 0);
                    }
                }
            }
        };

        abstract void take(Connection connection, FaultyClient client, List<PowersOfTwo.File> files)
                throws SQLException;
    }

    static Stream<Arguments> cells() {
        return Stream.of(TestDatabase.H2, TestDatabase.POSTGRESQL, TestDatabase.MARIADB)
                .flatMap(database -> Stream.of(Lock.values()).map(lock -> Arguments.of(database, lock)));
    }

    @ParameterizedTest
    @MethodSource("cells")
    void shouldSayInTimeThatALockIsHeld(TestDatabase database, Lock lock) throws Exception {
        Proof proof = new Proof("8-" + lock.name().toLowerCase(Locale.ROOT), database, 0);
        try (Scene scene = new Scene(database, LOCK_TIMEOUT)) {
            List<String> violations = new ArrayList<>();
            for (FaultyCall call : FaultyCall.values()) {
                call.prepare(scene.client, scene.file(call));
            }
            try (Connection holder = scene.holders.getConnection()) {
                holder.setAutoCommit(false);
                holder.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                lock.take(holder, scene.client, List.copyOf(scene.files.values()));
                for (FaultyCall call : FaultyCall.values()) {
                    PowersOfTwo.File file = scene.file(call);
                    violations.addAll(scene.within(
                            HANGS,
                            file + " under " + lock,
                            () -> {
                                call.run(scene.client, file, () -> {});
                            },
                            proof));
                    // Reads lock nothing, and another tenant has locks of its own.
                    scene.client.store().usage(AccountId.of(file.tenant()));
                    call.find(scene.client.guard(), file);
                    scene.client
                            .guard()
                            .reserve(Upload.of("other/user-8", call.name(), 1))
                            .commit();
                }
                holder.rollback();
            }
            assertThat(proof.busy.sum() + proof.unknown.sum())
                    .as("were in the way")
                    .isPositive();
            scene.requireAllDone(violations);
            scene.requireNothingLeaked(HANGS);
            proof.violations.add(violations.size());
            proof.write();
            assertThat(violations).isEmpty();
        }
    }

    /** As if there were no lock time-out: a call that waits as long as the lock is held. */
    @OnEachServer
    void shouldSeeACallThatHangs(TestDatabase database) throws Exception {
        Proof proof = new Proof("8-planted", database, 0);
        try (Scene scene = new Scene(database, HANGS)) {
            PowersOfTwo.File file = scene.file(FaultyCall.RELEASE);
            FaultyCall.RELEASE.prepare(scene.client, file);
            try (Connection holder = scene.holders.getConnection()) {
                holder.setAutoCommit(false);
                holder.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                Lock.ROOT_COUNTER.take(holder, scene.client, List.copyOf(scene.files.values()));
                assertThat(scene.within(
                                LOCK_TIMEOUT,
                                "release",
                                () -> {
                                    FaultyCall.RELEASE.run(scene.client, file, () -> {});
                                },
                                proof))
                        .containsExactly("release hangs");
                holder.rollback();
            }
        }
    }

    /** A connection that the library, or the test, does not give back. */
    @OnEachServer
    void shouldSeeALeakedConnection(TestDatabase database) throws Exception {
        try (Scene scene = new Scene(database, LOCK_TIMEOUT);
                Connection leaked = scene.pool.getConnection()) {
            assertThat(leaked.isValid(1)).isTrue();
            assertThatThrownBy(() -> scene.requireNothingLeaked(LOCK_TIMEOUT))
                    .isInstanceOf(ConditionTimeoutException.class);
        }
    }

    /** Something that may be told to try again. */
    @FunctionalInterface
    private interface Call {
        void run() throws SQLException;
    }

    private static final class Scene implements AutoCloseable {

        final HikariDataSource pool;
        final HikariDataSource holders;
        private final HikariDataSource applications;
        final FaultyClient client;
        final Map<FaultyCall, PowersOfTwo> powers = new EnumMap<>(FaultyCall.class);
        final Map<FaultyCall, PowersOfTwo.File> files = new EnumMap<>(FaultyCall.class);
        private final ExecutorService executor = Executors.newCachedThreadPool();

        Scene(TestDatabase database, Duration lockTimeout) {
            HikariConfig config = database.connect();
            String url = config.getJdbcUrl();
            pool = TestDatabase.pool(config, 10);
            TestDatabase.execute(pool, FaultyClient.FILES);
            holders = TestDatabase.pool(again(url), 2);
            // The library leaves the application's transactions as they are, so these bound their own waits.
            HikariConfig impatient = again(url);
            impatient.setConnectionInitSql(database.lockTimeout(lockTimeout));
            applications = TestDatabase.pool(impatient, 4);
            client = FaultyClient.on(applications, pool, builder -> builder.lockTimeout(lockTimeout));
            for (FaultyCall call : FaultyCall.values()) {
                PowersOfTwo own = new PowersOfTwo(call, client);
                powers.put(call, own);
                files.put(call, own.next());
            }
        }

        private static HikariConfig again(String url) {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(url);
            return config;
        }

        PowersOfTwo.File file(FaultyCall call) {
            return Objects.requireNonNull(files.get(call));
        }

        /** Runs a call that may fail with a typed error that names it, but has to come to an end. */
        List<String> within(Duration limit, String what, Call call, Proof proof) throws InterruptedException {
            proof.operations.increment();
            Future<?> future = executor.submit(() -> {
                call.run();
                return null;
            });
            try {
                future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
                proof.admitted.increment();
                return List.of();
            } catch (TimeoutException e) {
                return List.of(what + " hangs");
            } catch (ExecutionException e) {
                return isClear(e.getCause(), what, proof) ? List.of() : List.of(what + ": " + e.getCause());
            }
        }

        private static boolean isClear(Throwable failure, String what, Proof proof) {
            String tenant = what.substring(0, what.indexOf('/'));
            if (failure instanceof QuotaBusyException) {
                proof.busy.increment();
                return failure.getMessage().contains(tenant);
            }
            if (failure instanceof UsageStoreException e) {
                proof.unknown.increment();
                return e.isRetryable() && e.getMessage().matches("(?s)(reserve|extension|commit|release|delete) of .*");
            }
            return false;
        }

        void requireAllDone(List<String> violations) throws SQLException {
            for (FaultyCall call : FaultyCall.values()) {
                call.run(client, file(call), () -> {});
                violations.addAll(powers.get(call).violationsAfter(file(call)));
            }
            violations.addAll(TableCheck.violations(pool));
        }

        void requireNothingLeaked(Duration patience) {
            PoolCheck.requireNothingLeaked(pool, patience);
            PoolCheck.requireNothingLeaked(applications, patience);
        }

        @Override
        public void close() {
            executor.shutdownNow();
            client.close();
            applications.close();
            holders.close();
            pool.close();
        }
    }
}
