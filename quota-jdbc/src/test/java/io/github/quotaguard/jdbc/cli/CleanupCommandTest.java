package io.github.quotaguard.jdbc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Upload;
import io.github.quotaguard.jdbc.cli.Operator.Run;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Temporary files past their time, deleted by the program where the application has them. */
class CleanupCommandTest {

    private static final Instant PAST = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path directory;

    private static Upload draft(String account, String file) {
        return Upload.of(account, file, 10_000).retainUntil(PAST);
    }

    private static long count(Operator operator, String sql) throws Exception {
        try (Connection connection = operator.pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @OnEachServer
    void shouldDeleteRowsByTheStatementOfTheInventory(TestDatabase database) throws Exception {
        try (Operator operator = new Operator(database, directory)) {
            operator.createTables();
            operator.image("acme", "draft-1", 10_000);
            operator.image("beta", "draft-1", 10_000);
            operator.image("acme", "kept", 5);
            operator.recorded(draft("acme", "draft-1"));
            operator.recorded(Upload.of("acme", "kept", 5));

            Run dry = operator.run("cleanup", "--dry-run", "--json");
            assertThat(dry.exitCode()).isZero();
            assertThat(dry.json()).containsEntry("dryRun", true).containsEntry("freed", 10_000);
            assertThat(count(operator, "SELECT count(*) FROM images")).isEqualTo(3);

            Run real = operator.look("cleanup", "acme", "--json");
            assertThat(real.exitCode()).isZero();
            assertThat(real.json()).containsEntry("cleaned", 1).containsEntry("freed", 10_000);
            assertThat(count(operator, "SELECT count(*) FROM images WHERE owner = 'acme' AND id = 'draft-1'"))
                    .isZero();
            assertThat(count(operator, "SELECT count(*) FROM images")).isEqualTo(2);
            assertThat(operator.run("quota", "acme", "--json").json()).containsEntry("used", 5);
        }
    }

    @Test
    void shouldDeleteFilesBelowADirectoryAndStopAtTheMost() throws Exception {
        try (Operator operator = new Operator(TestDatabase.H2, directory)) {
            operator.createTables();
            Path files = Files.createDirectories(directory.resolve("files/acme/2026"));
            for (String name : new String[] {"a", "b"}) {
                Files.writeString(files.resolve(name), "x");
                operator.recorded(draft("acme", "2026/" + name));
            }
            String root = directory.resolve("files").toString();

            Run first = operator.run("cleanup", "--files", root, "--max", "1", "--json");
            assertThat(first.json()).containsEntry("cleaned", 1).containsEntry("hasMore", true);
            assertThat(operator.run("cleanup", "--files", root).out()).startsWith("1 files deleted, 10000 bytes");
            assertThat(files).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "../beta/theirs", "link/outside", "folder"})
    void shouldDeleteNothingOutsideTheDirectoryOfATenant(String file) throws Exception {
        try (Operator operator = new Operator(TestDatabase.H2, directory)) {
            operator.createTables();
            Path root = Files.createDirectories(directory.resolve("files"));
            Path acme = Files.createDirectories(root.resolve("acme"));
            Files.createDirectories(acme.resolve("folder"));
            Files.createSymbolicLink(acme.resolve("link"), root);
            Path outside = Files.writeString(root.resolve("outside"), "x");
            Path theirs = Files.writeString(
                    Files.createDirectories(root.resolve("beta")).resolve("theirs"), "x");
            operator.recorded(draft("acme", file));

            Run run = operator.run("cleanup", "--files", root.toString(), "--json");

            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
            assertThat(run.json()).containsEntry("failed", 1).containsEntry("cleaned", 0);
            assertThat(outside).exists();
            assertThat(theirs).exists();
            assertThat(operator.run("quota", "acme", "--json").json()).containsEntry("used", 10_000);
        }
    }

    @Test
    void shouldFreeNothingIfTheTenantHasNoDirectory() throws Exception {
        try (Operator operator = new Operator(TestDatabase.H2, directory)) {
            operator.createTables();
            operator.recorded(draft("acme", "draft-1"));

            Run run = operator.run("cleanup", "--files", directory.toString());

            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
            assertThat(run.out()).contains("has no directory of its tenant");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM images WHERE id = :file",
                "DELETE FROM images WHERE owner = :account",
                "DELETE FROM images WHERE owner = :account AND id IN (:files)"
            })
    void shouldRefuseAStatementThatDeletesMoreThanAFile(String statement) {
        try (Operator operator = new Operator(TestDatabase.H2, directory)) {
            operator.createTables();
            Operator.write(operator.inventory, "images.delete = " + statement);

            assertThat(operator.look("cleanup").exitCode()).isEqualTo(ExitCode.USAGE);
        }
    }
}
