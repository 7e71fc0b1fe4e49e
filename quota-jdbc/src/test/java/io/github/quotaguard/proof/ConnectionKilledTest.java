package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Row 8: the database ends the library's connections while they are at work. Whoever is told so calls again. */
@Tag("proof")
class ConnectionKilledTest {

    private static final int KILLS = Scale.of("terminated", 10, 200);
    private static final int THREADS = 4;
    private static final int ATTEMPTS = 200;

    @ParameterizedTest
    @EnumSource
    void shouldLoseAndDoubleNothingWhenConnectionsAreKilledAtWork(TestDatabase database) throws Exception {
        Proof proof = new Proof("8-killed", database, 0);
        LongAdder stored = new LongAdder();
        try (HikariDataSource pool = database.pool(THREADS + 2);
                FaultyClient client = FaultyClient.on(pool, builder -> builder);
                Connection killer = DriverManager.getConnection(pool.getJdbcUrl())) {
            AtomicBoolean done = new AtomicBoolean();
            Crowd.run(THREADS + 1, thread -> {
                if (thread == THREADS) {
                    try {
                        for (int kill = 0; kill < KILLS; kill++) {
                            long before = stored.sum();
                            Awaitility.await().until(() -> stored.sum() > before + THREADS);
                            kill(database, killer, pool);
                        }
                    } finally {
                        done.set(true);
                    }
                } else {
                    for (int i = 0; !done.get(); i++) {
                        store(client.guard(), Upload.of("acme/u" + thread, "f-" + thread + "-" + i, 3), proof);
                        stored.increment();
                    }
                }
            });
            long used = retried(() -> client.store().usage(AccountId.of("acme")).total(), proof)
                    .usedBytes();
            List<String> violations = new ArrayList<>(TableCheck.violations(pool));
            if (used != 3 * stored.sum()) {
                violations.add("used %d of %s files of 3 bytes".formatted(used, stored));
            }
            System.out.printf("%s: %s files, %s calls lost to %d kills%n", database, stored, proof.unknown, KILLS);
            proof.violations.add(violations.size());
            proof.write();
            assertThat(violations).isEmpty();
            assertThat(proof.unknown.sum()).as("calls that noticed").isPositive();
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
    }

    private static void store(UploadGuard guard, Upload upload, Proof proof) {
        String token = retried(() -> guard.reserve(upload).detach(), proof);
        boolean unused = retried(
                () -> {
                    guard.resume(token).commit(3);
                    return true;
                },
                proof);
        proof.admitted.increment();
    }

    /** Calls again as often as there may be dead connections in the pool. */
    private static <T> T retried(Supplier<T> call, Proof proof) {
        for (int attempt = 1; ; attempt++) {
            proof.operations.increment();
            try {
                return call.get();
            } catch (UsageStoreException e) {
                proof.unknown.increment();
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static void kill(TestDatabase database, Connection killer, HikariDataSource pool) throws SQLException {
        switch (database) {
            case H2 ->
                TableCheck.rows(
                        killer,
                        "SELECT ABORT_SESSION(SESSION_ID) FROM INFORMATION_SCHEMA.SESSIONS WHERE SESSION_ID <> SESSION_ID()");
            case POSTGRESQL ->
                TableCheck.rows(
                        killer,
                        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                                + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
            case MARIADB, MARIADB_SNAPSHOTS -> {
                String others = "SELECT ID FROM information_schema.PROCESSLIST"
                        + " WHERE DB = DATABASE() AND ID <> CONNECTION_ID()";
                for (String id : TableCheck.rows(killer, others)) {
                    try (Statement statement = killer.createStatement()) {
                        statement.execute("KILL " + id.replaceAll("\\D", ""));
                    } catch (SQLException e) {
                        assertThat(e.getMessage()).contains("Unknown thread id");
                    }
                }
            }
        }
        if (database == TestDatabase.H2) {
            // H2's states of a lost connection tell Hikari nothing, which would hand the dead ones out again.
            pool.getHikariPoolMXBean().softEvictConnections();
        }
    }
}
