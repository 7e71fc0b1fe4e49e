package io.github.quotaguard.jdbc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Upload;
import io.github.quotaguard.jdbc.cli.Operator.Run;
import io.github.quotaguard.proof.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each command answers, for people and as JSON, and with which exit code. */
class CommandsTest {

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

    private static List<Map<String, Object>> rows(Run run, String name) {
        @SuppressWarnings("unchecked")
        List<Map<String, Object>> rows = (List<Map<String, Object>>) run.json().get(name);
        return rows;
    }

    private long used(String account) {
        return ((Number) operator.run("quota", account, "--json").json().get("used")).longValue();
    }

    @Test
    void shouldDiagnoseOneAccount() {
        operator.image("acme", "photo-1", 5_000);
        operator.image("acme", "photo-2", 70);

        Run run = operator.look("diagnose", "acme", "--json");

        assertThat(run.exitCode()).isEqualTo(ExitCode.DRIFT);
        assertThat(run.json())
                .containsEntry("recorded", 0)
                .containsEntry("actual", 5_070)
                .containsEntry("difference", 5_070)
                .containsEntry("consistent", false);
        assertThat(rows(run, "drift"))
                .singleElement()
                .satisfies(kind ->
                        assertThat(kind).containsEntry("kind", "NOT_RECORDED").containsEntry("files", 2));
        assertThat(used("acme")).isZero();
    }

    @Test
    void shouldDiagnoseAllAccountsAndNameThoseThatDiffer() {
        operator.image("acme", "photo-1", 5_000);
        operator.image("beta", "photo-1", 3);
        operator.recorded(Upload.of("beta", "photo-1", 3).category("image"));

        Run run = operator.look("diagnose", "--all", "--json");

        assertThat(run.exitCode()).isEqualTo(ExitCode.DRIFT);
        assertThat(run.json()).containsEntry("accounts", 2).containsEntry("consistent", 1);
        assertThat(rows(run, "differing")).extracting(row -> row.get("account")).containsExactly("acme");
        assertThat(operator.look("diagnose", "--all", "--start-after", "acme").out())
                .startsWith("2 accounts: 1 consistent, 1 drifted");
    }

    @Test
    void shouldChangeNothingInADryRun() {
        operator.image("acme", "photo-1", 5_000);

        Run run = operator.look("repair", "acme", "--dry-run", "--json");

        assertThat(run.exitCode()).isEqualTo(ExitCode.DRIFT);
        assertThat(run.json()).containsEntry("outcome", "DRY_RUN").containsEntry("consistent", false);
        assertThat(operator.look("repair", "--all", "--dry-run").exitCode()).isEqualTo(ExitCode.DRIFT);
        assertThat(used("acme")).isZero();
    }

    @Test
    void shouldBrakeUnlessForced() {
        operator.recorded(Upload.of("acme", "photo-1", 5_000).category("image"));

        Run braked = operator.look("repair", "acme");
        assertThat(braked.exitCode()).isEqualTo(ExitCode.DRIFT);
        assertThat(braked.out()).contains("nothing was changed, since so much is gone", "--force");
        assertThat(used("acme")).isEqualTo(5_000);

        assertThat(operator.look("repair", "acme", "--force").exitCode()).isZero();
        assertThat(used("acme")).isZero();
    }

    @Test
    void shouldRepairAllAccounts() {
        operator.image("acme", "photo-1", 5_000);
        operator.image("beta", "photo-1", 3);

        Run run = operator.look("repair", "--all", "--batch-size", "1", "--json");

        assertThat(run.exitCode()).isZero();
        assertThat(run.json()).containsEntry("repaired", 2).containsEntry("failed", 0);
        assertThat(used("acme")).isEqualTo(5_000);
        assertThat(operator.look("repair", "--all", "--rest", "1h", "--json").json())
                .containsEntry("skipped", 2);
    }

