package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.ReservationEndedException;
import io.github.quotaguard.Upload;
import io.github.quotaguard.store.AllocationState;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes whose clocks are two hours off either way, and in other time zones too, share one database. Deadlines are set
 * and judged by its clock alone: nothing expires early, nothing is kept late.
 */
@Tag("proof")
class LyingClocksTest {

    private static final List<Duration> OFFSETS = List.of(Duration.ofHours(-2), Duration.ZERO, Duration.ofHours(2));
    private static final List<String> ZONES = List.of("GMT+2", "UTC", "GMT-2");

    /** Lives whose deadline is not their time to live after their birth or renewal, by the database's clock. */
    private static final String WRONG_DEADLINES = """
            SELECT a.tenant, a.file, a.version, a.born_at, a.deadline, a.since FROM quota_allocation a
            WHERE a.deadline < a.born_at OR a.deadline > CURRENT_TIMESTAMP(6) + INTERVAL '60' SECOND
                OR a.born_at > CURRENT_TIMESTAMP(6) OR a.since > CURRENT_TIMESTAMP(6)""";

    private static final String EARLY = """
            SELECT a.tenant, a.file, a.version, a.deadline, e.recorded_at FROM quota_ledger e
            JOIN quota_allocation a ON a.tenant = e.tenant AND a.file = e.file AND a.version = e.version
                AND a.generation = e.generation
            WHERE e.kind = 'EXPIRE' AND e.recorded_at < a.deadline""";

    private static final String LATE = """
            SELECT a.tenant, a.file, a.version, a.deadline FROM quota_allocation a
            WHERE a.state = 'RESERVED' AND a.deadline < CURRENT_TIMESTAMP(6)""";

    private static final String CHARGED_BY_EXPIRY =
            "SELECT * FROM quota_ledger WHERE kind = 'EXPIRE' AND (bytes <> 0 OR files <> 0)";

    @TempDir
    Path directory;

    @OnEachServer
    void shouldExpireByTheClockOfTheDatabaseAlone(TestDatabase database) throws Exception {
        int operations = Scale.of("clockOperations", 700, 100_000) / (OFFSETS.size() * 2);
        Load load = new Load(Load.Kind.POWERS_OF_TWO, 5, 56, OFFSETS.size(), 2, Scale.seed());
        try (Site site = Site.of(database);
                Fleet fleet = new Fleet("10", site, load, directory)) {
            fleet.forEachWorker(worker -> {
                try (JvmProcess process = fleet.start(
                        worker, operations, 0, OFFSETS.get(worker), "-Duser.timezone=" + ZONES.get(worker))) {
                    process.await();
                }
            });
            List<String> violations = new ArrayList<>(fleet.finalViolations());
            violations.addAll(clockViolations(fleet));
            Journal.Reading journals = fleet.report(violations, "clocks " + OFFSETS + ", zones " + ZONES);
            assertThat(violations).as("seed %d", load.seed()).isEmpty();
            assertThat(journals.count("expired"))
                    .as("commits after the deadline")
                    .isPositive();
            assertThat(rows(fleet, "SELECT 1 AS one FROM quota_ledger WHERE kind = 'EXPIRE'"))
                    .isNotEmpty();
        }
    }

    /** What is due has been expired by the sweep at the end, so that nothing overdue may stand. */
    private static List<String> clockViolations(Fleet fleet) throws SQLException {
        List<String> violations = new ArrayList<>();
        for (String wrong : List.of(WRONG_DEADLINES, EARLY, CHARGED_BY_EXPIRY)) {
            violations.addAll(rows(fleet, wrong));
        }
        // What has come due since then is swept by a node whose clock is the furthest behind.
        try (Node node = new Node(fleet.pool(), fleet.load(), clock(-2))) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() ->
                            node.store().sweep().isIdle() && rows(fleet, LATE).isEmpty());
        } catch (ConditionTimeoutException e) {
            violations.addAll(rows(fleet, LATE));
        }
        return violations;
    }

    private static List<String> rows(Fleet fleet, String sql) throws SQLException {
        try (Connection connection = fleet.pool().getConnection();
                Statement statement = connection.createStatement()) {
            if (TestDatabase.of(connection).isMariaDb()) {
                // Its columns are in UTC, its CURRENT_TIMESTAMP(6) is in the time zone of the session.
                statement.execute("SET time_zone = '+00:00'");
            }
            return TableCheck.rows(connection, sql);
        }
    }

    private static InstantSource clock(int hours) {
        return InstantSource.offset(InstantSource.system(), Duration.ofHours(hours));
    }

    @OnEachServer
    void shouldTakeWhatAnotherNodeHasReservedForWhatItIs(TestDatabase database) throws Exception {
        Load load = new Load(Load.Kind.POWERS_OF_TWO, 1, 8, 1, 1, 0);
        try (Site site = Site.of(database);
                Fleet fleet = new Fleet("10", site, load, directory);
                Node fast = new Node(fleet.pool(), load, clock(2));
                Node slow = new Node(fleet.pool(), load, clock(-2))) {
            String held = fast.guard(Node.LONG_MILLIS)
                    .reserve(Upload.of("t0", "held", 4))
                    .detach();
            String due = slow.guard(Node.SHORT_MILLIS)
                    .reserve(Upload.of("t0", "due", 8))
                    .detach();

            await().until(() -> fast.guard(Node.LONG_MILLIS)
                    .find("t0", "due")
                    .orElseThrow()
                    .state()
                    .equals(AllocationState.EXPIRED));

            Reservation expired = slow.guard(Node.LONG_MILLIS).resume(due);
            assertThatThrownBy(expired::commit).isInstanceOf(ReservationEndedException.class);
            slow.guard(Node.LONG_MILLIS).resume(held).commit();
            assertThat(fast.quotas().storageQuota("t0").usedQuota()).isEqualTo(4);
            assertThat(fast.quotas().storageQuota("t0").reservedQuota()).isZero();
        }
    }

    @Test
    void shouldSeeADeadlineOfAnotherClock() throws Exception {
        Load load = new Load(Load.Kind.POWERS_OF_TWO, 1, 8, 1, 1, 0);
        try (Site site = Site.of(TestDatabase.H2);
                Fleet fleet = new Fleet("10", site, load, directory);
                Node node = new Node(fleet.pool(), load, InstantSource.system())) {
            node.guard(Node.LONG_MILLIS).reserve(Upload.of("t0", "early", 4)).release();
            node.guard(Node.LONG_MILLIS).reserve(Upload.of("t0", "far", 8));
            assertThat(clockViolations(fleet)).isEmpty();

            TestDatabase.execute(fleet.pool(), "UPDATE quota_ledger SET kind = 'EXPIRE'");
            TestDatabase.execute(fleet.pool(), "UPDATE quota_allocation SET deadline = DATEADD('HOUR', 2, deadline)");

            assertThat(clockViolations(fleet))
                    .anyMatch(line -> line.contains("early") && line.contains("RECORDED_AT"))
                    .anyMatch(line -> line.contains("far"));
        }
    }
}
