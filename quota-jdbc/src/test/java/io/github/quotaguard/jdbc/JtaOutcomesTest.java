package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.ReservationEndedException;
import io.github.quotaguard.Upload;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import java.time.Duration;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Global transactions of which the caller can not tell how they ended: {@code find} can, and to call again is safe. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JtaOutcomesTest {

    @RegisterExtension
    static final CountedCells CELLS = new CountedCells("jta-outcomes", TestDatabase.POSTGRESQL);

    private final JtaStage stage;

    JtaOutcomesTest() throws Exception {
        stage = new JtaStage(4);
    }

    @AfterAll
    void close() throws Exception {
        assertThat(stage.violations()).isEmpty();
        stage.close();
    }

    /** Another resource of the same transaction, which fails in a phase of two. */
    private record FailingResource(int atPrepare, int atCommit) implements XAResource {

        @Override
        public int prepare(Xid xid) throws XAException {
            if (atPrepare != 0) {
                throw new XAException(atPrepare);
            }
            return XA_OK;
        }

        @Override
        public void commit(Xid xid, boolean onePhase) throws XAException {
            throw new XAException(atCommit);
        }

        @Override
        public void rollback(Xid xid) {}

        @Override
        public void forget(Xid xid) {}

        @Override
        public void start(Xid xid, int flags) {}

        @Override
        public void end(Xid xid, int flags) {}

        @Override
        public Xid[] recover(int flag) {
            return new Xid[0];
        }

        @Override
        public boolean isSameRM(XAResource other) {
            return other == this;
        }

        @Override
        public int getTransactionTimeout() {
            return 0;
        }

        @Override
        public boolean setTransactionTimeout(int seconds) {
            return false;
        }
    }

    @Test
    void shouldBeStoredWhereAnotherResourceDecidedOtherwise() throws Exception {
        Reservation reservation = stage.reserve("mixed/user-7", "photo", 10);
        stage.manager.begin();
        reservation.commit();
        stage.insertFile("mixed", 10);
        stage.manager.getTransaction().enlistResource(new FailingResource(0, XAException.XA_HEURRB));
        assertThatExceptionOfType(HeuristicMixedException.class).isThrownBy(stage.manager::commit);

        assertThat(stage.find("mixed/user-7", "photo").state()).isEqualTo(AllocationState.COMMITTED);
        reservation.commit();
        try (Reservation again = stage.reserve("mixed/user-7", "photo", 10)) {
            assertThat(again.isAlreadyStored()).isTrue();
        }
        assertThat(stage.usage("mixed")).isEqualTo(new Usage(10, 0, 1, 0));
    }

    @Test
    void shouldBeReleasedWhereAnotherResourceRefusedToPrepare() throws Exception {
        Reservation reservation = stage.reserve("refused/user-7", "photo", 10);
        stage.manager.begin();
        reservation.commit();
        stage.manager.getTransaction().enlistResource(new FailingResource(XAException.XA_RBROLLBACK, 0));
        assertThatExceptionOfType(RollbackException.class).isThrownBy(stage.manager::commit);

        await().until(() -> stage.find("refused/user-7", "photo").state() == AllocationState.RELEASED);
        assertThatExceptionOfType(ReservationEndedException.class).isThrownBy(reservation::commit);
        stage.reserve("refused/user-7", "photo", 10).commit();
        assertThat(stage.usage("refused")).isEqualTo(new Usage(10, 0, 1, 0));
    }

    @Test
    void shouldBeReleasedAfterATransactionThatTookTooLong() throws Exception {
        Reservation reservation = stage.reserve("late/user-7", "photo", 10);
        stage.manager.setTransactionTimeout(1);
        stage.manager.begin();
        reservation.commit();
        await().pollInSameThread().until(() -> stage.manager.getStatus() != Status.STATUS_ACTIVE);
        assertThatExceptionOfType(UsageStoreException.class)
                .isThrownBy(reservation::commit)
                .withMessageContaining("rolled back");
        assertThatThrownBy(stage.manager::commit).isInstanceOfAny(RollbackException.class, IllegalStateException.class);
        stage.manager.setTransactionTimeout(0);

        await().until(() -> stage.find("late/user-7", "photo").state() == AllocationState.RELEASED);
        assertThat(stage.usage("late")).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldNameTheWayOutWhenThePoolHasNoSecondConnection() throws Exception {
        try (JtaStage small = new JtaStage(1)) {
            small.reserve("acme/user-7", "photo", 10).commit();
            small.manager.begin();
            small.insertFile("other", 10);
            assertThatExceptionOfType(UsageStoreException.class)
                    .isThrownBy(() -> small.guard.reserve(Upload.of("acme/user-7", "other", 10)))
                    .withMessageContaining("reserve before you open a transaction")
                    .satisfies(e -> assertThat(e.isRetryable()).isTrue());
            small.manager.rollback();

            try (Reservation reservation = small.reserve("acme/user-7", "other", 10)) {
                small.manager.begin();
                small.insertFile("other", 10);
                reservation.commit();
                small.manager.commit();
            }
            assertThat(small.usage("acme")).isEqualTo(new Usage(20, 0, 2, 0));
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> small.violations().isEmpty());
        }
    }
}
