package io.github.quotaguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.ReservationEndedException;
import io.github.quotaguard.spring.SpringStage.Database;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The edges of Spring's transactions: callbacks, failures at the commit, pools without a second connection. */
@ParameterizedClass
@EnumSource(Database.class)
class SpringCallbacksTest implements CountedCells.OnDatabase {

    @RegisterExtension
    static final CountedCells CELLS = new CountedCells("spring-callbacks");

    private static final String ACCOUNT = "acme/user-7";
    private static final Usage STORED = new Usage(10, 0, 1, 0);

    private final Database database;

    SpringCallbacksTest(Database database) {
        this.database = database;
    }

    @Override
    public Database database() {
        return database;
    }

    private SpringStage stage() {
        return stage(config -> {});
    }

    private SpringStage stage(Consumer<HikariConfig> settings) {
        return new SpringStage(database, settings);
    }

    /** Where in a transaction's life a callback runs. */
    enum Moment {
        BEFORE_COMMIT,
        BEFORE_COMPLETION,
        AFTER_COMMIT,
        AFTER_COMPLETION;

        boolean isInTransaction() {
            return this == BEFORE_COMMIT || this == BEFORE_COMPLETION;
        }

        void register(Runnable callback) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void beforeCommit(boolean readOnly) {
                    run(BEFORE_COMMIT);
                }

                @Override
                public void beforeCompletion() {
                    run(BEFORE_COMPLETION);
                }

                @Override
                public void afterCommit() {
                    run(AFTER_COMMIT);
                }

                @Override
                public void afterCompletion(int status) {
                    run(AFTER_COMPLETION);
                }

