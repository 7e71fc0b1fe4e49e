package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * The database is killed again and again under load, and comes back on the same files; the clients go on by themselves.
 * What was acknowledged is there, once.
 */
@Tag("proof")
class DatabaseKilledTest {

    private static final int THREADS = 4;

    /**
     * The pool does not learn from H2's errors that a connection is broken, and tests none that was in use half a second
     * ago; a client that calls again at once would get the broken ones for ever.
     */
    private static final String TEST_EACH_CONNECTION = "-Dcom.zaxxer.hikari.aliveBypassWindowMs=-1";

    @TempDir
    Path directory;

    @OnEachServer
    void shouldLoseAndDoubleNothingWhenTheDatabaseIsKilled(TestDatabase database) throws Exception {
        int kills = Scale.of("databaseKills", 2, 100);
        Load load = new Load(Load.Kind.POWERS_OF_TWO, 5, 56, 1, THREADS, Scale.seed());
        Random random = new Random(load.seed());
        List<String> violations = new ArrayList<>();
        try (KillableServer server = KillableServer.of(database, directory);
                Fleet fleet = new Fleet("4", Site.at(database, server.url()), load, directory)) {
            try (JvmProcess worker = fleet.start(0, Fleet.UNTIL_STOPPED, 0, Duration.ZERO, TEST_EACH_CONNECTION)) {
                for (int kill = 0; kill < kills; kill++) {
                    long before = fleet.written(0);
                    fleet.awaitWritten(0, worker, before + 10_000 + random.nextInt(30_000));
                    fleet.pool().getHikariPoolMXBean().softEvictConnections();
                    server.kill();
                    server.start();
                    violations.addAll(fleet.violations(books -> List.of()));
                }
                fleet.awaitWritten(0, worker, fleet.written(0) + 10_000);
                worker.stop();
            }
            violations.addAll(fleet.finalViolations());
            Journal.Reading journals = fleet.report(violations, kills + " kills of the database");
            assertThat(violations).as("seed %d", load.seed()).isEmpty();
            assertThat(journals.count("unknown")).as("calls cut off").isPositive();
        }
    }
}
