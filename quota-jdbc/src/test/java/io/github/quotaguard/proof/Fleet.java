package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The workers of a load on one database, their journals, and what is compared after each fault. */
final class Fleet implements AutoCloseable {

    static final int UNTIL_STOPPED = Integer.MAX_VALUE;

    private final Site site;
    private final Load load;
    private final Path directory;
    private final HikariDataSource pool;
    private final Proof proof;

    Fleet(String row, Site site, Load load, Path directory) throws SQLException {
        this.site = site;
        this.load = load;
        this.directory = directory;
        this.pool = site.pool(6);
        this.proof = new Proof(row, site.database(), load.seed());
        // The records of the library and of the application are all that a worker finds.
        JdbcUsageStore.builder(pool).createSchemaIfMissing().build().close();
        TestDatabase.execute(pool, Books.FILES);
    }

    HikariDataSource pool() {
        return pool;
    }

    TestDatabase database() {
        return site.database();
    }

    Load load() {
        return load;
    }

    Path directory() {
        return directory;
    }

    JvmProcess start(int worker, int operations, int isolation, Duration clockOffset, String... jvmArguments)
            throws IOException {
        Worker.Orders orders =
                new Worker.Orders(site.url(pool, worker), load, directory, worker, operations, isolation, clockOffset);
        return JvmProcess.start(
                directory.resolve("worker-" + worker + ".log"), Worker.class, List.of(jvmArguments), orders.encode());
    }

    JvmProcess start(int worker, int operations) throws IOException {
        return start(worker, operations, 0, Duration.ZERO);
    }

    /** How long a worker's journals are, by which a test sees that it is at work. */
    long written(int worker) throws IOException {
        long written = 0;
        for (int thread = 0; thread < load.threads(); thread++) {
            Path path = Journal.path(directory, worker * load.threads() + thread);
            written += Files.exists(path) ? Files.size(path) : 0;
        }
        return written;
    }

    /** Waits until a worker has written so many bytes more than before. */
    void awaitWritten(int worker, JvmProcess process, long bytes) {
        await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(5)).until(() -> {
            assertThat(process.isAlive()).as(process::said).isTrue();
            return written(worker) >= bytes;
        });
    }

    /** Waits until the database has noticed that a worker is dead: what it had sent is done or undone by then. */
    void awaitForgotten(int worker) {
        await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(5)).until(() -> {
            try (Connection connection = pool.getConnection()) {
                return !site.isServing(connection, worker);
            }
        });
    }

    Journal.Reading journalsOf(int worker) throws IOException {
        return new Journal.Reading(load, directory, worker * load.threads(), load.threads());
    }

    Journal.Reading journals() throws IOException {
        return new Journal.Reading(load, directory, 0, load.workers() * load.threads());
    }

    @FunctionalInterface
    interface Check {
        List<String> violations(Books books);
    }

    /** Reads each tenant in a snapshot, and returns what is wrong in it, and what else the check finds wrong. */
    List<String> violations(Check check) throws SQLException {
        List<String> wrong = new ArrayList<>();
        try (Connection connection = pool.getConnection()) {
            site.database().useSnapshots(connection);
            for (int tenant = 0; tenant < load.tenants(); tenant++) {
                wrong.addAll(violations(connection, tenant, check));
            }
        }
        return wrong;
    }

    /** Reads one tenant on a connection of {@link TestDatabase#useSnapshots}. */
    List<String> violations(Connection connection, int tenant, Check check) throws SQLException {
        Books books = new Books(connection, load, tenant);
        connection.commit();
        List<String> wrong = new ArrayList<>(books.violations());
        wrong.addAll(check.violations(books));
        return wrong;
    }

    /** Compares everything, once no worker runs and nothing is unresolved; settles what is left to settle first. */
    List<String> finalViolations() throws IOException, SQLException {
        settleAll();
        Journal.Reading journals = journals();
        Collection<Slot> slots = journals.slots.values();
        List<String> wrong = new ArrayList<>(journals.violations);
        wrong.addAll(violations(books -> JournalCheck.violations(books, slots)));
        wrong.addAll(violations(books -> JournalCheck.countViolations(books, slots)));
        wrong.addAll(TableCheck.violations(pool));
        return wrong;
    }

    private void settleAll() {
        try (JdbcUsageStore store = JdbcUsageStore.builder(pool).build()) {
            await().atMost(Duration.ofMinutes(1)).until(() -> store.sweep().isIdle());
        }
    }

    /** Takes the counts from the journals, and writes them down. */
    Journal.Reading report(Collection<String> violations, String more) throws IOException {
        Journal.Reading journals = journals();
        proof.operations.add(journals.operations());
        proof.admitted.add(journals.count("RESERVE HELD", "UPLOAD STORED"));
        proof.refused.add(journals.count("RESERVE REFUSED", "refused"));
        proof.busy.add(journals.count("busy"));
        proof.unknown.add(journals.count("unknown"));
        proof.violations.add(violations.size());
        proof.write();
        Proof.say(
                "%s: %s; %d operations, %d violations, %s, seed %d",
                site.database(), more, journals.operations(), violations.size(), journals.counts, load.seed());
        return journals;
    }

    /** Runs something for each worker at once, and waits for all. */
    void forEachWorker(WorkerAction action) throws Exception {
        Crowd.run(load.workers(), action::run);
    }

    @FunctionalInterface
    interface WorkerAction {
        void run(int worker) throws Exception;
    }

    @Override
    public void close() {
        pool.close();
    }
}
