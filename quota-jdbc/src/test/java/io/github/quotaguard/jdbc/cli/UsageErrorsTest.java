package io.github.quotaguard.jdbc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.jdbc.cli.Operator.Run;
import io.github.quotaguard.proof.TestDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What the program says when it is called wrongly, or can not do what it is asked. */
class UsageErrorsTest {

    @TempDir
    private Path directory;

    private Operator operator;

    @BeforeEach
    void open() {
        operator = new Operator(TestDatabase.H2, directory);
        operator.createTables();
    }

    @AfterEach
    void close() {
        operator.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    diagnose                                       | which account?
                    diagnose acme --all --files .                  | exclude each other
                    diagnose acme                                  | where are the files?
                    diagnose acme --files no-such-directory        | no such directory
                    diagnose acme --files . --inventory x          | exclude each other
                    diagnose acme --inventory no-such-file         | can not be read
                    diagnose a//b --files .                        | allowed are 1 to 128
                    diagnose acme --files . --rest 1h              | are for --all
                    diagnose acme --files . --batch-size 0         | allowed are 1 to
                    diagnose acme --files . --batch-size many      | is not an int
                    diagnose --all --files . --accounts-per-second 0 | more than 0
                    repair acme --files . --settling soon          | such as 90s, 30m, 20h or 7d
                    repair acme --files . --reason ""              | has 0 characters
                    verify acme --all                              | exclude each other
                    quota                                          | ACCOUNT
                    quota acme --default-bytes -1                  | such as 10485760 or 10MiB
                    quota acme --default-bytes 99999999999GiB      | is more than
                    quota acme --default-bytes 1 --default-plan x  | exclude each other
                    ledger acme --size 0                           | allowed are 1 to 1000
                    ledger acme --from yesterday                   | write a day, such as
                    ledger acme --after nonsense                   | not a cursor
                    history acme --step year                       | HOUR, DAY, MONTH
                    history acme --zone Nowhere                    | write UTC
                    history acme --from 2026-02-01 --to 2026-01-01 | from
                    cleanup                                        | has to delete the files before it frees their room
                    cleanup --dry-run --max 0                      | allowed are 1 to 1000000
                    plan                                           | Missing required subcommand
                    plan define team --bytes 1                     | --actor
                    plan define team --actor a --reason r          | Name a limit
                    plan define team --bytes 1 --soft-bytes 2 --actor a --reason r | above --bytes
                    plan define team --bytes 1 --grace 7d --actor a --reason r     | name both
                    plan assign acme team --actor a --reason r     | team
                    plan override acme --actor a --reason r        | or --none alone
                    schema --url jdbc:oracle:thin:@db              | has to begin with jdbc:h2:
                    schema --table-prefix x;y                      | letters, digits
                    schema --ask-password                          | needs a terminal
                    schema --password-file no-such-file            | can not be read
                    nonsense                                       | nonsense
                    --nonsense                                     | --nonsense
                    """)
    void shouldTellInOneLineWhatWasWrong(String args, String told) {
        Run run = operator.run(split(args));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("quota: ")
                .contains(told)
                .doesNotContain("Exception: ");
    }

    private static String[] split(String args) {
        List<String> parts = new ArrayList<>();
        for (String part : args.strip().split(" +", -1)) {
            parts.add(part.equals("\"\"") ? "" : part);
        }
        return parts.toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    images.list = SELECT 1                                          | but not images.find
                    images.search = SELECT 1                                        | allowed are tenants
                    tenants = SELECT 1                                              | names no table
                    a.list = SELECT :x\\na.find = SELECT :files                     | has the parameter :x
                    """)
    void shouldTellWhatIsWrongWithAnInventory(String text, String told) {
        Operator.write(operator.inventory, text.replace("\\n", "\n"));

        Run run = operator.look("diagnose", "acme");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("inventory.properties", told);
    }

    @Test
    void shouldAskWhichDatabase() {
        operator.environment.clear();

        assertThat(operator.run("verify").err()).contains("--url or QUOTA_URL");
    }

    @Test
    void shouldFailWithoutATraceUnlessItIsAskedFor() {
        operator.execute("DROP TABLE images");

        Run run = operator.look("diagnose", "acme");
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSize(1);
        assertThat(operator.look("diagnose", "acme", "--stacktrace").err()).contains("\tat io.github.quotaguard");
    }

    @Test
    void shouldSayHowTablesThatAreNotThereAreMade() {
        Run run = operator.run("verify", "--table-prefix", "other_");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.err()).contains("\"quota schema\" creates them", "--table-prefix");
    }

    @Test
    void shouldNotMakeADatabaseOfANameThatWasMistyped() {
        Path mistyped = directory.resolve("mistyped");

        Run run = operator.run("verify", "--url", "jdbc:h2:" + mistyped);

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.err()).contains("the database can not be opened");
        assertThat(directory.resolve("mistyped.mv.db")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "diagnose",
                "repair",
                "verify",
                "quota",
                "ledger",
                "history",
                "cleanup",
                "plan",
                "plan list",
                "plan show",
                "plan account",
                "plan define",
                "plan remove",
                "plan assign",
                "plan unassign",
                "plan override",
                "schema"
            })
    void shouldExplainEachOptionWithAnExample(String command) {
        Run run = operator.run(split((command + " --help").strip()));

        assertThat(run.exitCode()).isZero();
        assertThat(run.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(run.out()).contains("--url", "--json");

        CommandLine line = Main.line(new QuotaCommand(operator.terminal(), new Secrets()));
        for (String name : command.isEmpty() ? new String[0] : split(command)) {
            line = line.getSubcommands().get(name);
        }
        CommandSpec spec = line.getCommandSpec();
        assertThat(spec.options())
                .filteredOn(option -> !option.usageHelp() && !option.versionHelp())
                .allSatisfy(option -> assertThat(String.join(" ", option.description()))
                        .as(option.longestName())
                        .contains("Example: "));
    }

    @Test
    void shouldTellItsVersion() {
        assertThat(operator.run("--version").out()).startsWith("quota ");
    }
}
