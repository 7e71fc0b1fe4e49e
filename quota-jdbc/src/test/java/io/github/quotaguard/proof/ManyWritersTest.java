package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.proof.Slot.Attempt;
import io.github.quotaguard.proof.Slot.Call;
import io.github.quotaguard.proof.Slot.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several processes of several threads do everything that can be done, to tenants that begin at 95 to 105 % of their
 * limit and stay there, since less than half of what they would store fits. In every snapshot what is used equals the
 * sum of the application's file rows, and nothing is granted above a limit.
 */
@Tag("proof")
class ManyWritersTest {

    private static final int WORKERS = 2;
    private static final int THREADS = 4;
    private static final int TENANTS = 20;

    private static final Map<String, Integer> LEVELS = new TreeMap<>(Map.of(
            "READ COMMITTED", Connection.TRANSACTION_READ_COMMITTED,
            "REPEATABLE READ", Connection.TRANSACTION_REPEATABLE_READ,
            "SERIALIZABLE", Connection.TRANSACTION_SERIALIZABLE));

    @TempDir
    Path directory;

    @OnEachServer
    void shouldUseWhatTheFileRowsAddUpToNearTheLimit(TestDatabase database) throws Exception {
        Load load = new Load(Load.Kind.NEAR_THE_LIMIT, TENANTS, 64, WORKERS, THREADS, Scale.seed());
        int operations = Scale.of("operations", 1_200, 1_000_000) / (LEVELS.size() * WORKERS * THREADS);
        List<String> violations = new ArrayList<>();
        Map<String, Integer> snapshots = new TreeMap<>();
        try (Site site = Site.of(database);
                Fleet fleet = new Fleet("1", site, load, directory)) {
            fill(fleet);
            for (Map.Entry<String, Integer> level : LEVELS.entrySet()) {
                try (Sampler sampler = new Sampler(fleet)) {
                    fleet.forEachWorker(worker -> {
                        try (JvmProcess process = fleet.start(worker, operations, level.getValue(), Duration.ZERO)) {
                            process.await();
                        }
                    });
                    violations.addAll(sampler.stop());
                    snapshots.put(level.getKey(), sampler.samples());
                }
            }
            violations.addAll(fleet.finalViolations());
            Journal.Reading journals = fleet.report(violations, "snapshots by level " + snapshots);
            reportSnapshots(fleet, snapshots);
            assertThat(violations).as("seed %d", load.seed()).isEmpty();
            assertThat(journals.count("RESERVE REFUSED")).as("refusals").isPositive();
            assertThat(journals.count(Calls.STREAMED)).as("streamed uploads").isPositive();
            assertThat(snapshots.values())
                    .allSatisfy(samples -> assertThat(samples).isPositive());
        }
    }

    /** Invariant 15 has a row of its own in the table: one line per level, whose operations are the snapshots. */
    private static void reportSnapshots(Fleet fleet, Map<String, Integer> snapshots) {
        snapshots.forEach((level, samples) -> {
            Proof proof =
                    new Proof("15 " + level, fleet.database(), fleet.load().seed());
            proof.operations.add(samples);
            proof.write();
        });
    }

    /**
     * Stores files until each tenant is where it is to begin, some above their limit, and writes that into the journals.
     */
    private static void fill(Fleet fleet) throws Exception {
        Load load = fleet.load();
        try (Node node = new Node(fleet.pool(), load, InstantSource.system())) {
            long[] stored = new long[load.tenants()];
            for (Slot slot : load.all()) {
                long wanted = load.limit(slot.tenant) * (95 * (TENANTS - 1) + 10 * slot.tenant) / (100 * (TENANTS - 1));
                if (stored[slot.tenant] + slot.bytes <= wanted) {
                    stored[slot.tenant] += slot.bytes;
                    store(fleet, node, slot);
                }
            }
        }
    }

    private static void store(Fleet fleet, Node node, Slot slot) throws Exception {
        Attempt attempt = Attempt.of(slot.nextVersion());
        int owner = fleet.load().owner(slot.tenant, slot.number);
        try (Journal journal = new Journal(Journal.path(fleet.directory(), owner));
                Reservation reservation = node.guard(Node.LONG_MILLIS)
                        .reserve(slot.upload(attempt).forced("stands before the run"));
                Connection connection = fleet.pool().getConnection()) {
            journal.begin(slot, Call.COMMIT, attempt);
            connection.setAutoCommit(false);
            if (slot.hasRow) {
                FileRowCalls.insertRow(connection, slot, attempt);
            }
            node.store().in(connection).commit(reservation, slot.bytes);
            connection.commit();
            journal.end(slot, Outcome.STORED, "");
        }
    }
}
