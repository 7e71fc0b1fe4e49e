package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.Admission;
import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.PoolCheck;
import io.github.quotaguard.proof.TableCheck;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountCounters;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.listener.MethodExecutionContext;
import net.ttddyy.dsproxy.listener.MethodExecutionListener;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.h2.engine.Constants;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The connections that the store takes for itself: whatever the pool is like, and when there are none. */
class OwnConnectionsTest {

    private static final AccountId ACME = AccountId.of("acme");

    static Stream<Arguments> pools() {
        return Stream.of(TestDatabase.H2, TestDatabase.POSTGRESQL, TestDatabase.MARIADB)
                .flatMap(database -> Stream.of(
                                "TRANSACTION_READ_COMMITTED", "TRANSACTION_REPEATABLE_READ", "TRANSACTION_SERIALIZABLE")
                        .flatMap(isolation -> Stream.of(true, false)
                                .map(autoCommit -> Arguments.of(database, isolation, autoCommit))));
    }

    /** Notes at which isolation level each connection works, and how it is given back before the pool sets it right. */
    private static final class Returned implements MethodExecutionListener {

        private final String lockTimeout;
        final List<String> states = new CopyOnWriteArrayList<>();
        final Set<Integer> isolationAtWork = ConcurrentHashMap.newKeySet();

        Returned(TestDatabase database) {
            this.lockTimeout = database.readLockTimeout();
        }

        String of(Connection connection) throws SQLException {
            boolean autoCommit = connection.getAutoCommit();
            int isolation = connection.getTransactionIsolation();
            long timeout = Stage.count(connection, lockTimeout);
            if (!autoCommit) {
                connection.rollback();
            }
            return autoCommit + " " + isolation + " " + timeout;
        }

        @Override
        public void beforeMethod(MethodExecutionContext context) {
            if (context.getTarget() instanceof Connection connection) {
                try {
                    switch (context.getMethod().getName()) {
                        case "prepareStatement" -> isolationAtWork.add(connection.getTransactionIsolation());
                        case "close" -> states.add(of(connection));
                        default -> {}
                    }
                } catch (SQLException e) {
                    states.add(e.toString());
                }
            }
        }

        @Override
        public void afterMethod(MethodExecutionContext context) {}
    }

    @ParameterizedTest
    @MethodSource("pools")
    void shouldWorkOnAnyPoolAndGiveConnectionsBackAsTheyWere(
            TestDatabase database, String isolation, boolean autoCommit) throws Exception {
        HikariConfig config = database.connect();
        config.setAutoCommit(autoCommit);
        config.setTransactionIsolation(isolation);
        Returned returned = new Returned(database);
        try (HikariDataSource pool = TestDatabase.pool(config, 4)) {
            DataSource watched =
                    ProxyDataSourceBuilder.create(pool).methodListener(returned).build();
            try (JdbcUsageStore store = Stage.store(watched, builder -> builder)) {
                useAll(store);
                assertThat(store.usage(ACME).total()).isEqualTo(new Usage(20, 0, 1, 0));
            }
            assertThat(returned.isolationAtWork)
                    .contains(Connection.TRANSACTION_READ_COMMITTED)
                    .isSubsetOf(Connection.TRANSACTION_READ_COMMITTED, Constants.TRANSACTION_SNAPSHOT);
            try (Connection connection = pool.getConnection()) {
                assertThat(returned.states).hasSizeGreaterThan(10).containsOnly(returned.of(connection));
            }
            assertThat(TableCheck.violations(pool)).isEmpty();
            PoolCheck.requireNothingLeaked(pool);
        }
    }

    private static void useAll(JdbcUsageStore store) {
        UploadGuard guard = Stage.guard(store, Duration.ofMinutes(1));
        guard.reserve(Upload.of("acme/user-7", "photo", 10).category("image")).commit(20);
        guard.reserve(Upload.of("acme/user-7", "closed", 10)).close();
        Reservation released = guard.reserve(Upload.of("acme/user-7", "released", 10));
        released.extendTo(20);
        released.release();
        guard.reserve(Upload.of("acme/user-7", "gone", 10).version("v1")).commit();
        Upload replacing = Upload.of("acme/user-7", "gone", 15).version("v2").replacing("v1");
        guard.reserve(replacing).commit();
        guard.delete("acme/user-7", "gone");
        assertThatThrownBy(() -> guard.reserve(Upload.of("acme/user-7", "huge", Stage.LIMIT)))
                .isInstanceOf(QuotaExceededException.class);
        Stage.guard(store, Duration.ofMillis(1)).reserve(Upload.of("acme/user-7", "late", 10));
        await().until(() -> store.sweep().expired() == 1);
        store.accounts(null, 10);
        store.entries("acme", 0, 10);
        store.allocations("acme", null, 10);
    }

    @OnEachServer
    void shouldAnswerBusyWhileSomebodyHoldsTheRootCounter(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database, builder -> builder.lockTimeout(Duration.ofMillis(300)));
                Connection stuck = stage.begin()) {
            stage.stored("acme/user-7", "photo", 10);
            Reservation reservation = stage.reserve("acme/user-7", "held", 20);
            Stage.lockRoot(stuck, "acme");
            AccountCounters before = stage.store.usage(ACME);
            long start = System.nanoTime();

            assertThat(stage.guard.tryReserve(Upload.of("acme/user-7", "other", 10)))
                    .isInstanceOf(Admission.Busy.class);
            assertThat(stage.guard.tryReserve(Upload.of("acme/user-7", "photo", 11)))
                    .isInstanceOf(Admission.Busy.class);
            assertRetryable(reservation::commit);
            assertRetryable(reservation::release);
            assertRetryable(() -> stage.guard.delete("acme/user-7", "photo"));
            reservation.close();
            assertThat(stage.store.usage(ACME)).isEqualTo(before);
            // MariaDB makes a second of each 300 ms.
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            assertThat(stage.pool.getHikariPoolMXBean().getActiveConnections()).isEqualTo(1);

            stuck.rollback();
            stage.stored("acme/user-7", "other", 10);
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
        }
    }

    private static void assertRetryable(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        UsageStoreException.class,
                        e -> assertThat(e.isRetryable()).isTrue());
    }

    @OnEachServer
    void shouldNameTheCauseAndTheWayOutWhenTheCallerHasTheOnlyConnection(TestDatabase database) throws Exception {
        HikariConfig config = database.connect();
        config.setMaximumPoolSize(1);
        config.setConnectionTimeout(300);
        try (HikariDataSource pool = new HikariDataSource(config);
                JdbcUsageStore store = Stage.store(pool, builder -> builder)) {
            UploadGuard guard = Stage.guard(store, Duration.ofMinutes(1));
            Reservation reservation = guard.reserve(Upload.of("acme/user-7", "photo", 10));
            long start = System.nanoTime();
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                for (Runnable call : List.<Runnable>of(
                        () -> guard.reserve(Upload.of("acme/user-7", "other", 10)),
                        () -> store.usage(ACME),
                        store::sweep,
                        () -> store.in(connection).delete("acme/user-7", "other"))) {
                    assertThatThrownBy(call::run)
                            .isInstanceOfSatisfying(
                                    UsageStoreException.class,
                                    e -> assertThat(e.isRetryable()).isTrue())
                            .hasMessageContaining("no connection")
                            .hasMessageContaining("reserve before you open a transaction")
                            .hasMessageContaining("pool of its own");
                }
                store.in(connection).commit(reservation);
                connection.commit();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            reservation.close();
            assertThat(store.usage(ACME).total()).isEqualTo(new Usage(10, 0, 1, 0));
        }
    }
}
