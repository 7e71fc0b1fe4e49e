package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.ReservationEndedException;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadConflictException;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Usage;
import java.sql.Connection;
import java.time.Duration;

/** A reservation committed in a transaction of the caller's, while nobody else touches it. */
class CallerConnectionTest extends StagedTest {

    private static final Usage NOTHING = new Usage(0, 0, 0, 0);

    @OnEachServer
    void shouldChargeOnlyWhenTheCallerCommits(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        Reservation reservation = stage.reserve(account, "photo", 10);
        try (Connection connection = stage.begin()) {
            Stage.insertFile(connection, account, 10);
            stage.store.in(connection).commit(reservation);
            assertThat(stage.usage(account)).isEqualTo(new Usage(0, 10, 0, 1));

            connection.commit();
        }
        assertThat(stage.unsettled(account)).isEqualTo(1);
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
        assertThat(stage.find(account, "photo").state()).isEqualTo(AllocationState.COMMITTED);
    }

    @OnEachServer
    void shouldLeaveTheReservationAfterARollback(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        Reservation reservation = stage.reserve(account, "photo", 10);
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation);
            connection.rollback();

            assertThat(stage.usage(account)).isEqualTo(new Usage(0, 10, 0, 1));
            stage.store.in(connection).commit(reservation);
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
    }

    @OnEachServer
    void shouldReleaseSoonWhatIsClosedAfterARollback(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Reservation reservation = stage.reserve(account, "photo", 10);
                Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation);
            connection.rollback();
        }
        await().until(() -> stage.usage(account).equals(NOTHING));
        assertThat(stage.find(account, "photo").state()).isEqualTo(AllocationState.RELEASED);
    }

    @OnEachServer
    void shouldNotReleaseUnderTheFeetOfAnOpenTransaction(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Connection connection = stage.begin()) {
            try (Reservation reservation = stage.reserve(account, "photo", 10)) {
                stage.store.in(connection).commit(reservation);
            }
            await().during(Duration.ofMillis(300))
                    .until(() -> stage.find(account, "photo").state() == AllocationState.RESERVED);

            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
        await().until(() -> stage.unsettled(account) == 0);
    }

    @OnEachServer
    void shouldReleaseSoonWhatIsRolledBackAfterItsClose(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Connection connection = stage.begin()) {
            try (Reservation reservation = stage.reserve(account, "photo", 10)) {
                stage.store.in(connection).commit(reservation);
            }
            connection.rollback();
        }
        await().until(() -> stage.usage(account).equals(NOTHING));
    }

    @OnEachServer
    void shouldSettleSoonWhatIsClosedAfterTheCommit(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Reservation reservation = stage.reserve(account, "photo", 10);
                Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation);
            connection.commit();
        }
        await().until(() -> stage.unsettled(account) == 0);
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
    }

    @OnEachServer
    void shouldNotReleaseForARetryThatTookOver(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        Reservation retry;
        try (Reservation reservation = stage.reserve(account, "photo", 10);
                Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation);
            connection.rollback();
            retry = stage.reserve(account, "photo", 10);
        }
        await().during(Duration.ofMillis(300)).until(() -> stage.state(retry) == AllocationState.RESERVED);
        retry.commit();
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
    }

    @OnEachServer
    void shouldGiveBackWhatIsNotNeeded(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        commitAs(stage, account, 10, 4);
        assertThat(stage.usage(account)).isEqualTo(new Usage(4, 0, 1, 0));
        stage.sweep();
        assertThat(stage.usage(account)).isEqualTo(new Usage(4, 0, 1, 0));
    }

    @OnEachServer
    void shouldHoldMoreBeforeALargerCommit(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        Reservation reservation = stage.reserve(account, "photo", 10);
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation, 25);
            assertThat(stage.usage(account)).isEqualTo(new Usage(0, 25, 0, 1));
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(25, 0, 1, 0));
    }

    @OnEachServer
    void shouldLeaveNothingOfALargerCommitThatDoesNotFit(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Reservation reservation = stage.reserve(account, "photo", 10);
                Connection connection = stage.begin()) {
            CallerConnection joined = stage.store.in(connection);
            assertThatExceptionOfType(QuotaExceededException.class)
                    .isThrownBy(() -> joined.commit(reservation, Stage.LIMIT + 1));
            connection.rollback();
            assertThat(stage.usage(account)).isEqualTo(new Usage(0, 10, 0, 1));
        }
        assertThat(stage.usage(account)).isEqualTo(NOTHING);
        assertThat(stage.count(
                        "SELECT count(*) FROM quota_ledger WHERE kind = 'COMMIT' AND account = '" + account + "'"))
                .isZero();
    }

    @OnEachServer
    void shouldChargeOnceForTwoCommitsInOneTransaction(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        Reservation reservation = stage.reserve(account, "photo", 10);
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation);
            stage.store.in(connection).commit(reservation);
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
    }

    @OnEachServer
    void shouldReplayInALaterTransaction(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        Reservation reservation = commitAs(stage, account, 10, 10);
        for (boolean settled : new boolean[] {false, true}) {
            if (settled) {
                stage.sweep();
            }
            try (Connection connection = stage.begin()) {
                CallerConnection joined = stage.store.in(connection);
                joined.commit(reservation);
                assertThatExceptionOfType(UploadConflictException.class)
                        .isThrownBy(() -> joined.commit(reservation, 9));
                connection.commit();
            }
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
    }

    @OnEachServer
    void shouldSayThatItWasReleasedAndLeaveTheTransactionUsable(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        Reservation reservation = stage.reserve(account, "photo", 10);
        stage.guard.resume(reservation.detach()).release();
        shouldSayThatItEnded(stage, account, reservation, AllocationState.RELEASED);
    }

    @OnEachServer
    void shouldSayThatItExpiredAndLeaveTheTransactionUsable(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        Reservation reservation = stage.reserve(account, "photo", 10);
        stage.database.advance(stage.pool, Stage.TTL.plusSeconds(1));
        stage.sweep();
        shouldSayThatItEnded(stage, account, reservation, AllocationState.EXPIRED);
    }

    private static void shouldSayThatItEnded(
            Stage stage, String account, Reservation reservation, AllocationState state) throws Exception {
        try (Connection connection = stage.begin()) {
            Stage.insertFile(connection, account, 10);
            CallerConnection joined = stage.store.in(connection);
            assertThatExceptionOfType(ReservationEndedException.class)
                    .isThrownBy(() -> joined.commit(reservation))
                    .satisfies(e ->
                            assertThat(e.allocation().orElseThrow().state()).isEqualTo(state));
            Stage.insertFile(connection, account + "2", 10);
            connection.commit();
        }
        assertThat(stage.count("SELECT count(*) FROM files WHERE id LIKE '" + account + "%'"))
                .isEqualTo(2);
        assertThat(stage.usage(account)).isEqualTo(NOTHING);
    }

    @OnEachServer
    void shouldCommitAnOverdueReservationThatNobodyHasExpired(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        Reservation reservation = stage.reserve(account, "photo", 10);
        stage.database.advance(stage.pool, Stage.TTL.plusSeconds(1));
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation);
            stage.sweep();
            assertThat(stage.find(account, "photo").state()).isEqualTo(AllocationState.RESERVED);
            connection.commit();
        }
        stage.sweep();
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
    }

    @OnEachServer
    void shouldCommitByItselfWithAutoCommit(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Connection connection = stage.pool.getConnection();
                Reservation reservation = stage.guard.reserve(Upload.of(account, "photo", 10))) {
            stage.store.in(connection).commit(reservation);
            assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
            assertThat(stage.store.in(connection).delete(account, "photo").freedBytes())
                    .isEqualTo(10);
            assertThat(stage.usage(account)).isEqualTo(NOTHING);
        }
    }

    private static Reservation commitAs(Stage stage, String account, long declared, long bytes) throws Exception {
        Reservation reservation = stage.reserve(account, "photo", declared);
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation, bytes);
            connection.commit();
        }
        return reservation;
    }

    /** Past the deadline of what it commits: others that are due are expired meanwhile, this one is held. */
    @OnEachServer
    void shouldNotExpireUnderTheFeetOfAnOpenTransaction(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).commit(stage.reserve(account, "photo", 10));
            Reservation other = stage.reserve(account, "other", 10);
            database.advance(stage.pool, Stage.TTL.plusSeconds(1));
            stage.sweep();
            assertThat(stage.state(other)).isEqualTo(AllocationState.EXPIRED);
            assertThat(stage.usage(account)).isEqualTo(new Usage(0, 10, 0, 1));

            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
    }
}
