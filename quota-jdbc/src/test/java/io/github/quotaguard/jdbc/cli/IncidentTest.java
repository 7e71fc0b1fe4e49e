package io.github.quotaguard.jdbc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.jdbc.cli.Operator.Run;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.io.TempDir;

/** A user has an image, and is told that nothing is used: from the complaint to the repair, on each database. */
class IncidentTest {

    @TempDir
    private Path directory;

    @OnEachServer
    void shouldFindAndRepairWhatIsNotRecorded(TestDatabase database) {
        try (Operator operator = new Operator(database, directory)) {
            operator.createTables();
            operator.image("testuser2", "photo-1", 438_407);

            Run found = operator.look("diagnose", "testuser2");
            assertThat(found.exitCode()).isEqualTo(ExitCode.DRIFT);
            assertThat(found.out()).startsWith("testuser2: recorded 0, actual 438407, difference 438407: drift");

            assertThat(operator.look("repair", "testuser2", "--actor", "ops:kim", "--reason", "incident 7")
                            .exitCode())
                    .isZero();
            assertThat(operator.look("diagnose", "testuser2").exitCode()).isZero();
            assertThat(operator.run("quota", "testuser2", "--default-bytes", "10MiB")
                            .out())
                    .startsWith("testuser2: 438407 (4.18%) of 10485760, 10047353 available");
            assertThat(operator.run("verify").exitCode()).isZero();

            List<?> entries = (List<?>)
                    operator.run("ledger", "testuser2", "--json").json().get("entries");
            assertThat(entries)
                    .singleElement()
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsAllEntriesOf(Map.of(
                            "kind", "ADOPT",
                            "file", "photo-1",
                            "bytes", 438_407,
                            "actor", "ops:kim",
                            "reason", "0 -> 438407 bytes: incident 7"));
        }
    }
}