    @Test
    void shouldStopBetweenTwoBatchesWhenItIsCancelled() {
        operator.image("acme", "photo-1", 5_000);
        operator.image("beta", "photo-1", 3);
        AtomicInteger asked = new AtomicInteger();
        operator.cancelled = () -> asked.incrementAndGet() > 1;

        Run all = operator.look("repair", "--all", "--json");
        assertThat(all.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(all.json()).containsEntry("cancelled", true);

        Run one = operator.look("repair", "acme");
        assertThat(one.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(one.err()).startsWith("quota: cancelled");
        assertThat(used("acme")).isZero();
    }

    @Test
    void shouldTellOfAnAccountThatFailsAndGoOnWithTheOthers() {
        operator.image("acme", "photo-1", -1);
        operator.image("beta", "photo-1", 3);

        Run run = operator.look("repair", "--all", "--json");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.json()).containsEntry("repaired", 1).containsEntry("failed", 1);
        assertThat(rows(run, "failures"))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("account", "acme")
                        .hasEntrySatisfying(
                                "failure", why -> assertThat(why).asString().contains("has -1 bytes")));
    }

    @Test
    void shouldListFilesOfADirectory() throws Exception {
        Path files = Files.createDirectories(directory.resolve("files/acme"));
        Files.writeString(files.resolve("a.txt"), "12345");
        assertThat(operator.run("repair", "acme", "--files", files.getParent().toString(), "--settling", "0s")
                        .exitCode())
                .isZero();
        assertThat(used("acme")).isEqualTo(5);
    }

    @Test
    void shouldVerifyTheRecords() {
        operator.recorded(Upload.of("acme", "photo-1", 5_000));
        assertThat(operator.run("verify", "acme").exitCode()).isZero();

        operator.execute("UPDATE quota_usage SET used_bytes = 4999");

        Run run = operator.run("verify", "--json");
        assertThat(run.exitCode()).isEqualTo(ExitCode.DRIFT);
        assertThat(rows(run, "violations"))
                .extracting(row -> row.get("rule"))
                .contains("USED_IS_SUM_OF_LIVES", "USED_IS_SUM_OF_ENTRIES");
        assertThat(operator.run("verify", "acme").out()).contains("used are 4999 bytes");
    }

    @Test
    void shouldTellTheQuotaOfAnAccountWithoutPlan() {
        operator.recorded(Upload.of("acme/user-7", "photo-1", 750).category("image"));

        Run run = operator.run("quota", "acme/user-7", "--default-bytes", "1000", "--json");

        assertThat(run.exitCode()).isZero();
        assertThat(run.json())
                .containsEntry("used", 750)
                .containsEntry("percentage", 75.0)
                .containsEntry("limit", 1_000)
                .containsEntry("available", 250)
                .containsEntry("graceEndsAt", null);
        assertThat(rows(run, "categories")).containsExactly(Map.of("category", "image", "used", 750));
        assertThat(operator.run("quota", "acme").out()).startsWith("acme: 750, unlimited");
    }

    @Test
    void shouldListTheLedgerPageByPage() {
        operator.recorded(Upload.of("acme", "photo-1", 5_000));
        operator.recorded(Upload.of("acme", "photo-2", 70));

        Run first = operator.run("ledger", "acme", "--size", "1", "--json");
        assertThat(rows(first, "entries")).extracting(row -> row.get("balance")).containsExactly(5_070);
        Run second = operator.run(
                "ledger",
                "acme",
                "--size",
                "1",
                "--after",
                (String) first.json().get("nextCursor"),
                "--json");
        assertThat(rows(second, "entries"))
                .extracting(row -> row.get("balance"))
                .containsExactly(5_000);
        assertThat(second.json()).containsEntry("nextCursor", null);
        assertThat(operator.run("ledger", "acme", "--to", "2020-01-01").out()).doesNotContain("photo");
    }

    @Test
    void shouldTellTheHistory() {
        operator.recorded(Upload.of("acme", "photo-1", 5_000));

        List<Map<String, Object>> days = rows(operator.run("history", "acme", "--json"), "steps");
        assertThat(days).hasSize(31);
        assertThat(days.get(30)).containsEntry("bytes", 5_000).containsEntry("added", 5_000);
        assertThat(days.get(0)).containsEntry("bytes", 0);
        assertThat(rows(
                        operator.run(
                                "history",
                                "acme",
                                "--from",
                                "2026-01-01",
                                "--to",
                                "2026-03-01",
                                "--step",
                                "MONTH",
                                "--zone",
                                "Europe/Berlin",
                                "--json"),
                        "steps"))
                .extracting(row -> row.get("start"))
                .containsExactly("2026-01-01T00:00+01:00", "2026-02-01T00:00+01:00");
    }

