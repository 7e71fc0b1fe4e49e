package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Callers' transactions at every isolation level, whose snapshot is older than all that they end. At READ COMMITTED
 * there is no such snapshot, so there everything succeeds; at the others it may have to be run again.
 */
class CallerSnapshotTest extends StagedTest {

    /**
     * Begins a transaction and lets it read, so that its snapshot is taken: every table on H2, which takes one of each;
     * elsewhere the application's own, since MariaDB locks at SERIALIZABLE what it reads.
     */
    private static Connection beginWithSnapshot(Stage stage, int isolation) throws SQLException {
        Connection connection = stage.begin();
        connection.setTransactionIsolation(isolation);
        Stage.count(connection, "SELECT count(*) FROM files");
        if (stage.database == TestDatabase.H2) {
            for (String table : new String[] {"quota_allocation", "quota_ledger", "quota_usage"}) {
                Stage.count(connection, "SELECT count(*) FROM " + table);
            }
        }
        return connection;
    }

    @ParameterizedTest
    @MethodSource("isolationLevels")
    void shouldCommitAReservationYoungerThanTheSnapshot(TestDatabase database, int isolation) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Connection connection = beginWithSnapshot(stage, isolation)) {
            stage.store.in(connection).commit(stage.reserve(account, "photo", 10));
            stage.store.in(connection).commit(stage.reserve(account, "smaller", 10), 4);
            stage.store.in(connection).commit(stage.reserve(account, "larger", 10), 25);
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(39, 0, 3, 0));
        stage.sweep();
        assertThat(stage.usage(account)).isEqualTo(new Usage(39, 0, 3, 0));
    }

    @ParameterizedTest
    @MethodSource("isolationLevels")
    void shouldRefuseALargerCommitThatDoesNotFit(TestDatabase database, int isolation) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Connection connection = beginWithSnapshot(stage, isolation);
                Reservation reservation = stage.reserve(account, "photo", 10)) {
            CallerConnection joined = stage.store.in(connection);
            assertThatExceptionOfType(QuotaExceededException.class)
                    .isThrownBy(() -> joined.commit(reservation, Stage.LIMIT + 1));
            connection.rollback();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(0, 0, 0, 0));
    }

    @ParameterizedTest
    @MethodSource("isolationLevels")
    void shouldReplaceAVersionYoungerThanTheSnapshot(TestDatabase database, int isolation) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Connection connection = beginWithSnapshot(stage, isolation)) {
            stage.storedVersion(account, "photo", "v1", 600);
            Upload upload = Upload.of(account, "photo", 700).version("v2");
            stage.store.in(connection).commit(stage.guard.reserve(upload.replacing("v1")));
            assertThat(stage.usage(account)).isEqualTo(new Usage(600, 100, 1, 0));
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(700, 0, 1, 0));
        assertThat(stage.find(account, "photo", "v1").state()).isEqualTo(AllocationState.DELETED);
    }

    @ParameterizedTest
    @MethodSource("isolationLevels")
    void shouldOverwriteWhatWasStoredAfterTheSnapshot(TestDatabase database, int isolation) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.storedVersion(account, "photo", "v1", 300);
        try (Connection connection = beginWithSnapshot(stage, isolation)) {
            Reservation reservation =
                    stage.guard.reserve(Upload.of(account, "photo", 100).overwrite());
            stage.storedVersion(account, "photo", "v2", 400);
            stage.store.in(connection).commit(reservation);
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(100, 0, 1, 0));
    }

    @ParameterizedTest
    @MethodSource("isolationLevels")
    void shouldNeverLeaveAFileSilentlyThatWasStoredAfterTheSnapshot(TestDatabase database, int isolation)
            throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Connection connection = beginWithSnapshot(stage, isolation)) {
            stage.stored(account, "photo", 10);
            shouldDeleteOrAskForAnotherRun(stage, connection, isolation, account);
        }
    }

    @ParameterizedTest
    @MethodSource("isolationLevels")
    void shouldNeverLeaveAFileSilentlyWhoseCommitIsNotSettled(TestDatabase database, int isolation) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Connection other = stage.begin()) {
            Reservation reservation = stage.reserve(account, "photo", 10);
            try (Connection connection = beginWithSnapshot(stage, isolation)) {
                stage.store.in(other).commit(reservation);
                other.commit();
                shouldDeleteOrAskForAnotherRun(stage, connection, isolation, account);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("isolationLevels")
    void shouldNeverLeaveALaterLifeSilently(TestDatabase database, int isolation) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.stored(account, "photo", 10);
        try (Connection connection = beginWithSnapshot(stage, isolation)) {
            stage.guard.delete(account, "photo");
            stage.stored(account, "photo", 10);
            shouldDeleteOrAskForAnotherRun(stage, connection, isolation, account);
        }
    }

    private static void shouldDeleteOrAskForAnotherRun(
            Stage stage, Connection connection, int isolation, String account) throws SQLException {
        CallerConnection joined = stage.store.in(connection);
        boolean hasSnapshot = isolation == Connection.TRANSACTION_REPEATABLE_READ
                || (isolation == Connection.TRANSACTION_SERIALIZABLE && !stage.database.isMariaDb());
        if (!hasSnapshot) {
            assertThat(joined.delete(account, "photo").freedBytes()).isEqualTo(10);
        } else {
            assertThatThrownBy(() -> joined.delete(account, "photo"))
                    .isInstanceOfSatisfying(
                            UsageStoreException.class,
                            e -> assertThat(e.isRetryable()).isTrue());
            connection.rollback();
            assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
            assertThat(joined.delete(account, "photo").freedBytes()).isEqualTo(10);
        }
        connection.commit();
        assertThat(stage.usage(account)).isEqualTo(new Usage(0, 0, 0, 0));
    }

    @ParameterizedTest
    @MethodSource("isolationLevels")
    void shouldDeleteNothingWhereNothingIs(TestDatabase database, int isolation) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.stored(account, "photo", 10);
        try (Connection connection = beginWithSnapshot(stage, isolation)) {
            stage.guard.delete(account, "photo");
            DeleteResult result = stage.store.in(connection).delete(account, "never");
            assertThat(result.deleted()).isEmpty();
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(0, 0, 0, 0));
    }

    @ParameterizedTest
    @MethodSource("isolationLevels")
    void shouldReplayOrAskForAnotherRunAfterACommitInAnotherTransaction(TestDatabase database, int isolation)
            throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Connection connection = beginWithSnapshot(stage, isolation);
                Connection other = stage.begin()) {
            Reservation reservation = stage.reserve(account, "photo", 10);
            stage.store.in(other).commit(reservation);
            other.commit();
            try {
                stage.store.in(connection).commit(reservation);
            } catch (UsageStoreException e) {
                assertThat(isolation).isNotEqualTo(Connection.TRANSACTION_READ_COMMITTED);
                assertThat(e.isRetryable()).isTrue();
                connection.rollback();
                stage.store.in(connection).commit(reservation);
            }
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
    }

    @ParameterizedTest
    @MethodSource("isolationLevels")
    void shouldDeleteWhatTheSameTransactionStored(TestDatabase database, int isolation) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Connection connection = beginWithSnapshot(stage, isolation)) {
            stage.store.in(connection).commit(stage.reserve(account, "photo", 10));
            assertThat(stage.store.in(connection).delete(account, "photo").freedBytes())
                    .isEqualTo(10);
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(0, 0, 0, 0));
    }

    @ParameterizedTest
    @MethodSource("isolationLevels")
    void shouldReplayTheCommitOfTheSameTransaction(TestDatabase database, int isolation) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Connection connection = beginWithSnapshot(stage, isolation)) {
            Reservation reservation = stage.reserve(account, "photo", 10);
            stage.store.in(connection).commit(reservation);
            stage.store.in(connection).commit(reservation);
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
    }
}
