package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaBusyException;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

/**
 * Row 7: many threads charge accounts of every depth and category of one tenant in shuffled order. Among themselves
 * they never deadlock; with sessions that lock the same counters the other way round they do, and every charge is made
 * at all levels or at none.
 */
@Tag("proof")
class DeadlocksTest {

    private static final int OPERATIONS = Scale.of("deadlocks", 1_500, 100_000);
    private static final int THREADS = 8;
    private static final int OUTSIDERS = 2;

    private static final List<String> ACCOUNTS =
            List.of("acme", "acme/a", "acme/a/b", "acme/a/b/c", "acme/a/b/d", "acme/e", "acme/e/f", "acme/e/f/g");
    private static final List<String> CATEGORIES = List.of("image", "document", "article");

    @OnEachServer
    void shouldNeverDeadlockAmongItsOwnOperations(TestDatabase database) throws Exception {
        long seed = Scale.seed();
        Proof proof = new Proof("7-own", database, seed);
        try (Stage stage = new Stage(database)) {
            charge(stage, "f-", OPERATIONS * 4 / 5, seed, proof);
            Proof.say(
                    "%s: %s charges among themselves, %s deadlocks, seed %d",
                    database, proof.operations, stage.faults.deadlocks, seed);
            requireConservation(stage, proof, seed);
            assertThat(stage.faults.deadlocks.sum()).as("seed %d", seed).isZero();
            assertThat(proof.unknown.sum()).as("failures, seed %d", seed).isZero();
        }
    }

    @OnEachServer
    void shouldChargeAllLevelsOrNoneWhenOthersLockTheOtherWayRound(TestDatabase database) throws Exception {
        long seed = Scale.seed();
        Proof proof = new Proof("7-outsiders", database, seed);
        try (Stage stage = new Stage(database)) {
            charge(stage, "first-", THREADS * 20, seed, new Proof("7-warm-up", database, seed));
            AtomicBoolean done = new AtomicBoolean();
            LongAdder outsidersDeadlocks = new LongAdder();
            Crowd.run(OUTSIDERS + 1, thread -> {
                if (thread < OUTSIDERS) {
                    lockTheOtherWayRound(stage, proof, done, new Random(seed - thread), outsidersDeadlocks);
                } else {
                    try {
                        charge(stage, "f-", OPERATIONS / 5, seed, proof);
                    } finally {
                        done.set(true);
                    }
                }
            });
            Proof.say(
                    "%s: %s charges, %s deadlocks of the library's, %s of others', seed %d",
                    database, proof.operations, stage.faults.deadlocks, outsidersDeadlocks, seed);
            assertThat(stage.faults.deadlocks.sum())
                    .as("deadlocks that the library met, seed %d", seed)
                    .isPositive();
            requireConservation(stage, proof, seed);
        }
    }

    /** Two sessions that lock two counters in opposite orders, watched like the library's, whose settler is gone. */
    @OnEachServer
    void shouldSeeADeadlock(TestDatabase database) throws Exception {
        try (Stage stage = new Stage(database)) {
            charge(stage, "first-", THREADS * 20, 1, new Proof("7-warm-up", database, 1));
            stage.client.close();
            CyclicBarrier bothHoldOne = new CyclicBarrier(2);
            Crowd.run(2, thread -> {
                try (Connection connection = stage.watched.getConnection()) {
                    connection.setAutoCommit(false);
                    lock(connection, thread == 0 ? "acme" : "acme/a", "");
                    bothHoldOne.await();
                    try {
                        lock(connection, thread == 0 ? "acme/a" : "acme", "");
                    } catch (SQLException e) {
                        // One of the two is the victim.
                    }
                    connection.rollback();
                }
            });
            assertThat(stage.faults.deadlocks.sum()).isEqualTo(1);
        }
    }

    private static void requireConservation(Stage stage, Proof proof, long seed) throws SQLException {
        List<String> violations = TableCheck.violations(stage.pool);
        proof.violations.add(violations.size());
        proof.write();
        assertThat(violations).as("seed %d", seed).isEmpty();
        PoolCheck.requireNothingLeaked(stage.pool);
    }

    private static void charge(Stage stage, String name, int operations, long seed, Proof proof) throws Exception {
        Crowd.run(THREADS, thread -> {
            Worker worker = new Worker(stage, name, thread, new Random(seed + thread), proof);
            while (worker.operations < operations / THREADS) {
                worker.step();
            }
        });
    }

    /** Locks a few counters and then the root, which the library locks first; lets it get on in between. */
    private static void lockTheOtherWayRound(
            Stage stage, Proof proof, AtomicBoolean done, Random random, LongAdder deadlocks) throws SQLException {
        try (Connection connection = stage.pool.getConnection()) {
            connection.setAutoCommit(false);
            while (!done.get()) {
                try {
                    stage.waitPatiently(connection);
                    for (int i = 0; i < 2; i++) {
                        String account = ACCOUNTS.get(1 + random.nextInt(ACCOUNTS.size() - 1));
                        lock(connection, account, random.nextBoolean() ? "" : CATEGORIES.get(random.nextInt(3)));
                    }
                    lock(connection, "acme", "");
                } catch (SQLException e) {
                    deadlocks.increment();
                }
                connection.rollback();
                long before = proof.operations.sum();
                while (!done.get() && proof.operations.sum() < before + THREADS) {
                    LockSupport.parkNanos(1_000_000);
                }
            }
        }
    }

