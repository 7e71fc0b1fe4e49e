package io.github.quotaguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.spring.SpringStage.Database;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionTemplate;

/** Each cell of the table in the package's documentation, for Spring's transactions. */
@ParameterizedClass
@EnumSource(Database.class)
class SpringTransactionsTest implements CountedCells.OnDatabase {

    @RegisterExtension
    static final CountedCells CELLS = new CountedCells("spring");

    private static final Usage STORED = new Usage(10, 0, 1, 0);
    private static final Usage HELD = new Usage(0, 10, 0, 1);

    private static final Map<Database, SpringStage> STAGES = new EnumMap<>(Database.class);

    private final Database database;
    private final SpringStage stage;

    SpringTransactionsTest(Database database) {
        this.database = database;
        stage = STAGES.computeIfAbsent(database, key -> new SpringStage(key, config -> {}));
    }

    @Override
    public Database database() {
        return database;
    }

    @AfterAll
    static void close() {
        for (SpringStage stage : STAGES.values()) {
            await().until(() -> stage.pool.getHikariPoolMXBean().getActiveConnections() == 0);
            stage.close();
        }
        STAGES.clear();
    }

    private void awaitReleased(String account) {
        await().until(() -> stage.state(account, "photo") == AllocationState.RELEASED);
        assertThat(stage.usage(account)).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldCommitAtOnceWithoutATransaction() {
        String account = stage.account();
        stage.reserve(account, "photo", 10).commit();
        assertThat(stage.usage(account)).isEqualTo(STORED);
    }

    @Test
    void shouldCommitWithTheFilesRow() {
        String account = stage.account();
        try (Reservation reservation = stage.reserve(account, "photo", 10)) {
            stage.inTransaction(status -> {
                stage.insertFile(account);
                reservation.commit();
                assertThat(stage.usage(account)).isEqualTo(HELD);
            });
        }
        assertThat(stage.usage(account)).isEqualTo(STORED);
        assertThat(stage.hasFile(account)).isTrue();
        await().until(() -> !stage.store
                .entries(AccountId.of(account).tenant(), 0, 10)
                .items()
                .isEmpty());
    }

    @Test
    void shouldReleaseAtOnceAfterARollback() {
        String account = stage.account();
        Reservation reservation = stage.reserve(account, "photo", 10);
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> stage.inTransaction(status -> {
                    stage.insertFile(account);
                    reservation.commit();
                    throw new ArithmeticException();
                }));
        awaitReleased(account);
        assertThat(stage.hasFile(account)).isFalse();
        reservation.close();
        assertThat(stage.state(account, "photo")).isEqualTo(AllocationState.RELEASED);
    }

    @Test
    void shouldBeUndoneByATransactionMarkedForRollback() {
        String account = stage.account();
        Reservation reservation = stage.reserve(account, "photo", 10);
        stage.inTransaction(status -> {
            status.setRollbackOnly();
            reservation.commit();
        });
        awaitReleased(account);
    }

    @Test
    void shouldBeUndoneWhereAParticipantFailed() {
        String account = stage.account();
        Reservation reservation = stage.reserve(account, "photo", 10);
        assertThatExceptionOfType(UnexpectedRollbackException.class)
                .isThrownBy(() -> stage.inTransaction(outer -> {
                    assertThatExceptionOfType(ArithmeticException.class)
                            .isThrownBy(() -> stage.inTransaction(participant -> {
                                throw new ArithmeticException();
                            }));
                    reservation.commit();
                }));
        awaitReleased(account);
    }

    @Test
    void shouldBeUndoneWithItsSavepointAlone() {
        String account = stage.account();
        TransactionTemplate nested = stage.transaction(TransactionDefinition.PROPAGATION_NESTED);
        Reservation undone = stage.reserve(account, "photo", 10);
        Reservation kept = stage.reserve(account, "kept", 10);
        Reservation alsoKept = stage.reserve(account, "also kept", 10);
        stage.inTransaction(outer -> {
            kept.commit();
            nested.executeWithoutResult(status -> {
                undone.commit();
                status.setRollbackOnly();
            });
            nested.executeWithoutResult(status -> alsoKept.commit());
        });
        await().until(() -> stage.state(account, "photo") == AllocationState.RELEASED);
        assertThat(stage.usage(account)).isEqualTo(new Usage(20, 0, 2, 0));
    }

    @Test
    void shouldCommitAgainAfterItsSavepointWasRolledBack() {
        String account = stage.account();
        Reservation reservation = stage.reserve(account, "photo", 10);
        stage.inTransaction(outer -> {
            stage.transaction(TransactionDefinition.PROPAGATION_NESTED).executeWithoutResult(status -> {
                reservation.commit();
                status.setRollbackOnly();
            });
            reservation.commit();
        });
        assertThat(stage.usage(account)).isEqualTo(STORED);
    }

