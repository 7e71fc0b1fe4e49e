package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.proof.Slot.Attempt;
import io.github.quotaguard.proof.Slot.Call;
import io.github.quotaguard.proof.Slot.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Does to a small, sound database what must never happen, and expects the checkers of the proofs to report it. */
@Tag("proof")
class PlantedFaultsTest {

    private static final int THREADS = 2;
    private static final int ROUNDS = 20;
    private static final Load LOAD = new Load(Load.Kind.POWERS_OF_TWO, 5, 16, 1, THREADS, 7);

    @TempDir
    Path directory;

    private Site site;
    private Fleet fleet;
    private Node node;

    @BeforeEach
    void work() throws Exception {
        site = Site.of(TestDatabase.H2);
        fleet = new Fleet("planted", site, LOAD, directory);
        node = new Node(fleet.pool(), LOAD, InstantSource.system());
        Worker.Orders orders = new Worker.Orders("", LOAD, directory, 0, 120, 0, Duration.ZERO);
        for (int round = 0; round == 0 || !hasWhatIsFalsified(); round++) {
            assertThat(round).as("rounds of work").isLessThan(ROUNDS);
            Crowd.run(THREADS, thread -> Worker.work(orders, node, thread, new AtomicBoolean()));
        }
        assertThat(fleet.finalViolations()).isEmpty();
    }

