package io.github.quotaguard.jdbc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.proof.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import org.awaitility.Awaitility;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packed program, in a process of its own on a database in a file. */
class QuotaCliJarIT {

    private static final Path JAR = Path.of(System.getProperty("quotaguard.cli"));
    private static final long MOST_SECONDS = 120;

    @TempDir
    private Path directory;

    private Path inventory;
    private String url;

    /** What a process has said, and its exit code. */
    private record Ended(int exitCode, String out, String err) {}

    /** A process under way, which says it to files. */
    private record Started(Process process, Path out, Path err) {

        Ended await() throws IOException, InterruptedException {
            try {
                assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
            } finally {
                process.destroyForcibly();
            }
            return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        }
    }

    @BeforeEach
    void describeTheFiles() {
        url = "jdbc:h2:" + directory.resolve("app");
        inventory = Operator.write(directory.resolve("inventory.properties"), Operator.INVENTORY);
    }

    private Started start(String... args) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", JAR.toString()));
        command.addAll(List.of(args));
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("QUOTA_URL", url);
        return new Started(builder.start(), out, err);
    }

    private Ended run(String... args) throws Exception {
        Ended ended = start(args).await();
        assertThat(ended.err()).isEmpty();
        return ended;
    }

    private Ended look(String... args) throws Exception {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--inventory", inventory.toString()));
        return run(all.toArray(String[]::new));
    }

    private JdbcDataSource database() {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL(url);
        return database;
    }

    private void images(String... rows) {
        TestDatabase.execute(
                database(),
                "CREATE TABLE images (id VARCHAR(255), owner VARCHAR(255), size BIGINT,"
                        + " created_at TIMESTAMP DEFAULT TIMESTAMP '2026-01-01 00:00:00')");
        for (String row : rows) {
            TestDatabase.execute(database(), "INSERT INTO images (id, owner, size) VALUES " + row);
        }
    }

    @Test
    void shouldFindAndRepairAnImageThatIsNotRecorded() throws Exception {
        images("('photo-1', 'testuser2', 438407)");
        assertThat(run("schema").exitCode()).isZero();

        Ended found = look("diagnose", "testuser2");
        assertThat(found.exitCode()).isEqualTo(1);
        assertThat(found.out()).contains("recorded 0, actual 438407, difference 438407");

        assertThat(look("repair", "testuser2").exitCode()).isZero();
        assertThat(look("diagnose", "testuser2").exitCode()).isZero();
        assertThat(run("quota", "testuser2", "--default-bytes", "10485760").out())
                .contains("438407 (4.18%) of 10485760, 10047353 available")
                .contains("428.1 KiB");
    }

    @Test
    void shouldCountWhateverThereIs() throws Exception {
        images("('a', 'acme', 1000)", "('b', 'acme', 234)", "('c', 'beta', 5)");
        assertThat(run("schema").exitCode()).isZero();

        assertThat(look("repair", "acme").out()).contains("recorded 0, actual 1234, difference 1234");
        assertThat(run("quota", "acme", "--default-bytes", "5000").out())
                .contains("1234 (24.68%) of 5000, 3766 available");
    }

    @Test
    void shouldStopBetweenTwoAccountsWhenItIsTerminated() throws Exception {
        Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        try {
            url = "jdbc:h2:tcp://localhost:%d/%s".formatted(server.getPort(), directory.resolve("app"));
            images("('a', 'acme', 1000)", "('c', 'beta', 5)");
            assertThat(run("schema").exitCode()).isZero();

            Started repair = start(
                    "repair", "--all", "--accounts-per-second", "0.001", "--json", "--inventory", inventory.toString());
            Awaitility.await().atMost(Duration.ofSeconds(MOST_SECONDS)).until(() -> repaired() == 1);
            repair.process().destroy();

            Ended ended = repair.await();
            assertThat(ended.exitCode()).isEqualTo(143);
            assertThat(ended.err()).isEmpty();
            assertThat(ended.out()).contains("\"cancelled\" : true", "\"repaired\" : 1");
            assertThat(repaired()).isEqualTo(1);
            assertThat(look("repair", "--all").exitCode()).isZero();
            assertThat(repaired()).isEqualTo(2);
        } finally {
            server.stop();
        }
    }

    private long repaired() throws Exception {
        try (var connection = database().getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT count(*) FROM quota_ledger WHERE seq IS NOT NULL")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Test
    void shouldHoldAllItNeedsAndNothingThatMisleads() throws Exception {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(jar.stream().map(Object::toString))
                    .noneMatch(name -> name.endsWith("module-info.class"))
                    .noneMatch(name -> name.startsWith("META-INF/") && name.endsWith(".SF"))
                    .doesNotHaveDuplicates();
            String drivers = new String(
                    jar.getInputStream(jar.getEntry("META-INF/services/java.sql.Driver"))
                            .readAllBytes(),
                    StandardCharsets.UTF_8);
            assertThat(drivers).contains("org.h2.Driver", "org.postgresql.Driver", "org.mariadb.jdbc.Driver");
        }
        assertThat(JAR.resolveSibling("dependency-reduced-pom.xml")).doesNotExist();
        assertThat(JAR.getParent().resolveSibling("dependency-reduced-pom.xml")).doesNotExist();
    }
}
