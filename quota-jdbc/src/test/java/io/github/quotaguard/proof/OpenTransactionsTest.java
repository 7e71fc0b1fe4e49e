package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;

/**
 * Callers whose transactions stay open for two seconds after the commit, beside sixteen threads that upload for the same
 * tenant. Uploads that wait for them would not be counted, since that ends with the first of them; how many these threads
 * make with and without them, in turns, is printed.
 */
@Tag("proof")
class OpenTransactionsTest {

    private static final int UPLOADERS = 16;
    private static final int CALLERS = 8;
    private static final Duration OPEN = Duration.ofSeconds(1);
    private static final int ROUNDS = Scale.of("openRounds", 1, 5);

    @OnEachServer
    void shouldNotDelayTheUploadsOfOthers(TestDatabase database) throws Exception {
        Proof proof = new Proof("open-transactions", database, 0);
        try (HikariDataSource pool = database.pool(UPLOADERS + CALLERS + 4);
                JdbcUsageStore store = JdbcUsageStore.builder(pool)
                        .sweepInterval(Duration.ofSeconds(1))
                        .createSchemaIfMissing()
                        .build()) {
            UploadGuard guard = UploadGuard.builder(store)
                    .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                    .build();
            long without = 0;
            long with = 0;
            for (int round = 0; round <= ROUNDS; round++) {
                boolean isWarmUp = round == 0;
                long alone = uploads(pool, guard, 0, OPEN, (connection, reservation) -> {}, "a" + round, proof);
                long beside = uploads(
                        pool,
                        guard,
                        CALLERS,
                        OPEN,
                        (connection, reservation) -> store.in(connection).commit(reservation),
                        "b" + round,
                        proof);
                without += isWarmUp ? 0 : alone;
                with += isWarmUp ? 0 : beside;
            }
            Proof.say(
                    "%s: %d uploads in %d s without, %d with callers that stay open: %d %%",
                    database, without, ROUNDS * OPEN.toSeconds(), with, 100 * with / without);
            assertThat(TableCheck.violations(pool)).isEmpty();
            proof.write();
        }
    }

    /** As if a commit touched the counter of its tenant: whoever uploads waits for the caller. */
    @OnEachServer
    void shouldSeeACallerThatDelaysTheUploadsOfOthers(TestDatabase database) throws Exception {
        Proof proof = new Proof("open-transactions-planted", database, 0);
        try (HikariDataSource pool = database.pool(UPLOADERS + 4);
                JdbcUsageStore store =
                        JdbcUsageStore.builder(pool).createSchemaIfMissing().build()) {
            UploadGuard guard = UploadGuard.builder(store)
                    .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                    .build();
            Ending touching = (connection, reservation) -> {
                store.in(connection).commit(reservation);
                TableCheck.rows(
                        connection,
                        "SELECT last_seq FROM quota_usage WHERE account = 'acme' AND category = '' FOR UPDATE");
            };
            assertThatThrownBy(() -> uploads(pool, guard, 1, Duration.ofMillis(300), touching, "p", proof))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("uploads while all callers were open");
        }
    }

    /** What a caller does in its transaction before it stays open. */
    @FunctionalInterface
    private interface Ending {
        void end(Connection connection, Reservation reservation) throws SQLException;
    }

    /** Returns how many uploads came and went while the callers' transactions, all begun before, were open. */
    private static long uploads(
            HikariDataSource pool,
            UploadGuard guard,
            int callers,
            Duration openFor,
            Ending ending,
            String round,
            Proof proof)
            throws Exception {
        AtomicInteger open = new AtomicInteger();
        AtomicLong uploads = new AtomicLong();
        AtomicLong end = new AtomicLong(Long.MAX_VALUE);
        Crowd.run(UPLOADERS + callers, thread -> {
            if (thread < callers) {
                try {
                    holdOpen(pool, guard, ending, round + "-open-" + thread, open, end);
                } finally {
                    end.compareAndSet(Long.MAX_VALUE, System.nanoTime()); // nobody waits for one that has failed
                }
                return;
            }
            while (open.get() < callers && end.get() == Long.MAX_VALUE) { // or it is over before this thread has begun
                Thread.onSpinWait();
            }
            end.compareAndSet(Long.MAX_VALUE, System.nanoTime() + openFor.toNanos());
            for (int i = 0; System.nanoTime() < end.get(); i++) {
                guard.upload(Upload.of("acme/user-7", round + "-" + thread + "-" + i, 1), reservation -> null);
                proof.operations.increment();
                proof.admitted.increment();
                if (open.get() == callers) {
                    uploads.incrementAndGet();
                }
            }
        });
        assertThat(uploads.get()).as("uploads while all callers were open").isPositive();
        return uploads.get();
    }

    private static void holdOpen(
            HikariDataSource pool, UploadGuard guard, Ending ending, String file, AtomicInteger open, AtomicLong end)
            throws Exception {
        try (Reservation reservation = guard.reserve(Upload.of("acme/user-7", file, 1));
                Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            ending.end(connection, reservation);
            open.incrementAndGet();
            while (System.nanoTime() < end.get()) {
                LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
            }
            open.decrementAndGet();
            connection.commit();
        }
    }
}