    @Test
    void shouldAdministerPlans() {
        String[] by = {"--actor", "ops:kim", "--reason", "contract 4711"};
        assertThat(plan(by, "define", "team", "--bytes", "10MiB", "--category", "image=5MiB", "--soft-bytes", "8MiB"))
                .isTrue();
        assertThat(plan(by, "assign", "acme", "team")).isTrue();
        assertThat(plan(by, "assign", "acme", "team")).isFalse();
        assertThat(plan(by, "override", "acme", "--max-files", "3")).isTrue();
        assertThat(plan(by, "override", "beta", "--bytes", "unlimited")).isTrue();

        assertThat(rows(operator.run("plan", "list", "--json"), "plans"))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("plan", "team")
                        .containsEntry("bytes", 10_485_760)
                        .containsEntry("files", null));
        Run shown = operator.run("plan", "show", "team", "--json");
        assertThat(shown.json()).containsEntry("softBytes", 8_388_608).containsEntry("grace", "PT168H");
        assertThat(rows(shown, "accounts")).containsExactly(Map.of("account", "acme"));
        assertThat(rows(shown, "changes"))
                .singleElement()
                .satisfies(row ->
                        assertThat(row).containsEntry("actor", "ops:kim").containsEntry("reason", "contract 4711"));
        assertThat(operator.run("plan", "account", "acme", "--json").json())
                .containsEntry("plan", "team")
                .containsEntry("overrides", "files=3");
        assertThat(operator.run("quota", "acme", "--json").json()).containsEntry("limit", 10_485_760);

        Run used = operator.run("plan", "remove", "team", "--actor", "ops:kim", "--reason", "old");
        assertThat(used.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(plan(by, "override", "acme", "--none")).isTrue();
        assertThat(plan(by, "unassign", "acme")).isTrue();
        assertThat(plan(by, "remove", "team")).isTrue();
        assertThat(operator.run("plan", "show", "team").err()).contains("there is no plan 'team'", "quota plan list");
    }

    private boolean plan(String[] by, String... args) {
        String[] all = new String[args.length + by.length + 2];
        all[0] = "plan";
        System.arraycopy(args, 0, all, 1, args.length);
        System.arraycopy(by, 0, all, args.length + 1, by.length);
        all[all.length - 1] = "--json";
        Run run = operator.run(all);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return (boolean) run.json().get("changed");
    }

    @Test
    void shouldCreateAndPrintTheTables() {
        Run printed = operator.run("schema", "--print", "--table-prefix", "app_");
        assertThat(printed.out())
                .contains("CREATE TABLE IF NOT EXISTS app_usage")
                .doesNotContain("quota_");
        assertThat(operator.run("quota", "acme", "--table-prefix", "app_").exitCode())
                .isEqualTo(ExitCode.FAILURE);

        for (String statement : printed.out().split(";", -1)) {
            if (!statement.isBlank()) {
                operator.execute(statement);
            }
        }
        assertThat(operator.run("quota", "acme", "--table-prefix", "app_").exitCode())
                .isZero();
        assertThat(operator.run("schema", "--print", "--json").json()).containsOnlyKeys("script");
        operator.execute("CREATE SCHEMA billing");
        assertThat(operator.run("schema", "--schema", "billing").exitCode()).isZero();
        assertThat(operator.run("verify", "--schema", "billing", "--json").json())
                .containsEntry("accounts", 0);
    }

    @Test
    void shouldShowProgressBesideTheAnswerWhereSomebodyLooks() {
        operator.image("acme", "photo-1", 5_000);
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        operator.progress = new PrintStream(shown, true, StandardCharsets.UTF_8);

        Run run = operator.look("diagnose", "acme", "--json");

        assertThat(run.json()).containsEntry("actual", 5_000);
        assertThat(shown.toString(StandardCharsets.UTF_8)).contains("diagnose");
    }
}
