package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Synchronization;
import jakarta.transaction.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each cell of the table in the package's documentation, for JTA: Narayana and PostgreSQL's XA connections. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JtaTransactionsTest {

    private static final String ACCOUNT = "acme/user-7";
    private static final Usage STORED = new Usage(10, 0, 1, 0);
    private static final Usage HELD = new Usage(0, 10, 0, 1);

    @RegisterExtension
    static final CountedCells CELLS = new CountedCells("jta", TestDatabase.POSTGRESQL);

    private final JtaStage stage;

    JtaTransactionsTest() throws Exception {
        stage = new JtaStage(4);
    }

    @AfterEach
    void shouldLeaveNothingBehind() throws Exception {
        assertThat(stage.manager.getTransaction()).isNull();
        stage.guard.delete(ACCOUNT, "photo");
        stage.guard.delete(ACCOUNT, "other");
        await().until(() -> stage.usage(ACCOUNT).equals(Usage.NONE));
        assertThat(stage.violations()).isEmpty();
        await().until(() -> stage.pool.getMetrics().activeCount() == 0);
        try (var connection = stage.plain.getConnection()) {
            Stage.execute(connection, "DELETE FROM files");
        }
    }

    @AfterAll
    void close() {
        stage.close();
    }

    @Test
    void shouldCommitAtOnceWithoutATransaction() {
        try (Reservation reservation = stage.reserve(ACCOUNT, "photo", 10)) {
            reservation.commit();
        }
        assertThat(stage.usage(ACCOUNT)).isEqualTo(STORED);
    }

    @Test
    void shouldCommitWithTheFilesRow() throws Exception {
        try (Reservation reservation = stage.reserve(ACCOUNT, "photo", 10)) {
            stage.manager.begin();
            stage.insertFile("photo", 10);
            reservation.commit();
            assertThat(stage.usage(ACCOUNT)).isEqualTo(HELD);
            stage.manager.commit();
        }
        assertThat(stage.usage(ACCOUNT)).isEqualTo(STORED);
        assertThat(stage.fileRows()).isOne();
        await().until(() -> stage.store.entries("acme", 0, 100).items().stream()
                .anyMatch(entry ->
                        entry.generation() == stage.find(ACCOUNT, "photo").generation()));
    }

    @Test
    void shouldReleaseAtOnceAfterARollback() throws Exception {
        Reservation reservation = stage.reserve(ACCOUNT, "photo", 10);
        stage.manager.begin();
        stage.insertFile("photo", 10);
        reservation.commit();
        stage.manager.rollback();

        assertThat(stage.fileRows()).isZero();
        await().until(() -> stage.find(ACCOUNT, "photo").state() == AllocationState.RELEASED);
        reservation.close();
    }

    @Test
    void shouldKeepWhatWasReservedInATransactionThatIsRolledBack() throws Exception {
        stage.manager.begin();
        stage.insertFile("photo", 10);
        Reservation reservation = stage.reserve(ACCOUNT, "photo", 10);
        stage.manager.rollback();

        assertThat(stage.usage(ACCOUNT)).isEqualTo(HELD);
        reservation.commit();
        assertThat(stage.usage(ACCOUNT)).isEqualTo(STORED);
    }

    @Test
    void shouldReserveExtendAndCommitInsideTheTransaction() throws Exception {
        stage.manager.begin();
        Transaction own = stage.manager.getTransaction();
        try (Reservation reservation = stage.reserve(ACCOUNT, "photo", 4)) {
            stage.insertFile("photo", 10);
            reservation.commit(10);
        }
        assertThat(stage.manager.getTransaction()).isEqualTo(own);
        stage.manager.commit();
        assertThat(stage.usage(ACCOUNT)).isEqualTo(STORED);
    }

    @Test
    void shouldStoreNothingInATransactionMarkedForRollback() throws Exception {
        try (Reservation reservation = stage.reserve(ACCOUNT, "photo", 10)) {
            stage.manager.begin();
            stage.manager.setRollbackOnly();
            assertThatExceptionOfType(UsageStoreException.class)
                    .isThrownBy(reservation::commit)
                    .withMessageContaining("marked for rollback")
                    .satisfies(e -> assertThat(e.isRetryable()).isFalse());
            assertThatExceptionOfType(UsageStoreException.class).isThrownBy(() -> stage.guard.delete(ACCOUNT, "photo"));
            stage.manager.rollback();
            assertThat(stage.usage(ACCOUNT)).isEqualTo(HELD);
        }
        assertThat(stage.usage(ACCOUNT)).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldBeUndoneByATransactionThatIsMarkedForRollbackLater() throws Exception {
        Reservation reservation = stage.reserve(ACCOUNT, "photo", 10);
        stage.manager.begin();
        reservation.commit();
        stage.manager.setRollbackOnly();
        assertThatExceptionOfType(RollbackException.class).isThrownBy(stage.manager::commit);
        await().until(() -> stage.find(ACCOUNT, "photo").state() == AllocationState.RELEASED);
    }

    @Test
    void shouldBelongToTheInnerOfTwoTransactions() throws Exception {
        Reservation stays = stage.reserve(ACCOUNT, "photo", 10);
        Reservation goes = stage.reserve(ACCOUNT, "other", 10);
        stage.manager.begin();
        goes.commit();
        Transaction outer = stage.manager.suspend();
        stage.manager.begin();
        stays.commit();
        stage.manager.commit();
        stage.manager.resume(outer);
        stage.manager.rollback();

        assertThat(stage.find(ACCOUNT, "photo").state()).isEqualTo(AllocationState.COMMITTED);
        await().until(() -> stage.find(ACCOUNT, "other").state() == AllocationState.RELEASED);
    }

    @Test
    void shouldCommitAtOnceWhileTheTransactionIsSuspended() throws Exception {
        Reservation reservation = stage.reserve(ACCOUNT, "photo", 10);
        stage.manager.begin();
        stage.insertFile("photo", 10);
        Transaction outer = stage.manager.suspend();
        reservation.commit();
        stage.manager.resume(outer);
        stage.manager.rollback();
        assertThat(stage.usage(ACCOUNT)).isEqualTo(STORED);
    }

    @Test
    void shouldDeleteWithTheFilesRow() throws Exception {
        stage.reserve(ACCOUNT, "photo", 900).commit();
        stage.manager.begin();
        DeleteResult undone = stage.guard.delete(ACCOUNT, "photo");
        stage.manager.rollback();
        assertThat(undone.freedBytes()).isEqualTo(900);
        assertThat(stage.usage(ACCOUNT)).isEqualTo(new Usage(900, 0, 1, 0));

        stage.manager.begin();
        stage.guard.delete(ACCOUNT, "photo");
        stage.manager.commit();
        stage.reserve(ACCOUNT, "other", Stage.LIMIT).release();
    }

    @Test
    void shouldSettleSoonAfterTheTransactionOfADelete() throws Exception {
        stage.reserve(ACCOUNT, "photo", 10).commit();
        stage.manager.begin();
        stage.guard.delete(ACCOUNT, "photo");
        stage.manager.commit();
        await().until(() -> {
            try (var connection = stage.plain.getConnection()) {
                return Stage.count(connection, "SELECT count(*) FROM quota_ledger WHERE seq IS NULL") == 0;
            }
        });
    }

    @Test
    void shouldJoinBeforeCompletionAndCommitAtOnceAfterIt() throws Exception {
        Reservation before = stage.reserve(ACCOUNT, "photo", 10);
        Reservation after = stage.reserve(ACCOUNT, "other", 10);
        List<Usage> seen = new ArrayList<>();
        stage.manager.begin();
        stage.manager.getTransaction().registerSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {
                before.commit();
                seen.add(stage.usage(ACCOUNT));
            }

            @Override
            public void afterCompletion(int status) {
                after.commit();
                seen.add(stage.usage(ACCOUNT));
            }
        });
        stage.manager.commit();
        assertThat(seen).containsExactly(new Usage(0, 20, 0, 2), new Usage(20, 0, 2, 0));
    }

    @Test
    void shouldCommitAtOnceInAThreadWithoutTheTransaction() throws Exception {
        Reservation reservation = stage.reserve(ACCOUNT, "photo", 10);
        stage.manager.begin();
        stage.insertFile("photo", 10);
        Callable<Boolean> work = () -> {
            reservation.commit();
            return true;
        };
        assertThat(Stage.start(work).get()).isTrue();
        stage.manager.rollback();
        assertThat(stage.usage(ACCOUNT)).isEqualTo(STORED);
    }

    @Test
    void shouldCloseTheHandleBeforeTheTransactionEnds() throws Exception {
        stage.manager.begin();
        try (Reservation reservation = stage.reserve(ACCOUNT, "photo", 10)) {
            reservation.commit();
        }
        stage.insertFile("photo", 10);
        stage.manager.commit();
        assertThat(stage.usage(ACCOUNT)).isEqualTo(STORED);
    }

    @Test
    void shouldReplayInTheSameTransactionAndInTheNext() throws Exception {
        Reservation reservation = stage.reserve(ACCOUNT, "photo", 10);
        for (int transaction = 0; transaction < 2; transaction++) {
            stage.manager.begin();
            reservation.commit();
            reservation.commit();
            stage.manager.commit();
        }
        assertThat(stage.usage(ACCOUNT)).isEqualTo(STORED);
    }

    /** It would be charged at once, whatever becomes of the transaction. */
    @Test
    void shouldRefuseAConnectionThatIsNotEnlisted() throws Exception {
        try (JdbcUsageStore store = JdbcUsageStore.builder(stage.plain)
                .join(new JtaTransactions(stage.manager, stage.registry, stage.plain))
                .build()) {
            Reservation reservation = Stage.guard(store, Stage.TTL).reserve(Upload.of(ACCOUNT, "photo", 10));
            stage.manager.begin();
            assertThatExceptionOfType(UsageStoreException.class)
                    .isThrownBy(reservation::commit)
                    .withMessageContaining("has not enlisted");
            stage.manager.rollback();
            assertThat(stage.usage(ACCOUNT)).isEqualTo(HELD);
            reservation.close();
        }
    }
}
