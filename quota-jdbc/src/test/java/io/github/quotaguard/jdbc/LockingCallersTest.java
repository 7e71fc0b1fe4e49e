package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quotaguard.QuotaBusyException;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.Usage;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Callers that lock what the library wants to change: on MariaDB at SERIALIZABLE what a delete reads, and at every level
 * the entry that a repeated commit meets. They keep nobody else of the tenant waiting.
 */
class LockingCallersTest {

    /** So long that who waits with the root locked keeps everybody else waiting for longer than the test does. */
    private static final Duration LOCK_TIMEOUT = Duration.ofMinutes(2);

    private static final int MORE_THAN_A_BATCH = 205;

    private static Stage patient(TestDatabase database) {
        return Stage.on(database, builder -> builder.lockTimeout(LOCK_TIMEOUT));
    }

    private static Connection beginSerializable(Stage stage) throws Exception {
        Connection connection = stage.begin();
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        return connection;
    }

    @OnEachServer
    void shouldKeepOnlyUploadsOfCloseIdsFromBeginning(TestDatabase database) throws Exception {
        try (Stage stage = patient(database);
                Connection caller = beginSerializable(stage)) {
            for (String file : List.of("l", "m", "n")) {
                stage.stored("acme/user-7", file, 10);
            }
            stage.store.in(caller).delete("acme/user-7", "m");

            Future<Reservation> close = Stage.start(() -> stage.reserve("acme/user-7", "m1", 1));
            for (int i = 0; i < 20; i++) {
                String file = "a" + i;
                Stage.start(() -> stage.reserve("acme/user-7", file, 1)).get(30, TimeUnit.SECONDS);
            }
            assertThat(database.isMariaDb() && close.isDone()).isFalse();
            caller.commit();
            close.get(30, TimeUnit.SECONDS);
            stage.sweep();
            assertThat(stage.usage("acme")).isEqualTo(new Usage(20, 21, 2, 21));
        }
    }

    @Test
    void shouldTellUploadsOfCloseIdsToTryAgainAfterTheTimeout() throws Exception {
        try (Stage stage = Stage.on(TestDatabase.MARIADB, builder -> builder.lockTimeout(Duration.ofMillis(1)));
                Connection caller = beginSerializable(stage)) {
            stage.stored("acme/user-7", "m", 10);
            stage.store.in(caller).delete("acme/user-7", "m");
            assertThatThrownBy(() -> stage.reserve("acme/user-7", "m1", 1)).isInstanceOf(QuotaBusyException.class);
        }
    }

    /** A time-out of 0, which MariaDB takes for not to wait, makes a commit fail after SKIP LOCKED has skipped. */
    @Test
    void shouldSettlePastThemWithTheShortestTimeout() throws Exception {
        try (Stage stage = Stage.on(TestDatabase.MARIADB, builder -> builder.lockTimeout(Duration.ofMillis(1)));
                Connection caller = stage.beginReadCommitted();
                Connection repeating = stage.beginReadCommitted()) {
            Reservation reservation = stage.reserve("acme/user-7", "m", 10);
            stage.store.in(caller).commit(reservation);
            caller.commit();
            stage.store.in(repeating).commit(reservation);

            stage.stored("acme/user-7", "z", 20);
            assertThat(stage.unsettled("acme/user-7")).isEqualTo(1);
            assertThat(stage.usage("acme")).isEqualTo(new Usage(30, 0, 2, 0));
        }
    }

    @OnEachServer
    void shouldNotKeepOtherFilesFromBeingSettled(TestDatabase database) throws Exception {
        try (Stage stage = patient(database);
                Connection caller = stage.beginReadCommitted();
                Connection deleting = beginSerializable(stage)) {
            stage.store.in(caller).commit(stage.reserve("acme/user-7", "m", 20));
            stage.store.in(caller).commit(stage.reserve("acme/user-7", "z", 30));
            caller.commit();
            stage.store.in(deleting).delete("acme/user-7", "m");

            Stage.start(stage.store::sweep).get(30, TimeUnit.SECONDS);
            assertThat(stage.unsettled("acme/user-7")).isEqualTo(database.isMariaDb() ? 1 : 0);
            assertThat(stage.usage("acme")).isEqualTo(new Usage(50, 0, 2, 0));
            deleting.commit();
            stage.sweep();
            assertThat(stage.unsettled("acme/user-7")).isZero();
            assertThat(stage.usage("acme")).isEqualTo(new Usage(30, 0, 1, 0));
        }
    }

    @Test
    void shouldBeSettledPastWhenTheyHoldTheOldestEntries() throws Exception {
        try (Stage stage = patient(TestDatabase.MARIADB);
                Connection caller = stage.beginReadCommitted();
                Connection repeating = stage.beginReadCommitted()) {
            List<Reservation> reservations = new ArrayList<>();
            for (int i = 0; i < MORE_THAN_A_BATCH + 5; i++) {
                reservations.add(stage.reserve("acme/user-7", "f" + i, 1));
            }
            for (Reservation reservation : reservations) {
                stage.store.in(caller).commit(reservation);
            }
            caller.commit();
            for (Reservation reservation : reservations.subList(0, MORE_THAN_A_BATCH)) {
                stage.store.in(repeating).commit(reservation);
            }

            stage.sweep();
            assertThat(stage.unsettled("acme/user-7")).isEqualTo(MORE_THAN_A_BATCH);
            repeating.commit();
            stage.sweep();
            assertThat(stage.unsettled("acme/user-7")).isZero();
            assertThat(stage.usage("acme")).isEqualTo(new Usage(reservations.size(), 0, reservations.size(), 0));
        }
    }
}