    @Test
    void shouldBelongToTheInnerOfTwoTransactions() {
        String account = stage.account();
        Reservation stays = stage.reserve(account, "stays", 10);
        Reservation goes = stage.reserve(account, "photo", 10);
        stage.inTransaction(outer -> {
            goes.commit();
            stage.transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW)
                    .executeWithoutResult(inner -> stays.commit());
            outer.setRollbackOnly();
        });
        await().until(() -> stage.state(account, "photo") == AllocationState.RELEASED);
        assertThat(stage.usage(account)).isEqualTo(STORED);
    }

    /** The database sees no deadlock: the outer one is suspended, and waits for nothing but this thread. */
    @Test
    void shouldNotWaitForEverForTheTransactionAroundIt() {
        String account = stage.account();
        Reservation reservation = stage.reserve(account, "photo", 10);
        stage.inTransaction(outer -> {
            reservation.commit();
            TransactionTemplate inner = stage.transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
            assertThatExceptionOfType(UsageStoreException.class)
                    .isThrownBy(() -> inner.executeWithoutResult(status -> reservation.commit()))
                    .withMessageContaining("one that this thread has open");
        });
        assertThat(stage.usage(account)).isEqualTo(STORED);
    }

    @Test
    void shouldCommitAtOnceWhereNoTransactionIsSupported() {
        String account = stage.account();
        Reservation reservation = stage.reserve(account, "photo", 10);
        stage.inTransaction(outer -> {
            stage.transaction(TransactionDefinition.PROPAGATION_NOT_SUPPORTED)
                    .executeWithoutResult(none -> reservation.commit());
            assertThat(stage.usage(account)).isEqualTo(STORED);
            outer.setRollbackOnly();
        });
        assertThat(stage.usage(account)).isEqualTo(STORED);
    }

    @Test
    void shouldStoreNothingInAReadOnlyTransaction() {
        String account = stage.account();
        TransactionTemplate readOnly = stage.transaction(TransactionDefinition.PROPAGATION_REQUIRED);
        readOnly.setReadOnly(true);
        try (Reservation reservation = stage.reserve(account, "photo", 10)) {
            readOnly.executeWithoutResult(status -> {
                assertThatExceptionOfType(UsageStoreException.class)
                        .isThrownBy(reservation::commit)
                        .withMessageContaining("read-only")
                        .satisfies(e -> assertThat(e.isRetryable()).isFalse());
                assertThatExceptionOfType(UsageStoreException.class)
                        .isThrownBy(() -> stage.guard.delete(account, "photo"));
                assertThat(stage.hasFile(account)).isFalse();
            });
            assertThat(stage.usage(account)).isEqualTo(HELD);
        }
        assertThat(stage.usage(account)).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldKeepWhatWasReservedInATransactionThatIsRolledBack() {
        String account = stage.account();
        Reservation[] reserved = new Reservation[1];
        stage.inTransaction(status -> {
            stage.insertFile(account);
            reserved[0] = stage.reserve(account, "photo", 4);
            reserved[0].extendTo(10);
            status.setRollbackOnly();
        });
        assertThat(stage.usage(account)).isEqualTo(HELD);
        reserved[0].commit(10);
        assertThat(stage.usage(account)).isEqualTo(STORED);
    }

    @Test
    void shouldWrapTheWorkOfATransaction() {
        String account = stage.account();
        stage.inTransaction(status -> stage.guard.upload(Upload.of(account, "photo", 10), reservation -> {
            stage.insertFile(account);
            return null;
        }));
        assertThat(stage.usage(account)).isEqualTo(STORED);
        assertThat(stage.hasFile(account)).isTrue();
    }

    @Test
    void shouldDeleteWithTheFilesRow() {
        String account = stage.account();
        stage.reserve(account, "photo", 900).commit();
        stage.inTransaction(status -> {
            DeleteResult undone = stage.guard.delete(account, "photo");
            assertThat(undone.freedBytes()).isEqualTo(900);
            status.setRollbackOnly();
        });
        assertThat(stage.usage(account)).isEqualTo(new Usage(900, 0, 1, 0));

        stage.inTransaction(status -> stage.guard.delete(account, "photo"));
        stage.reserve(account, "photo", SpringStage.LIMIT);
        assertThat(stage.usage(account)).isEqualTo(new Usage(0, SpringStage.LIMIT, 0, 1));
    }

    @Test
    void shouldCommitAtOnceInAThreadWithoutTheTransaction() {
        String account = stage.account();
        Reservation reservation = stage.reserve(account, "photo", 10);
        stage.inTransaction(status -> {
            FutureTask<Void> task = new FutureTask<>(reservation::commit, null);
            new Thread(task).start();
            await().until(task::isDone);
            status.setRollbackOnly();
        });
        assertThat(stage.usage(account)).isEqualTo(STORED);
    }
}
