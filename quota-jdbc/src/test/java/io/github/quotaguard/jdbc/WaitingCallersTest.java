package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A caller's transaction that waits for another, which may be the one around it and so waits for it in turn. */
class WaitingCallersTest {

    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(200);

    private static Stage impatient(TestDatabase database) {
        return Stage.on(database, builder -> builder.lockTimeout(LOCK_TIMEOUT));
    }

    /** What hangs would not be seen by a bound on the time it took. */
    private static void requireRefusal(ThrowingCallable call) throws Exception {
        Stage.start(() -> {
                    assertThatThrownBy(call)
                            .isInstanceOfSatisfying(
                                    UsageStoreException.class,
                                    e -> assertThat(e.isRetryable()).isTrue())
                            .hasMessageContaining("one that this thread has open");
                    return true;
                })
                .get(30, TimeUnit.SECONDS);
    }

    @OnEachServer
    void shouldNotWaitForEverForTheTransactionAroundIt(TestDatabase database) throws Exception {
        try (Stage stage = impatient(database);
                Connection outer = stage.begin();
                Connection inner = stage.beginReadCommitted()) {
            Reservation reservation = stage.reserve("acme/user-7", "photo", 10);
            stage.stored("acme/user-7", "old", 20);
            stage.store.in(outer).commit(reservation);
            stage.store.in(outer).delete("acme/user-7", "old");

            requireRefusal(() -> stage.store.in(inner).commit(reservation));
            inner.rollback();
            requireRefusal(() -> stage.store.in(inner).delete("acme/user-7", "old"));
            inner.rollback();
            outer.commit();
            assertThat(stage.usage("acme")).isEqualTo(new Usage(10, 0, 1, 0));
        }
    }

    @OnEachServer
    void shouldNotWaitForEverOutsideOfTheTransactionThatItIsIn(TestDatabase database) throws Exception {
        try (Stage stage = impatient(database);
                Connection outer = stage.begin()) {
            Reservation reservation = stage.reserve("acme/user-7", "photo", 10);
            stage.stored("acme/user-7", "old", 20);
            stage.store.in(outer).commit(reservation);
            stage.store.in(outer).delete("acme/user-7", "old");

            requireRefusal(reservation::release);
            requireRefusal(reservation::commit);
            requireRefusal(() -> stage.guard.delete("acme/user-7", "old"));
            outer.commit();
            assertThat(stage.usage("acme")).isEqualTo(new Usage(10, 0, 1, 0));
        }
    }

    @Test
    void shouldLeaveTheBoundOfTheCallersTransactionAsItIs() throws Exception {
        try (Stage stage = impatient(TestDatabase.POSTGRESQL);
                Connection connection = stage.begin()) {
            Stage.execute(connection, "SET lock_timeout = '3s'");
            connection.commit();
            Reservation reservation = stage.reserve("acme/user-7", "photo", 10);
            for (String bound : new String[] {"0", "50ms", "200ms", "1min", "2h"}) {
                Stage.execute(connection, "SET LOCAL lock_timeout = '" + bound + "'");
                stage.store.in(connection).commit(reservation);
                assertThat(lockTimeout(connection)).isEqualTo(bound);
                stage.store.in(connection).commit(reservation);
                assertThat(lockTimeout(connection)).as("of a replay").isEqualTo(bound);
                connection.rollback();
                assertThat(lockTimeout(connection)).isEqualTo("3s");
            }
        }
    }

    private static String lockTimeout(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("SHOW lock_timeout")) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Test
    void shouldKeepATighterBoundOfTheCallers() throws Exception {
        try (Stage stage = Stage.on(TestDatabase.POSTGRESQL, builder -> builder.lockTimeout(Duration.ofMinutes(10)));
                Connection outer = stage.begin();
                Connection inner = stage.beginReadCommitted()) {
            Reservation reservation = stage.reserve("acme/user-7", "photo", 10);
            stage.store.in(outer).commit(reservation);
            Stage.execute(inner, "SET lock_timeout = '50ms'");
            requireRefusal(() -> stage.store.in(inner).commit(reservation));
        }
    }
}
