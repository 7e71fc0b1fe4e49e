package io.github.quotaguard.jdbc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.jdbc.cli.Operator.Run;
import io.github.quotaguard.proof.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The password opens the database, and is shown nowhere. */
class SecretsTest {

    private static final String SECRET = "hunter 22;&x";

    @TempDir
    private Path directory;

    private Operator operator;

    @BeforeEach
    void open() {
        operator = new Operator(TestDatabase.H2, directory);
        operator.createTables();
        operator.execute("CREATE USER kim PASSWORD '" + SECRET + "' ADMIN");
        operator.environment.put("QUOTA_USER", "kim");
    }

    @AfterEach
    void close() {
        operator.close();
    }

    @Test
    void shouldTakeThePasswordFromTheEnvironment() {
        assertThat(operator.run("verify").exitCode()).isEqualTo(ExitCode.FAILURE);

        operator.environment.put("QUOTA_PASSWORD", SECRET);

        assertThat(operator.run("verify").exitCode()).isZero();
        assertThat(operator.run("verify", "--user", "lee").exitCode()).isEqualTo(ExitCode.FAILURE);
    }

    @Test
    void shouldTakeThePasswordFromAFile() {
        operator.environment.put("QUOTA_PASSWORD", "another");
        Path file = Operator.write(directory.resolve("secret"), SECRET + "\n");

        assertThat(operator.run("verify", "--password-file", file.toString()).exitCode())
                .isZero();
    }

    @Test
    void shouldAskForThePassword() {
        operator.prompt = text -> SECRET.toCharArray();

        assertThat(operator.run("verify", "--ask-password").exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--password=s3cr3t-word", "--password s3cr3t-word"})
    void shouldRefuseAPasswordThatIsAnArgumentWithoutRepeatingIt(String args) {
        String[] all = ("verify " + args).split(" ", -1);

        Run run = operator.run(all);

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("QUOTA_PASSWORD", "--password-file").doesNotContain("s3cr3t");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:h2:mem:none;USER=kim;PASSWORD=s3cr3t&word",
                "jdbc:postgresql://localhost:1/app?user=kim&password=s3cr3t;word",
                "jdbc:mariadb://localhost:1/app?password=s3cr3t;word&user=kim",
                "jdbc:mariadb://kim:s3cr3t;word@localhost:1/app",
                "jdbc:postgresql://localhost:port/app?sslpassword=s3cr3t;word",
                "jdbc:oracle:thin?password=s3cr3t;word"
            })
    void shouldMaskThePasswordOfAUrl(String url) {
        for (List<String> more : List.of(List.<String>of(), List.of("--stacktrace"), List.of("--nonsense"))) {
            String[] args = new String[3 + more.size()];
            args[0] = "verify";
            args[1] = "--url";
            args[2] = url;
            for (int i = 0; i < more.size(); i++) {
                args[3 + i] = more.get(i);
            }
            Run run = operator.run(args);

            assertThat(run.exitCode()).isGreaterThanOrEqualTo(ExitCode.USAGE);
            assertThat(run.err())
                    .doesNotContain("s3cr3t")
                    .doesNotContain("word@")
                    .doesNotContain(";word");
        }
    }

    @Test
    void shouldMaskWhateverRepeatsAPassword() {
        Secrets secrets = new Secrets();
        secrets.add("s3cr3t");
        secrets.addThoseOf("jdbc:postgresql://db/app?password=a;b&user=kim");

        assertThat(secrets.mask("no s3cr3t, no a;b, ...?password=other&user=kim"))
                .isEqualTo("no ***, no ***, ...?password=***&user=kim");
    }
}
