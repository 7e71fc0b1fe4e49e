package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AllocationState;
import java.sql.Connection;
import java.time.Duration;

/** Overdue reservations that cannot be expired, because a transaction that is under way commits them. */
class ExpiringTest {

    private static Expiring expiring(Stage stage) throws Exception {
        try (Connection connection = stage.pool.getConnection()) {
            Dialect dialect = Dialect.of(connection);
            Statements statements = new Statements(new TableNames(null, TableNames.DEFAULT_PREFIX), dialect);
            return new Expiring(
                    new OwnTransactions(stage.pool, new NoTransactions(), dialect, 5_000),
                    statements,
                    EntryWriter.plain(statements, dialect));
        }
    }

    @OnEachServer
    void shouldReachThoseBehindMoreThanItLooksAtAtOnce(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database);
                Connection connection = stage.begin()) {
            for (int i = 0; i < 5; i++) {
                stage.store.in(connection).commit(stage.reserve("acme/user-7", "under-way-" + i, 1));
            }
            Reservation forgotten = stage.reserve("acme/user-7", "forgotten", 1);
            database.advance(stage.pool, Stage.TTL.plus(Duration.ofSeconds(1)));
            Expiring expiring = expiring(stage);

            Expiring.Outcome outcome = expiring.expireDue("acme", 2);
            assertThat(outcome.expired()).isEqualTo(1);
            assertThat(outcome.inFlight()).hasSize(5);
            assertThat(stage.state(forgotten)).isEqualTo(AllocationState.EXPIRED);

            outcome = expiring.expireDue("acme", 2);
            assertThat(outcome.expired()).isZero();
            assertThat(outcome.inFlight()).hasSize(5);
            connection.commit();
        }
    }
}