    private static void lock(Connection connection, String account, String category) throws SQLException {
        TableCheck.rows(
                connection,
                "SELECT used_bytes FROM quota_usage WHERE tenant = 'acme' AND account = '%s' AND category = '%s' FOR UPDATE"
                        .formatted(account, category));
    }

    /** A database that looks for deadlocks at once, and a client that is watched. */
    private static final class Stage implements AutoCloseable {

        final TestDatabase database;
        final HikariDataSource pool;
        final StatementFaults faults = new StatementFaults();
        final DataSource watched;
        final FaultyClient client;

        Stage(TestDatabase database) {
            this.database = database;
            pool = database.pool(2 * THREADS + OUTSIDERS + 2);
            if (database == TestDatabase.POSTGRESQL) {
                TestDatabase.execute(
                        pool,
                        "DO 'BEGIN EXECUTE format(''ALTER DATABASE %I SET deadlock_timeout = 10'', current_database()); END'");
                pool.getHikariPoolMXBean().softEvictConnections();
            }
            if (database.isMariaDb()) {
                TestDatabase.execute(pool, "CREATE TABLE ballast (id INTEGER NOT NULL)");
            }
            watched = faults.around(pool);
            client = FaultyClient.on(watched, builder -> builder);
        }

        /**
         * Makes the library's session the victim where that can be chosen: on PostgreSQL by being the first to look for a
         * deadlock, on MariaDB by having changed less.
         */
        void waitPatiently(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                switch (database) {
                    case H2 -> statement.execute(database.lockTimeout(Duration.ofSeconds(5)));
                    case POSTGRESQL -> statement.execute("SET LOCAL deadlock_timeout = 100");
                    case MARIADB, MARIADB_SNAPSHOTS ->
                        statement.execute("INSERT INTO ballast SELECT seq FROM seq_1_to_100");
                }
            }
        }

        @Override
        public void close() {
            client.close();
            pool.close();
        }
    }

    /** Uploads, extends, commits, releases and deletes its own files, several in one transaction in any order. */
    private static final class Worker {

        private final Stage stage;
        private final String name;
        private final int thread;
        private final Random random;
        private final Proof proof;
        private int files;
        int operations;

        Worker(Stage stage, String name, int thread, Random random, Proof proof) {
            this.name = name;
            this.stage = stage;
            this.thread = thread;
            this.random = random;
            this.proof = proof;
        }

        /** What fails because of the outsiders has to say that it may be tried again. */
        void step() throws SQLException {
            List<Reservation> reservations = new ArrayList<>();
            try {
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    reservations.add(stage.client.guard().reserve(upload()));
                    count();
                    proof.admitted.increment();
                }
                Collections.shuffle(reservations, random);
                end(reservations);
            } catch (QuotaBusyException e) {
                proof.busy.increment();
            } catch (UsageStoreException e) {
                assertThat(e.isRetryable()).as(e.toString()).isTrue();
                proof.unknown.increment();
            } finally {
                reservations.forEach(Reservation::close);
            }
        }

        private Upload upload() {
            String account = ACCOUNTS.get(random.nextInt(ACCOUNTS.size()));
            Upload upload = Upload.of(account, name + thread + "-" + files++, 10);
            return random.nextInt(4) == 0 ? upload : upload.category(CATEGORIES.get(random.nextInt(3)));
        }

        private void end(List<Reservation> reservations) throws SQLException {
            switch (random.nextInt(4)) {
                case 0 -> {
                    for (Reservation reservation : reservations) {
                        reservation.extendTo(20);
                        count();
                        reservation.commit(10 + random.nextInt(11));
                        count();
                    }
                }
                case 1 -> {
                    for (Reservation reservation : reservations) {
                        reservation.release();
                        count();
                    }
                }
                default -> endTogether(reservations);
            }
        }

        /** In one transaction of the caller's, which it rolls back now and then; deletes them in the next one. */
        private void endTogether(List<Reservation> reservations) throws SQLException {
            try (Connection connection = stage.watched.getConnection()) {
                connection.setAutoCommit(false);
                for (Reservation reservation : reservations) {
                    stage.client.store().in(connection).commit(reservation);
                    count();
                }
                if (random.nextInt(4) == 0) {
                    connection.rollback();
                    return;
                }
                connection.commit();
                for (Reservation reservation : reservations) {
                    String account = reservation.allocation().account().path();
                    String file = reservation.allocation().id().file();
                    if (random.nextBoolean()) {
                        stage.client.guard().delete(account, file);
                    } else {
                        stage.client.store().in(connection).delete(account, file);
                        connection.commit();
                    }
                    count();
                }
            }
        }

        private void count() {
            operations++;
            proof.operations.increment();
        }
    }
}
