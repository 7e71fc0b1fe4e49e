package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;

/** Files deleted in a transaction of the caller's. */
class CallerDeleteTest extends StagedTest {

    private static final Usage NOTHING = new Usage(0, 0, 0, 0);

    @OnEachServer
    void shouldFreeOnlyWhenTheCallerCommits(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.stored(account, "photo", 10);
        try (Connection connection = stage.begin()) {
            DeleteResult result = stage.store.in(connection).delete(account, "photo");
            assertThat(result.freedBytes()).isEqualTo(10);
            assertThat(result.deleted())
                    .singleElement()
                    .extracting(Allocation::state)
                    .isEqualTo(AllocationState.DELETED);
            assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));

            connection.commit();
        }
        assertThat(stage.unsettled(account)).isEqualTo(1);
        assertThat(stage.usage(account)).isEqualTo(NOTHING);
        assertThat(stage.find(account, "photo").state()).isEqualTo(AllocationState.DELETED);
    }

    @OnEachServer
    void shouldKeepTheFileAfterARollback(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.stored(account, "photo", 10);
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).delete(account, "photo");
            connection.rollback();
            assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
            assertThat(stage.store.in(connection).delete(account, "photo").freedBytes())
                    .isEqualTo(10);
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(NOTHING);
    }

    @OnEachServer
    void shouldDeleteEveryVersionOrOne(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        for (String version : new String[] {"v1", "v2", "v3"}) {
            stage.storedVersion(account, "photo", version, 10);
        }
        try (Connection connection = stage.begin()) {
            DeleteResult one = stage.store.in(connection).delete(account, "photo", "v2");
            assertThat(one.deleted())
                    .singleElement()
                    .extracting(version -> version.id().version())
                    .isEqualTo("v2");
            connection.commit();
            assertThat(stage.usage(account)).isEqualTo(new Usage(20, 0, 1, 0));

            DeleteResult rest = stage.store.in(connection).delete(account, "photo");
            assertThat(rest.deleted())
                    .extracting(version -> version.id().version())
                    .containsExactly("v1", "v3");
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(NOTHING);
    }

    @OnEachServer
    void shouldLeaveAReservedVersionAloneAndSaySo(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.storedVersion(account, "photo", "v1", 10);
        Reservation reservation =
                stage.guard.reserve(Upload.of(account, "photo", 20).version("v2"));
        try (Connection connection = stage.begin()) {
            DeleteResult result = stage.store.in(connection).delete(account, "photo");
            assertThat(result.freedBytes()).isEqualTo(10);
            assertThat(result.reserved())
                    .singleElement()
                    .extracting(version -> version.id().version())
                    .isEqualTo("v2");
            connection.commit();
        }
        reservation.commit();
        assertThat(stage.usage(account)).isEqualTo(new Usage(20, 0, 1, 0));
    }

    @OnEachServer
    void shouldDeleteOnceInOneTransaction(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.stored(account, "photo", 10);
        try (Connection connection = stage.begin()) {
            assertThat(stage.store.in(connection).delete(account, "photo").freedBytes())
                    .isEqualTo(10);
            assertThat(stage.store.in(connection).delete(account, "photo").deleted())
                    .isEmpty();
            connection.commit();
            assertThat(stage.store.in(connection).delete(account, "photo").deleted())
                    .isEmpty();
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(NOTHING);
    }

    @OnEachServer
    void shouldDeleteAFileCommittedInTheSameTransaction(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Reservation reservation = stage.reserve(account, "photo", 10);
                Connection connection = stage.begin()) {
            stage.store.in(connection).commit(reservation);
            assertThat(stage.store.in(connection).delete(account, "photo").freedBytes())
                    .isEqualTo(10);
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(NOTHING);
        stage.sweep();
        assertThat(stage.usage(account)).isEqualTo(NOTHING);
        assertThat(stage.find(account, "photo").state()).isEqualTo(AllocationState.DELETED);
    }

    @OnEachServer
    void shouldNotTouchAFileOfAnotherAccount(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.stored(account, "photo", 10);
        try (Connection connection = stage.begin()) {
            CallerConnection joined = stage.store.in(connection);
            assertThat(joined.delete(account.replace("user-7", "user-8"), "photo")
                            .deleted())
                    .isEmpty();
            assertThat(joined.delete(stage.account(), "photo").deleted()).isEmpty();
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
    }

    @OnEachServer
    void shouldLetTheSameIdBeStoredAgain(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.stored(account, "photo", 10);
        try (Connection connection = stage.begin()) {
            stage.store.in(connection).delete(account, "photo");
            connection.commit();
            stage.store.in(connection).commit(stage.reserve(account, "photo", 30));
            connection.commit();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(30, 0, 1, 0));
    }

    /** H2 would show it a commit that may yet be rolled back. */
    @OnEachServer
    void shouldNotDeleteAtReadUncommitted(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        stage.stored(account, "photo", 10);
        try (Connection connection = stage.begin()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED);
            CallerConnection joined = stage.store.in(connection);
            assertThatExceptionOfType(UsageStoreException.class)
                    .isThrownBy(() -> joined.delete(account, "photo"))
                    .withMessageContaining("READ UNCOMMITTED");
            connection.rollback();
        }
        assertThat(stage.usage(account)).isEqualTo(new Usage(10, 0, 1, 0));
    }
}
