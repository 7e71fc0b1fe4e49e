package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quotaguard.Admission;
import io.github.quotaguard.QuotaBusyException;
import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.ReservationEndedException;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadConflictException;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TableCheck;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Two that end the same thing at once: the second waits for the first one's transaction, then learns what it did. */
class CallerRacesTest extends StagedTest {

    @OnEachServer
    void shouldReplayTheCommitThatAnotherTransactionWins(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        String token = stage.reserve(account, "photo", 10).detach();
        try (Connection winner = stage.begin();
                Connection loser = stage.begin()) {
            stage.store.in(winner).commit(stage.guard.resume(token));
            Future<Boolean> second = commitLater(stage, loser, token);
            stage.awaitBlocked(1);

            winner.commit();
            assertThat(second.get()).isTrue();
            Stage.insertFile(loser, account, 10);
            loser.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
    }

    @OnEachServer
    void shouldCommitWhatAnotherTransactionRollsBack(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        String token = stage.reserve(account, "photo", 10).detach();
        try (Connection first = stage.begin();
                Connection other = stage.begin()) {
            stage.store.in(first).commit(stage.guard.resume(token));
            Future<Boolean> second = commitLater(stage, other, token);
            stage.awaitBlocked(1);

            first.rollback();
            assertThat(second.get()).isTrue();
            assertThat(stage.usage(account)).isEqualTo(new Usage(0, 10, 0, 1));
            other.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
    }

    private static Future<Boolean> commitLater(Stage stage, Connection connection, String token) {
        return Stage.start(() -> {
            stage.store.in(connection).commit(stage.guard.resume(token));
            return true;
        });
    }

    @OnEachServer
    void shouldNotReleaseWhatIsBeingCommitted(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        Reservation reservation = stage.reserve(account, "photo", 10);
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation);
            Future<Boolean> release = releaseLater(stage, reservation.detach());
            stage.awaitBlocked(1);

            connection.commit();
            assertThatThrownBy(release::get).hasCauseInstanceOf(UploadConflictException.class);
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
    }

    @OnEachServer
    void shouldReleaseWhatIsRolledBack(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        Reservation reservation = stage.reserve(account, "photo", 10);
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation);
            Future<Boolean> release = releaseLater(stage, reservation.detach());
            stage.awaitBlocked(1);

            connection.rollback();
            assertThat(release.get()).isTrue();
            CallerConnection joined = stage.store.in(connection);
            assertThatThrownBy(() -> joined.commit(reservation)).isInstanceOf(ReservationEndedException.class);
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(0, 0, 0, 0));
    }

    private static Future<Boolean> releaseLater(Stage stage, String token) {
        return Stage.start(() -> {
            stage.guard.resume(token).release();
            return true;
        });
    }

    @OnEachServer
    void shouldNotWaitForATransactionLongerThanTheLockTimeout(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database, builder -> builder.lockTimeout(Duration.ofMillis(200)));
                Connection connection = stage.begin()) {
            String account = stage.account();
            Reservation reservation = stage.reserve(account, "photo", 10);
            stage.store.in(connection).commit(reservation);

            assertThatThrownBy(() -> stage.guard.resume(reservation.detach()).release())
                    .isInstanceOfSatisfying(
                            UsageStoreException.class,
                            e -> assertThat(e.isRetryable()).isTrue());
            connection.commit();
            assertThat(stage.find(account, "photo").state()).isEqualTo(AllocationState.COMMITTED);
        }
    }

    @OnEachServer
    void shouldDeleteOnceWhatTwoTransactionsDelete(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.stored(account, "photo", 10);
        try (Connection winner = stage.beginReadCommitted();
                Connection loser = stage.beginReadCommitted()) {
            assertThat(stage.store.in(winner).delete(account, "photo").freedBytes())
                    .isEqualTo(10);
            Future<DeleteResult> second =
                    Stage.start(() -> stage.store.in(loser).delete(account, "photo"));
            stage.awaitBlocked(1);

            winner.commit();
            assertThat(second.get().deleted()).isEmpty();
            loser.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(0, 0, 0, 0));
    }

    @OnEachServer
    void shouldDeleteWhatAnotherTransactionDidNotDeleteAfterAll(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.stored(account, "photo", 10);
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).delete(account, "photo");
            Future<DeleteResult> second = Stage.start(() -> stage.guard.delete(account, "photo"));
            stage.awaitBlocked(1);

            connection.rollback();
            assertThat(second.get().freedBytes()).isEqualTo(10);
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(0, 0, 0, 0));
    }

    @OnEachServer
    void shouldCreditAVersionOnceThatTwoTransactionsReplace(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.storedVersion(account, "photo", "old", 900);
        Upload replacing = Upload.of(account, "photo", 950);
        try (Reservation one = stage.guard.reserve(replacing.version("a").replacing("old"));
                Reservation other = stage.guard.reserve(replacing.version("b").replacing("old"));
                Connection winner = stage.beginReadCommitted();
                Connection loser = stage.beginReadCommitted()) {
            stage.store.in(winner).commit(one);
            Future<Boolean> second = Stage.start(() -> {
                stage.store.in(loser).commit(other);
                return true;
            });
            stage.awaitBlocked(1);

            winner.commit();
            // On MariaDB the loser keeps the winner's entry locked, so that it can not be settled yet.
            assertThatThrownBy(second::get)
                    .hasCauseInstanceOf(database.isMariaDb() ? QuotaBusyException.class : QuotaExceededException.class);
            loser.rollback();
        }
        stage.sweep();
        assertThat(stage.usage(account).usedBytes()).isEqualTo(950);
    }

    /** Key order within a call keeps deletes of whole files apart; two calls in opposite order are the caller's. */
    @Test
    void shouldAskTheVictimOfADeadlockToRunItsTransactionAgain() throws Exception {
        Stage stage = on(TestDatabase.POSTGRESQL);
        String account = stage.account();
        stage.stored(account, "a", 1);
        stage.stored(account, "b", 1);
        try (Connection first = stage.begin();
                Connection other = stage.begin()) {
            stage.store.in(first).delete(account, "a");
            stage.store.in(other).delete(account, "b");
            Future<DeleteResult> crossing = Stage.start(() -> deleteOrRollBack(stage, other, account, "a"));
            stage.awaitBlocked(1);
            DeleteResult straight = deleteOrRollBack(stage, first, account, "b");

            assertThat(straight.deleted().size() + crossing.get().deleted().size())
                    .as("versions deleted by the one that is not the victim")
                    .isEqualTo(1);
            first.commit();
            other.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(0, 0, 0, 0));
    }

    private static DeleteResult deleteOrRollBack(Stage stage, Connection connection, String account, String file)
            throws Exception {
        try {
            return stage.store.in(connection).delete(account, file);
        } catch (UsageStoreException e) {
            assertThat(e.isRetryable()).isTrue();
            connection.rollback();
            return new DeleteResult(List.of(), List.of());
        }
    }

    @OnEachServer
    void shouldNotDelayOtherUploadsOfTheTenant(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.stored(account, "old", 5);
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).commit(stage.reserve(account, "photo", 10));
            stage.store.in(connection).delete(account, "old");

            stage.stored(account, "other", 20);
            assertThat(stage.guard.delete(account, "other").freedBytes()).isEqualTo(20);
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
    }

    /** The file has a committed version at every moment, and every version is to be deleted. */
    @OnEachServer
    void shouldDeleteTheVersionThatTookThePlaceOfTheOneItWaitedFor(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.storedVersion(account, "photo", "v1", 10);
        try (Connection connection = stage.begin()) {
            stage.store
                    .in(connection)
                    .commit(stage.guard.reserve(
                            Upload.of(account, "photo", 10).version("v2").overwrite()));
            Future<DeleteResult> delete = Stage.start(() -> stage.guard.delete(account, "photo"));
            stage.awaitBlocked(1);

            connection.commit();
            assertThat(delete.get().freedBytes()).isEqualTo(10);
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(0, 0, 0, 0));
    }

    /** Each look of a reserve is one in which the caller's delete may already be committed, or not. */
    @OnEachServer
    void shouldNotBeginALifeOverADeleteThatIsNotSettled(TestDatabase database) throws Exception {
        for (int look = 1; look <= 3; look++) {
            int committed = look;
            AtomicInteger looks = new AtomicInteger();
            try (Stage stage = Stage.on(database);
                    Connection connection = stage.begin()) {
                stage.stored("t/a", "photo", 100);
                stage.store.in(connection).delete("t/a", "photo");
                DataSource watched = StatementLog.before(stage.pool, sql -> {
                    if (sql.contains("is_open") && looks.incrementAndGet() == committed) {
                        connection.commit();
                    }
                });
                try (JdbcUsageStore store = Stage.store(watched, builder -> builder)) {
                    if (Stage.guard(store, Stage.TTL).tryReserve(Upload.of("t/a", "photo", 7))
                            instanceof Admission.Granted granted) {
                        granted.reservation().release();
                    }
                }
                connection.commit();
                stage.sweep();
                assertThat(stage.usage("t/a")).isEqualTo(Usage.NONE);
                assertThat(TableCheck.violations(stage.pool)).isEmpty();
            }
        }
    }
}
