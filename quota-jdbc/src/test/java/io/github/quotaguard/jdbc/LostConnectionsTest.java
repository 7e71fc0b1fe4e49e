package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.proof.Crowd;
import io.github.quotaguard.proof.PoolCheck;
import io.github.quotaguard.proof.Proof;
import io.github.quotaguard.proof.TableCheck;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** PostgreSQL kills the connections of the pool, idle ones and those at work. */
class LostConnectionsTest {

    private static final int THREADS = 4;
    private static final int KILLS = 15;
    private static final String KILL = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND pid <> pg_backend_pid()";

    private final LongAdder lost = new LongAdder();

    /** Calls again after failures that may be retried, as often as there are connections that may be dead. */
    private <T> T retried(Supplier<T> call) {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.get();
            } catch (UsageStoreException e) {
                assertThat(e.isRetryable()).as(e.toString()).isTrue();
                lost.increment();
                if (attempt == 100) {
                    throw e;
                }
            }
        }
    }

    @Test
    void shouldWorkAgainAfterItsIdleConnectionsWereKilled() throws Exception {
        try (Stage stage = Stage.on(TestDatabase.POSTGRESQL);
                Connection killer = killer(stage)) {
            stage.stored("acme/user-7", "photo", 10);
            Stage.count(killer, KILL);

            retried(() -> stage.guard.delete("acme/user-7", "photo"));
            assertThat(retried(() -> stage.usage("acme"))).isEqualTo(new Usage(0, 0, 0, 0));
            PoolCheck.requireNothingLeaked(stage.pool);
        }
    }

    @Test
    void shouldLoseAndDoubleNothingWhenItsConnectionsAreKilledAtWork() throws Exception {
        try (Stage stage = Stage.on(TestDatabase.POSTGRESQL);
                Connection killer = killer(stage)) {
            AtomicBoolean done = new AtomicBoolean();
            LongAdder stored = new LongAdder();
            Crowd.run(THREADS + 1, thread -> {
                if (thread == THREADS) {
                    kill(killer, stored);
                    done.set(true);
                } else {
                    while (!done.get()) {
                        uploadTwiceAndDeleteOne(stage, "t" + thread + "/user-7", stored);
                    }
                }
            });
            for (int thread = 0; thread < THREADS; thread++) {
                String account = "t" + thread + "/user-7";
                int versions =
                        retried(() -> stage.guard.versions(account, "kept")).size();
                assertThat(stage.usage(account)).isEqualTo(new Usage(versions, 0, Math.min(1, versions), 0));
            }
            Proof.say("%d rounds, %d calls lost to %d kills", stored.sum(), lost.sum(), KILLS);
            assertThat(lost.sum()).as("calls that noticed").isPositive();
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
            PoolCheck.requireNothingLeaked(stage.pool);
        }
    }

    private static void kill(Connection killer, LongAdder stored) throws SQLException {
        for (int kill = 0; kill < KILLS; kill++) {
            long before = stored.sum();
            Awaitility.await().until(() -> stored.sum() > before);
            Stage.count(killer, KILL);
        }
    }

    private void uploadTwiceAndDeleteOne(Stage stage, String account, LongAdder stored) {
        Upload kept = Upload.of(account, "kept", 1).version("v" + stored.sum());
        if (retried(() -> stage.guard.versions(account, "kept")).size() < 100) {
            store(stage, kept);
        }
        store(stage, Upload.of(account, "gone", 1));
        retried(() -> stage.guard.delete(account, "gone"));
        assertThat(retried(() -> stage.guard.find(account, "gone"))
                        .orElseThrow()
                        .state())
                .isEqualTo(AllocationState.DELETED);
        stored.increment();
    }

    private void store(Stage stage, Upload upload) {
        Reservation reservation = retried(() -> stage.guard.reserve(upload));
        retried(() -> {
            reservation.commit();
            return true;
        });
    }

    private static Connection killer(Stage stage) throws SQLException {
        return DriverManager.getConnection(stage.pool.getJdbcUrl());
    }
}