    @AfterEach
    void close() {
        node.close();
        fleet.close();
        site.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE quota_usage SET used_bytes = used_bytes + 1 WHERE account = 't0' AND category = ''",
                "UPDATE quota_usage SET used_bytes = used_bytes + 1 WHERE account <> tenant AND category = ''",
                "UPDATE quota_usage SET reserved_bytes = reserved_bytes + 1 WHERE account = 't0' AND category = ''",
                "UPDATE quota_usage SET used_files = used_files + 1 WHERE account = 't0' AND category = ''",
                "UPDATE quota_usage SET reserved_files = reserved_files + 1 WHERE account = 't0' AND category = ''",
                "UPDATE quota_usage SET last_seq = last_seq + 1 WHERE account = 't0' AND category = ''",
                "UPDATE quota_ledger SET bytes = bytes + 1 WHERE tenant = 't0' AND kind = 'COMMIT' AND seq = ("
                        + "SELECT max(seq) FROM quota_ledger WHERE tenant = 't0' AND kind = 'COMMIT')",
                "DELETE FROM quota_ledger WHERE tenant = 't0' AND seq = 1",
                "UPDATE quota_allocation SET state = 'RELEASED' WHERE tenant = 't0' AND state = 'COMMITTED'"
            })
    void shouldSeeABookThatSomebodyElseWroteIn(String fault) throws Exception {
        plant(fault);

        assertThat(snapshots()).isNotEmpty();
        assertThat(TableCheck.violations(fleet.pool())).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO files VALUES ('t0', 'f0', 'stray', 't0/u0', '', 64)",
                "DELETE FROM files WHERE tenant = 't0'",
                "UPDATE files SET bytes = bytes + 1 WHERE tenant = 't0'",
                "UPDATE files SET version = version || '-other' WHERE tenant = 't0'"
            })
    void shouldSeeAFileRowWithoutItsCommit(String fault) throws Exception {
        plant(fault);

        assertThat(snapshots()).isNotEmpty();
    }

    /** Work of two threads ends differently each time, and now and then with no stored file of a tenant. */
    private boolean hasWhatIsFalsified() throws Exception {
        Collection<Slot> quiet = fleet.journals().slots.values().stream()
                .filter(slot -> slot.held() == null)
                .toList();
        return quiet.stream().anyMatch(slot -> slot.tenant == 0 && slot.hasRow && slot.stored() != null)
                && quiet.stream().anyMatch(slot -> slot.hasRow && slot.stored() == null)
                && quiet.stream().anyMatch(slot -> !slot.hasRow && slot.stored() == null);
    }

    private void plant(String fault) throws SQLException {
        try (Connection connection = fleet.pool().getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(fault)).as(fault).isPositive();
        }
    }

    @Test
    void shouldSeeACommitWithoutItsFileRow() throws Exception {
        Slot empty = slot(slot -> slot.hasRow && slot.stored() == null && slot.held() == null);
        try (Connection connection = fleet.pool().getConnection();
                Reservation reservation = reserve(empty)) {
            connection.setAutoCommit(false);
            node.store().in(connection).commit(reservation, empty.bytes);
            connection.commit();
        }

        assertThat(snapshots()).isNotEmpty();
    }

    @Test
    void shouldSeeAGrantAboveTheLimit() throws Exception {
        Ceilings ceilings = new Ceilings(LOAD);
        try (Connection connection = fleet.pool().getConnection()) {
            site.database().useSnapshots(connection);
            assertThat(fleet.violations(connection, 0, ceilings::violations)).isEmpty();
            fill("used_bytes = 1000000");
            assertThat(ceilings.violations(books(connection)))
                    .anyMatch(line -> line.startsWith("t0|:") && line.endsWith("limit 131072"));
            fill("used_bytes = 900000");
            assertThat(ceilings.violations(books(connection)))
                    .as("coming down is no grant")
                    .isEmpty();
        }
    }

    private void fill(String column) {
        TestDatabase.execute(
                fleet.pool(), "UPDATE quota_usage SET " + column + " WHERE account = 't0' AND category = ''");
    }

    private static Books books(Connection connection) throws SQLException {
        Books books = new Books(connection, LOAD, 0);
        connection.commit();
        return books;
    }

    @Test
    void shouldSeeAnAcknowledgedCommitThatIsNotThere() throws Exception {
        Slot empty = slot(slot -> slot.stored() == null && slot.held() == null);
        acknowledge(empty, Call.COMMIT, Attempt.of(empty.nextVersion()), Outcome.STORED);

        assertThat(fleet.finalViolations())
                .anyMatch(line -> line.startsWith(empty.key() + ": acknowledged"))
                .anyMatch(line -> line.startsWith("tenant " + empty.tenant + ": acknowledged files have the bits"));
    }

    @Test
    void shouldSeeAnAcknowledgedDeleteThatIsNotThere() throws Exception {
        Slot full = slot(slot -> slot.stored() != null && slot.held() == null);
        acknowledge(full, Call.DELETE, Attempt.of(String.valueOf(full.stored())), Outcome.DELETED);

        assertThat(fleet.finalViolations()).anyMatch(line -> line.startsWith(full.key() + ": acknowledged"));
    }

    @Test
    void shouldSeeAnAcknowledgedReservationThatIsNotThere() throws Exception {
        Slot empty = slot(slot -> slot.stored() == null && slot.held() == null);
        acknowledge(empty, Call.RESERVE, Attempt.of(empty.nextVersion()), Outcome.HELD);

        assertThat(fleet.finalViolations()).anyMatch(line -> line.startsWith(empty.key() + ": acknowledged is Held"));
    }

    @Test
    void shouldSeeAReservationThatNobodyHolds() throws Exception {
        Slot empty = slot(slot -> slot.stored() == null && slot.held() == null);
        reserve(empty);

        assertThat(fleet.finalViolations()).anyMatch(line -> line.startsWith(empty.key() + ": nothing is held"));
    }

    /** The same file charged in two lives: nothing that is stored tells, only the number of ends does. */
    @Test
    void shouldSeeACommitThatWasDoneTwice() throws Exception {
        Slot rowless = slot(slot -> !slot.hasRow && slot.stored() == null && slot.held() == null);
        reserve(rowless).commit(rowless.bytes);
        node.guard(Node.LONG_MILLIS).delete(rowless.account(), rowless.file());

        assertThat(fleet.finalViolations())
                .anyMatch(line -> line.startsWith("tenant " + rowless.tenant + ": acknowledged"));
    }

    /** What a worker finds wrong in an answer is in its journal, and fails the proof too. */
    @Test
    void shouldSeeWhatAWorkerHasFoundWrong() throws Exception {
        Slot any = slot(slot -> true);
        try (Journal journal = journal(any)) {
            journal.violation(any, "the answer can not be right");
        }

        assertThat(fleet.finalViolations()).anyMatch(line -> line.contains("can not be right"));
    }

    private Reservation reserve(Slot slot) {
        Attempt attempt = new Attempt(slot.nextVersion(), slot.bytes, Slot.REPLACES_NOTHING, Node.LONG_MILLIS);
        return node.guard(Node.LONG_MILLIS).reserve(slot.upload(attempt));
    }

    private Slot slot(Predicate<Slot> wanted) throws Exception {
        return fleet.journals().slots.values().stream()
                .filter(wanted)
                .findFirst()
                .orElseThrow();
    }

    private Journal journal(Slot slot) throws Exception {
        return new Journal(Journal.path(directory, LOAD.owner(slot.tenant, slot.number)));
    }

    private void acknowledge(Slot slot, Call call, Attempt attempt, Outcome outcome) throws Exception {
        try (Journal journal = journal(slot)) {
            journal.begin(slot, call, attempt);
            journal.end(slot, outcome, 1, Long.MAX_VALUE / 2, "", "");
        }
    }

    private List<String> snapshots() throws SQLException {
        return new ArrayList<>(fleet.violations(books -> List.of()));
    }
}
