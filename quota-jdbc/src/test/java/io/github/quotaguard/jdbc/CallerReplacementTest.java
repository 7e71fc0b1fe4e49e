package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.ReservationEndedException;
import io.github.quotaguard.Upload;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Usage;
import java.sql.Connection;

/** One version replaced by another, both in the caller's transaction, against a limit that both together exceed. */
class CallerReplacementTest extends StagedTest {

    private static final Usage OLD = new Usage(900, 0, 1, 0);

    private static String withOldVersion(Stage stage) {
        String account = stage.account();
        stage.storedVersion(account, "photo", "old", 900);
        return account;
    }

    private static Upload replacement(String account, long bytes) {
        return Upload.of(account, "photo", bytes).version("new").replacing("old");
    }

    @OnEachServer
    void shouldReplaceTogetherWithTheCallersCommit(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = withOldVersion(stage);
        Reservation reservation = stage.guard.reserve(replacement(account, 950));
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation);
            assertThat(stage.usage(account)).isEqualTo(new Usage(900, 50, 1, 0));
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(950, 0, 1, 0));
        stage.sweep();
        assertThat(stage.usage(account)).isEqualTo(new Usage(950, 0, 1, 0));
        assertThat(stage.find(account, "photo", "old").state()).isEqualTo(AllocationState.DELETED);
    }

    @OnEachServer
    void shouldKeepTheOldVersionAfterARollback(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = withOldVersion(stage);
        try (Reservation reservation = stage.guard.reserve(replacement(account, 950));
                Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation);
            connection.rollback();
            assertThat(stage.usage(account)).isEqualTo(new Usage(900, 50, 1, 0));

            stage.store.in(connection).commit(reservation);
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(950, 0, 1, 0));
    }

    @OnEachServer
    void shouldReplaceOnceWhenCommittedTwice(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = withOldVersion(stage);
        Reservation reservation = stage.guard.reserve(replacement(account, 950));
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation);
            stage.store.in(connection).commit(reservation);
            connection.commit();
            stage.store.in(connection).commit(reservation);
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(950, 0, 1, 0));
    }

    @OnEachServer
    void shouldExtendALargerReplacement(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = withOldVersion(stage);
        Reservation reservation = stage.guard.reserve(replacement(account, 950));
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation, 1_000);
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(1_000, 0, 1, 0));
    }

    @OnEachServer
    void shouldLeaveNothingOfALargerReplacementThatDoesNotFit(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = withOldVersion(stage);
        try (Reservation reservation = stage.guard.reserve(replacement(account, 950));
                Connection connection = stage.begin()) {
            CallerConnection joined = stage.store.in(connection);
            assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> joined.commit(reservation, 1_001));
            connection.rollback();
        }
        assertThat(stage.usage(account)).isEqualTo(OLD);
    }

    @OnEachServer
    void shouldHoldAnewWhatSomebodyElseDeleted(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = withOldVersion(stage);
        Reservation reservation = stage.guard.reserve(replacement(account, 950));
        stage.guard.delete(account, "photo", "old");
        assertThat(stage.usage(account)).isEqualTo(new Usage(0, 50, 0, 1));
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation);
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(950, 0, 1, 0));
    }

    @OnEachServer
    void shouldRefuseWhenTheCreditIsVoidAndSomebodyElseHasTheRoom(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = withOldVersion(stage);
        try (Reservation reservation = stage.guard.reserve(replacement(account, 950));
                Connection connection = stage.begin()) {
            stage.guard.delete(account, "photo", "old");
            stage.stored(account, "other", 800);
            CallerConnection joined = stage.store.in(connection);
            assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> joined.commit(reservation));
            connection.rollback();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(800, 0, 1, 0));
    }

    @OnEachServer
    void shouldCreditAnOldVersionOnlyOnce(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = withOldVersion(stage);
        Upload first = Upload.of(account, "photo", 950).version("a").replacing("old");
        Upload second = Upload.of(account, "photo", 940).version("b").replacing("old");
        try (Reservation one = stage.guard.reserve(first);
                Reservation other = stage.guard.reserve(second);
                Connection connection = stage.begin()) {
            stage.store.in(connection).commit(one);
            connection.commit();
            CallerConnection joined = stage.store.in(connection);
            assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> joined.commit(other));
            connection.rollback();
        }
        stage.sweep();
        assertThat(stage.usage(account)).isEqualTo(new Usage(950, 0, 1, 0));
    }

    @OnEachServer
    void shouldOverwriteEveryVersionThatStands(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.storedVersion(account, "photo", "v1", 300);
        stage.storedVersion(account, "photo", "v2", 300);
        Reservation reservation =
                stage.guard.reserve(Upload.of(account, "photo", 900).overwrite());
        stage.storedVersion(account, "photo", "v3", 100);
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation);
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(900, 0, 1, 0));
        assertThat(stage.guard.versions(account, "photo")).hasSize(1);
    }

    @OnEachServer
    void shouldKeepTheOldVersionOfARefusedOverwriteWithAutoCommit(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.storedVersion(account, "photo", "v1", 400);
        stage.storedVersion(account, "photo", "v2", 400);
        try (Reservation reservation =
                        stage.guard.reserve(Upload.of(account, "photo", 900).overwrite());
                Connection connection = stage.pool.getConnection()) {
            stage.guard.delete(account, "photo", "v1");
            stage.stored(account, "other", 400);
            CallerConnection joined = stage.store.in(connection);
            assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> joined.commit(reservation));
            assertThat(stage.find(account, "photo", "v2").state()).isEqualTo(AllocationState.COMMITTED);
        }
    }

    /** The first commit's credit was rolled back with it; by the second, the old version is gone and its bytes are used. */
    @OnEachServer
    void shouldCoverAgainWhatARollbackTookBack(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = withOldVersion(stage);
        try (Reservation reservation = stage.guard.reserve(replacement(account, 900));
                Connection connection = stage.begin()) {
            CallerConnection joined = stage.store.in(connection);
            joined.commit(reservation);
            connection.rollback();
            stage.guard.delete(account, "photo", "old");
            stage.stored(account, "other", 900);

            assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> joined.commit(reservation));
            connection.rollback();
        }
        assertThat(stage.usage(account).usedBytes()).isEqualTo(900);
    }

    @OnEachServer
    void shouldDeleteNothingThatWasStoredAfterTheOverwriteThatIsReplayed(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        Upload overwrite = Upload.of(account, "photo", 10).version("v2").overwrite();
        stage.storedVersion(account, "photo", "v1", 10);
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).commit(stage.guard.reserve(overwrite));
            connection.commit();
            stage.storedVersion(account, "photo", "v3", 20);

            stage.store.in(connection).commit(stage.guard.reserve(overwrite));
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(30, 0, 1, 0));
    }

    @OnEachServer
    void shouldDeleteNothingForAnOverwriteThatHasExpired(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = withOldVersion(stage);
        Reservation reservation = stage.guard.reserve(replacement(account, 950));
        reservation.release();
        try (Connection connection = stage.begin()) {
            CallerConnection joined = stage.store.in(connection);
            assertThatExceptionOfType(ReservationEndedException.class).isThrownBy(() -> joined.commit(reservation));
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(OLD);
    }

    /** The bytes that the transaction has freed itself are no credit, and nobody else can see that they are gone. */
    @OnEachServer
    void shouldHoldInFullWhatReplacesAVersionDeletedInTheSameTransaction(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.storedVersion(account, "photo", "old", 10);
        Reservation reservation = stage.guard.reserve(replacement(account, 20));
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).delete(account, "photo", "old");
            stage.store.in(connection).commit(reservation);
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(20, 0, 1, 0));
    }

    /** Whoever commits all the same what did not fit must not lose the version that stands. */
    @OnEachServer
    void shouldDeleteNothingForWhatDoesNotFit(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.storedVersion(account, "photo", "v1", 500);
        stage.storedVersion(account, "photo", "v2", 400);
        try (Reservation reservation = stage.guard.reserve(
                        Upload.of(account, "photo", 900).version("v3").overwrite());
                Connection connection = stage.begin()) {
            stage.guard.delete(account, "photo", "v1");
            stage.stored(account, "other", 600);
            CallerConnection joined = stage.store.in(connection);
            assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> joined.commit(reservation));
            connection.commit();
        }
        assertThat(stage.find(account, "photo", "v2").state()).isEqualTo(AllocationState.COMMITTED);
        assertThat(stage.usage(account)).isEqualTo(new Usage(1_000, 0, 2, 0));
    }
}