                private void run(Moment moment) {
                    if (moment == Moment.this) {
                        callback.run();
                    }
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void shouldBeChargedInACallbackOfATransactionThatCommits(Moment moment) {
        try (SpringStage stage = stage()) {
            Reservation reservation = stage.reserve(ACCOUNT, "photo", 10);
            stage.inTransaction(status -> moment.register(() -> {
                reservation.commit();
                assertThat(stage.usage(ACCOUNT).usedBytes()).isEqualTo(moment.isInTransaction() ? 0 : 10);
            }));
            assertThat(stage.usage(ACCOUNT)).isEqualTo(STORED);
        }
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void shouldJoinATransactionThatACallbackBegins(Moment moment) {
        try (SpringStage stage = stage()) {
            Reservation committed = stage.reserve(ACCOUNT, "photo", 10);
            Reservation rolledBack = stage.reserve(ACCOUNT, "other", 10);
            TransactionTemplate inner = stage.transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
            stage.inTransaction(status -> moment.register(() -> {
                inner.executeWithoutResult(own -> committed.commit());
                inner.executeWithoutResult(own -> {
                    rolledBack.commit();
                    own.setRollbackOnly();
                });
            }));
            await().until(() -> stage.state(ACCOUNT, "other") == AllocationState.RELEASED);
            assertThat(stage.usage(ACCOUNT)).isEqualTo(STORED);
        }
    }

    @Test
    void shouldBeReleasedWhereACallbackFailsTheCommit() {
        try (SpringStage stage = stage()) {
            Reservation reservation = stage.reserve(ACCOUNT, "photo", 10);
            assertThatExceptionOfType(ArithmeticException.class)
                    .isThrownBy(() -> stage.inTransaction(status -> {
                        reservation.commit();
                        Moment.BEFORE_COMMIT.register(() -> {
                            throw new ArithmeticException();
                        });
                    }));
            await().until(() -> stage.state(ACCOUNT, "photo") == AllocationState.RELEASED);
        }
    }

    /** The connection is lost before the COMMIT arrives; the caller is told that the outcome is unknown. */
    @Test
    void shouldFindOutWhatBecameOfACommitWithUnknownOutcome() {
        try (SpringStage stage = stage()) {
            Reservation reservation = stage.reserve(ACCOUNT, "photo", 10);
            String session = switch (database) {
                case H2 -> "SELECT SESSION_ID()";
                case POSTGRESQL -> "SELECT pg_backend_pid()";
                case MARIADB -> "SELECT CONNECTION_ID()";
            };
            String kill = switch (database) {
                case H2 -> "CALL ABORT_SESSION(?)";
                case POSTGRESQL -> "SELECT pg_terminate_backend(?)";
                case MARIADB -> "KILL ?";
            };
            assertThatThrownBy(() -> stage.inTransaction(status -> {
                        reservation.commit();
                        Integer own = stage.jdbc.queryForObject(session, Integer.class);
                        stage.transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW)
                                .executeWithoutResult(other -> stage.jdbc.query(kill, row -> {}, own));
                    }))
                    .isInstanceOfAny(TransactionSystemException.class, DataAccessResourceFailureException.class);
            // H2's states of a lost connection tell Hikari nothing, which would hand the dead one out again and again.
            stage.pool.getHikariPoolMXBean().softEvictConnections();
            await().ignoreExceptionsMatching(SpringCallbacksTest::isRetryable)
                    .until(() -> stage.state(ACCOUNT, "photo") == AllocationState.RELEASED);
            assertThatExceptionOfType(ReservationEndedException.class).isThrownBy(reservation::commit);
            stage.inTransaction(status -> stage.reserve(ACCOUNT, "photo", 10).commit());
            assertThat(stage.usage(ACCOUNT)).isEqualTo(STORED);
        }
    }

    /** As long as the pool gives out the connection that was lost. */
    private static boolean isRetryable(Throwable failure) {
        return failure instanceof UsageStoreException store && store.isRetryable();
    }

    @Test
    void shouldNameTheWayOutWhenThePoolHasNoSecondConnection() {
        try (SpringStage stage = stage(config -> {
            config.setMaximumPoolSize(1);
            config.setConnectionTimeout(2_000);
        })) {
            stage.inTransaction(status -> assertThatExceptionOfType(UsageStoreException.class)
                    .isThrownBy(() -> stage.reserve(ACCOUNT, "photo", 10))
                    .withMessageContaining("reserve before you open a transaction"));

            try (Reservation reservation = stage.reserve(ACCOUNT, "photo", 10)) {
                stage.inTransaction(status -> {
                    stage.insertFile("photo");
                    reservation.commit();
                });
            }
            assertThat(stage.usage(ACCOUNT)).isEqualTo(STORED);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldJoinWithEitherAutoCommitOfThePool(boolean autoCommit) {
        try (SpringStage stage = stage(config -> config.setAutoCommit(autoCommit))) {
            Reservation committed = stage.reserve(ACCOUNT, "photo", 10);
            Reservation rolledBack = stage.reserve(ACCOUNT, "other", 10);
            stage.inTransaction(status -> committed.commit());
            stage.inTransaction(status -> {
                rolledBack.commit();
                status.setRollbackOnly();
            });
            await().until(() -> stage.state(ACCOUNT, "other") == AllocationState.RELEASED);
            assertThat(stage.usage(ACCOUNT)).isEqualTo(STORED);
            stage.guard.delete(ACCOUNT, "photo");
            assertThat(stage.usage(ACCOUNT)).isEqualTo(Usage.NONE);
        }
    }

    /** What is written in one of its callbacks would be lost without a word. */
    @Test
    void shouldNotJoinATransactionWhoseManagerIsNotInTheContext() {
        try (SpringStage stage = stage();
                Reservation reservation = stage.reserve(ACCOUNT, "photo", 10)) {
            TransactionTemplate stranger = new TransactionTemplate(new JdbcTransactionManager(stage.pool));
            stranger.executeWithoutResult(status -> assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(reservation::commit)
                    .withMessageContaining("bean of the same context"));
            assertThat(stage.usage(ACCOUNT)).isEqualTo(new Usage(0, 10, 0, 1));
        }
    }

    /** The other database can not be committed together with this one. */
    @Test
    void shouldCommitAtOnceInATransactionOfAnotherDatabase() {
        try (SpringStage stage = stage();
                SpringStage other = new SpringStage(Database.H2, config -> {})) {
            Reservation reservation = stage.reserve(ACCOUNT, "photo", 10);
            other.inTransaction(status -> {
                reservation.commit();
                status.setRollbackOnly();
            });
            assertThat(stage.usage(ACCOUNT)).isEqualTo(STORED);
        }
    }

    /** What Spring tells of the thread's transaction is then told of the inner one. */
    @Test
    void shouldBelongToItsOwnDatabaseInsideATransactionOfAnother() {
        try (SpringStage stage = stage();
                SpringStage other = new SpringStage(Database.H2, config -> {})) {
            Reservation kept = stage.reserve(ACCOUNT, "photo", 10);
            Reservation rolledBack = stage.reserve(ACCOUNT, "other", 10);
            TransactionTemplate reading = other.transaction(TransactionDefinition.PROPAGATION_REQUIRED);
            reading.setReadOnly(true);
            stage.inTransaction(outer -> reading.executeWithoutResult(inner -> kept.commit()));
            assertThat(stage.usage(ACCOUNT).usedBytes()).isEqualTo(10);

            stage.inTransaction(outer -> {
                reading.executeWithoutResult(inner -> rolledBack.commit());
                outer.setRollbackOnly();
            });
            await().until(() -> stage.state(ACCOUNT, "other") == AllocationState.RELEASED);

            TransactionTemplate readOnly = stage.transaction(TransactionDefinition.PROPAGATION_REQUIRED);
            readOnly.setReadOnly(true);
            Reservation refused = stage.reserve(ACCOUNT, "refused", 10);
            readOnly.executeWithoutResult(
                    outer -> other.inTransaction(inner -> assertThatExceptionOfType(UsageStoreException.class)
                            .isThrownBy(refused::commit)
                            .withMessageContaining("read-only")));
            refused.close();
            assertThat(stage.usage(ACCOUNT)).isEqualTo(STORED);
        }
    }

    @Test
    void shouldJoinATransactionOnAProxyOfTheDataSource() {
        try (SpringStage stage = stage()) {
            LazyConnectionDataSourceProxy proxy = new LazyConnectionDataSourceProxy(stage.pool);
            JdbcTransactionManager manager = (JdbcTransactionManager)
                    stage.context.getBeanFactory().initializeBean(new JdbcTransactionManager(proxy), "second");
            Reservation committed = stage.reserve(ACCOUNT, "photo", 10);
            Reservation rolledBack = stage.reserve(ACCOUNT, "other", 10);
            TransactionTemplate transaction = new TransactionTemplate(manager);
            transaction.executeWithoutResult(status -> committed.commit());
            transaction.executeWithoutResult(status -> {
                rolledBack.commit();
                status.setRollbackOnly();
            });
            await().until(() -> stage.state(ACCOUNT, "other") == AllocationState.RELEASED);
            assertThat(stage.usage(ACCOUNT)).isEqualTo(STORED);
        }
    }
}
