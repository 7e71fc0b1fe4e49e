package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TableCheck;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.Usage;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The retry of an upload that was stored so long ago that its entry is rolled up. */
class OldUploadsTest {

    @OnEachServer
    void shouldBeReplayedWithoutAnotherEntry(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database);
                Connection connection = stage.begin()) {
            stage.stored("acme/user-7", "photo", 10);
            database.advance(stage.pool, Duration.ofDays(10));
            Instant horizon = Instant.now().minus(Duration.ofDays(9)).truncatedTo(ChronoUnit.HOURS);
            assertThat(stage.store
                            .ledger()
                            .orElseThrow()
                            .rollUp("acme", horizon, 100)
                            .folded())
                    .isEqualTo(1);

            Reservation again = stage.reserve("acme/user-7", "photo", 10);
            stage.store.in(connection).commit(again);
            connection.commit();
            again.commit();
            stage.sweep();

            assertThat(again.isAlreadyStored()).isTrue();
            assertThat(stage.unsettled("acme/user-7")).isZero();
            assertThat(stage.usage("acme")).isEqualTo(new Usage(10, 0, 1, 0));
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
        }
    }
}
