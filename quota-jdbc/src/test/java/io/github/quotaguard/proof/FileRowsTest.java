package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.Admission;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.ReservationEndedException;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is used equals the sum of the application's file rows, in every snapshot, while everything happens at once. */
class FileRowsTest {

    private static final int ROUNDS = 60;
    private static final long LIMIT = 4_000;

    /** The exact read of the library, beside the sum of the application's rows, in one statement. */
    private static final String BOTH = """
            SELECT (SELECT used_bytes FROM quota_usage WHERE tenant = 'acme' AND account = 'acme' AND category = '')
                + (SELECT coalesce(sum(bytes), 0) FROM quota_ledger WHERE tenant = 'acme' AND seq IS NULL) AS used,
                (SELECT coalesce(sum(size), 0) FROM files) AS stored
            FROM quota_usage WHERE tenant = 'acme' AND account = 'acme' AND category = ''""";

    static Stream<Arguments> cells() {
        return Stream.of(TestDatabase.values())
                .flatMap(database -> Stream.of(
                                Connection.TRANSACTION_READ_COMMITTED,
                                Connection.TRANSACTION_REPEATABLE_READ,
                                Connection.TRANSACTION_SERIALIZABLE)
                        .map(isolation -> Arguments.of(database, isolation)));
    }

    @ParameterizedTest
    @MethodSource("cells")
    void shouldUseWhatTheFileRowsAddUpTo(TestDatabase database, int isolation) throws Exception {
        long seed = new Random().nextLong();
        Proof proof = new Proof("15-" + isolation, database, seed);
        int threads = database == TestDatabase.H2 ? 8 : 32;
        try (HikariDataSource pool = database.pool(2 * threads + 2);
                JdbcUsageStore store = JdbcUsageStore.builder(pool)
                        .sweepInterval(Duration.ofMillis(200))
                        .createSchemaIfMissing()
                        .build()) {
            TestDatabase.execute(pool, "CREATE TABLE files (id VARCHAR(64) PRIMARY KEY, size BIGINT NOT NULL)");
            UploadGuard guard = UploadGuard.builder(store)
                    .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(LIMIT)))
                    .reservationTtl(Duration.ofMillis(300))
                    .build();
            AtomicBoolean done = new AtomicBoolean();
            List<String> exceptions = new ArrayList<>();
            Thread sampler = new Thread(() -> sample(database, pool, done, proof, exceptions));
            sampler.start();
            try {
                Crowd.run(
                        threads,
                        thread -> new Worker(pool, store, guard, isolation, thread, seed + thread, proof).run());
            } finally {
                done.set(true);
                sampler.join();
            }
            System.out.printf(
                    "%s, isolation %d: %s snapshots, %d exceptions, seed %d%n",
                    database, isolation, proof.operations, exceptions.size(), seed);
            assertThat(exceptions).as("seed %d", seed).isEmpty();
            proof.write();
        }
    }

    private static void sample(
            TestDatabase database, HikariDataSource pool, AtomicBoolean done, Proof proof, List<String> exceptions) {
        try (Connection connection = pool.getConnection()) {
            database.useSnapshots(connection);
            while (!done.get()) {
                for (String row : TableCheck.rows(
                        connection, "SELECT * FROM (" + BOTH + ") b WHERE used <> stored OR used > " + LIMIT)) {
                    exceptions.add(row);
                    proof.violations.increment();
                }
                exceptions.addAll(TableCheck.violations(connection));
                connection.commit();
                proof.operations.increment();
            }
        } catch (SQLException e) {
            exceptions.add(e.toString());
        }
    }

    /** Uploads, deletes, rolls back and lets reservations expire, in transactions whose snapshot is older than them. */
    private static final class Worker {

        private final HikariDataSource pool;
        private final JdbcUsageStore store;
        private final UploadGuard guard;
        private final int isolation;
        private final int thread;
        private final Random random;
        private final Proof proof;
        private final Deque<String> stored = new ArrayDeque<>();

        Worker(
                HikariDataSource pool,
                JdbcUsageStore store,
                UploadGuard guard,
                int isolation,
                int thread,
                long seed,
                Proof proof) {
            this.pool = pool;
            this.store = store;
            this.guard = guard;
            this.isolation = isolation;
            this.thread = thread;
            this.random = new Random(seed);
            this.proof = proof;
        }

        void run() throws SQLException {
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                connection.setTransactionIsolation(isolation);
                for (int i = 0; i < ROUNDS; i++) {
                    try {
                        step(connection, "f-" + thread + "-" + i);
                    } catch (ReservationEndedException e) {
                        connection.rollback();
                        proof.refused.increment();
                    } catch (UsageStoreException e) {
                        connection.rollback();
                        assertThat(e.isRetryable()).as(e.toString()).isTrue();
                        proof.unknown.increment();
                    } catch (SQLException e) {
                        connection.rollback();
                        assertThat(e.getSQLState()).as(e.toString()).startsWith("40");
                    }
                }
            }
        }

        private void step(Connection connection, String file) throws SQLException {
            String oldest = stored.peek();
            if (oldest != null && random.nextInt(3) == 0) {
                delete(connection, oldest);
            } else {
                upload(connection, file);
            }
        }

        private void upload(Connection connection, String file) throws SQLException {
            TableCheck.rows(connection, "SELECT count(*) FROM files");
            Admission admission = guard.tryReserve(Upload.of("acme/u" + thread % 3, file, 1 + random.nextInt(200)));
            if (!(admission instanceof Admission.Granted granted)) {
                proof.refused.increment();
                connection.rollback();
                return;
            }
            proof.admitted.increment();
            if (random.nextInt(6) == 0) {
                connection.rollback();
                return;
            }
            try (Reservation reservation = granted.reservation()) {
                long bytes = Math.max(0, reservation.allocation().bytes() - random.nextInt(5));
                insert(connection, file, bytes);
                store.in(connection).commit(reservation, bytes);
                if (random.nextInt(4) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                    stored.add(file);
                }
            }
        }

        private void delete(Connection connection, String file) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement("DELETE FROM files WHERE id = ?")) {
                statement.setString(1, file);
                assertThat(statement.executeUpdate()).isEqualTo(1);
            }
            assertThat(store.in(connection).delete("acme/u" + thread % 3, file).deleted())
                    .hasSize(1);
            connection.commit();
            stored.remove(file);
        }

        private static void insert(Connection connection, String file, long bytes) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement("INSERT INTO files VALUES (?, ?)")) {
                statement.setString(1, file);
                statement.setLong(2, bytes);
                statement.executeUpdate();
            }
        }
    }
}
