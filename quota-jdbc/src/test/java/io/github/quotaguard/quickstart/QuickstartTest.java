package io.github.quotaguard.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.quickstart.Sandbox.Run;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the program as its users do, but in this process; {@link Sandbox#run} checks the books after each run. */
class QuickstartTest {

    private Sandbox sandbox;

    @BeforeEach
    void writeFiles(@TempDir Path temp) throws IOException {
        sandbox = new Sandbox(temp);
        sandbox.write("a.md", 100);
        sandbox.write("b/c.java", 2_000);
        sandbox.write("b/d e.txt", 300);
        sandbox.write("e.bin", 50);
        sandbox.write("f.empty", 0);
    }

    @Test
    void shouldStoreEveryFileThatFits() throws Exception {
        Run run = sandbox.run("--quota", "2450");

        assertThat(run.lines()).contains("admitted 5, replaced 0, stored before 0, refused 0");
        assertThat(run.out()).contains("admitted  2000 bytes (1.9 KiB)       b/c.java", "total            2450 bytes");
        assertThat(run.lines()).contains("EXCEEDED  quickstart/uploads has used 2.3 KiB of 2.3 KiB (100.00%)");
        assertThat(sandbox.bytes("quickstart")).isEqualTo(2_450);
        assertThat(sandbox.contents()).contains(Files.readString(sandbox.source.resolve("b/c.java")));
    }

    @Test
    void shouldRefuseWhatDoesNotFitAndSayWhyOnce() throws Exception {
        sandbox.write("g.bin", 5_000);
        sandbox.write("h.bin", 6_000);

        Run run = sandbox.run("--quota", "1500");

        assertThat(run.lines())
                .containsSubsequence(
                        "admitted  100 bytes                  a.md",
                        "REFUSED   2000 bytes (1.9 KiB)       b/c.java",
                        "          2000 bytes (1.9 KiB) more asked for, 1400 bytes (1.3 KiB) available:",
                        "          quickstart/uploads has used 100 bytes of 1500 bytes (1.4 KiB)",
                        "admitted  300 bytes                  b/d e.txt",
                        "admitted 4, replaced 0, stored before 0, refused 3 (the first is shown)");
        assertThat(run.out()).containsOnlyOnce("REFUSED");
        assertThat(sandbox.bytes("quickstart")).isEqualTo(450);
    }

    @Test
    void shouldTakeTwoThirdsOfTheDirectoryAsQuota() throws Exception {
        Run run = sandbox.run();

        assertThat(run.out()).contains("5 files, 2450 bytes (2.3 KiB), quota 1633 bytes (1.5 KiB)");
    }

    @Test
    void shouldSayOfStoredFilesThatTheyAreStored() throws Exception {
        Run first = sandbox.run("--quota", "2350");
        sandbox.write("g.new", 400);

        Run second = sandbox.run("--quota", "2800");

        assertThat(first.out()).contains("admitted 4, replaced 0, stored before 0, refused 1");
        assertThat(second.lines())
                .contains(
                        "stored    100 bytes                  a.md",
                        "admitted  300 bytes                  b/d e.txt",
                        "stored    438407 bytes (428.1 KiB)   photo-1.pgm",
                        "admitted 1, replaced 0, stored before 4, refused 1");
        assertThat(sandbox.bytes("quickstart")).isEqualTo(2_450);
    }

    @Test
    void shouldReplaceFilesThatHaveChanged() throws Exception {
        sandbox.run("--quota", "2450");
        sandbox.write("b/c.java", 1_500);
        Files.writeString(sandbox.source.resolve("e.bin"), "y".repeat(50));

        Run second = sandbox.run("--quota", "2450");

        assertThat(second.lines())
                .contains(
                        "replaced  1500 bytes (1.4 KiB)       b/c.java",
                        "replaced  50 bytes                   e.bin",
                        "admitted 0, replaced 2, stored before 3, refused 0");
        assertThat(sandbox.bytes("quickstart")).isEqualTo(1_950);
        assertThat(sandbox.contents()).contains("y".repeat(50)).doesNotContain("x".repeat(50));
    }

    @Test
    void shouldKeepTheOldContentsIfTheNewDoNotFit() throws Exception {
        sandbox.run("--quota", "2450");
        sandbox.write("b/c.java", 2_001);

        Run second = sandbox.run("--quota", "2450");

        assertThat(second.out())
                .contains("REFUSED   2001 bytes (1.9 KiB)       b/c.java", "1 byte more asked for, 0 bytes available");
        assertThat(sandbox.bytes("quickstart")).isEqualTo(2_450);
    }

    @Test
    void shouldBringBackStoredBytesThatWereLost() throws Exception {
        sandbox.run();
        Sandbox.deleteFiles(sandbox.target);

        Run second = sandbox.run();

        assertThat(second.out()).contains("admitted 0, replaced 0, stored before 4, refused 1");
    }

    @ParameterizedTest
    @CsvSource({
        "testuser2, 10485760, 438407",
        "acme/user-7, 10485760, 438407",
        "testuser2, 438407, 438407",
        "someone else, 7777777, 1",
        "a/b/c/d, 10000000000, 123456",
        "testuser2, 10, 0"
    })
    void shouldChargeOneImageToTheByte(String account, long limit, long bytes) throws Exception {
        BigDecimal share = BigDecimal.valueOf(bytes * 100).divide(BigDecimal.valueOf(limit), 2, RoundingMode.FLOOR);
        String figures = "used %d bytes (%s%%), available %d bytes".formatted(bytes, share, limit - bytes);
        String[] args = {"--account", account, "--limit", Long.toString(limit), "--bytes", Long.toString(bytes)};

        Run first = sandbox.run(args);
        Run second = sandbox.run(args);

        assertThat(first.lines()).contains(figures, "One image of " + account);
        assertThat(second.lines()).contains(figures);
        assertThat(sandbox.bytes(account)).isEqualTo(bytes);
    }

    @Test
    void shouldReplaceAnImageOfAnotherSize() throws Exception {
        sandbox.run("--bytes", "5000", "--limit", "8000");
        Run larger = sandbox.run("--bytes", "8000", "--limit", "8000");
        Run asBefore = sandbox.run("--bytes", "5000", "--limit", "8000");

        assertThat(larger.lines())
                .contains(
                        "replaced  8000 bytes (7.8 KiB)       photo-1.pgm",
                        "used 8000 bytes (100.00%), available 0 bytes");
        assertThat(asBefore.lines())
                .contains(
                        "replaced  5000 bytes (4.8 KiB)       photo-1.pgm",
                        "used 5000 bytes (62.50%), available 3000 bytes");
        assertThat(sandbox.bytes("testuser2")).isEqualTo(5_000);
    }

    @Test
    void shouldRefuseAnImageThatDoesNotFitBeforeItIsWritten() throws Exception {
        Run run = sandbox.run("--bytes", Long.toString(Long.MAX_VALUE));

        assertThat(run.lines())
                .containsSubsequence(
                        "REFUSED   9223372036854775807 bytes (7.9 EiB) photo-1.pgm",
                        "used 0 bytes (0.00%), available 10485760 bytes");
    }

    @Test
    void shouldChargeTwoAccountsOfOneTenantEachItsOwn() throws Exception {
        sandbox.run("--account", "acme/user-7", "--bytes", "1000");
        sandbox.run("--account", "acme/user-8", "--bytes", "500");

        assertThat(sandbox.bytes("acme/user-7")).isEqualTo(1_000);
        assertThat(sandbox.bytes("acme/user-8")).isEqualTo(500);
        assertThat(sandbox.bytes("acme")).isEqualTo(1_500);
    }

    @Test
    void shouldChargeNothingForAHandlerThatDied() throws Exception {
        Run run = sandbox.run("--ttl", "1000");

        assertThat(run.lines())
                .containsSubsequence(
                        "saved     65536 bytes (64.0 KiB)     crashes/photo-2.pgm",
                        "died      used 0 bytes, held 65536 bytes (64.0 KiB)",
                        "expired   used 0 bytes, held 0 bytes");
        assertThat(sandbox.bytes("quickstart/crashes")).isZero();
    }

    @Test
    void shouldLeaveOutHiddenFilesBuildOutputAndItsOwn() throws Exception {
        sandbox.write(".hidden", 10_000);
        sandbox.write(".git/config", 10_000);
        sandbox.write("pom.xml", 1);
        sandbox.write("target/classes/a.class", 10_000);
        sandbox.write("b/target/practice.txt", 7);

        Run run = sandbox.run("--target", sandbox.source.resolve("kept").toString(), "--quota", "1000000");
        Run second = sandbox.run("--target", sandbox.source.resolve("kept").toString(), "--quota", "1000000");

        assertThat(run.out()).contains("7 files, 2458 bytes");
        assertThat(second.out()).contains("7 files, 2458 bytes", "stored before 7");
    }

    @Test
    void shouldTakeAnEmptyDirectory() throws Exception {
        Sandbox.deleteFiles(sandbox.source);

        assertThat(sandbox.run().out()).contains("0 files, 0 bytes, quota 0 bytes");
    }
}
