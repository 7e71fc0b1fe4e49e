package io.github.quotaguard.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.quickstart.Sandbox.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program says when it is used wrongly. */
class QuickstartUsageTest {

    private Sandbox sandbox;

    @BeforeEach
    void writeFile(@TempDir Path temp) throws IOException {
        sandbox = new Sandbox(temp);
        sandbox.write("a.md", 100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--quota 10MB",
                "--quota -1",
                "--quota 1.5",
                "--quota",
                "--limit 9223372036854775808",
                "--limit 0x10",
                "--bytes -438407",
                "--bytes ''",
                "--ttl 0",
                "--account a//b",
                "--account a/b/c/d/e",
                "--account quickstart/uploads",
                "--dir no-such-directory",
                "--dir pom.xml",
                "--colour green",
                "stray"
            })
    void shouldTakeAnErrorOfUseInOneLine(String args) {
        Run run = Sandbox.start(args.replace("''", "").split(" ", -1));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("quickstart: ")
                .contains(args.split(" ", -1)[0])
                .doesNotContain("Exception");
        assertThat(sandbox.target).doesNotExist();
    }

    @Test
    void shouldNameAFileThatCanNotBeRead() throws Exception {
        Files.createSymbolicLink(sandbox.source.resolve("z.txt"), sandbox.temp.resolve("gone"));

        Run run = sandbox.startHere();

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("quickstart: %s can not be read (NoSuchFile)%n".formatted(sandbox.source.resolve("z.txt")));
        assertThat(sandbox.target).doesNotExist();
    }

    @Test
    void shouldNameAFileWhoseNameIsNoId() throws Exception {
        sandbox.write("z\u0007.txt", 1);

        Run run = sandbox.startHere();

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().contains("can not be uploaded: file id has U+0007");
    }

    @Test
    void shouldNotWriteOutsideTheTarget() {
        Run run = sandbox.startHere("--account", "..", "--bytes", "5");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().contains("would be kept outside --target");
        assertThat(sandbox.temp.resolve("photo-1.pgm@5-bytes")).doesNotExist();
    }

    @Test
    void shouldRefuseATargetAroundTheSource() {
        Run run = sandbox.startHere("--target", sandbox.temp.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().contains("--target");
    }

    @Test
    void shouldSayThatTheDatabaseCanNotBeOpened() throws Exception {
        Files.writeString(sandbox.temp.resolve("broken.mv.db"), "not a database");

        Run run = sandbox.startHere("--database", sandbox.temp.resolve("broken").toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().contains("--database", "can not be opened");
    }

    @Test
    void shouldReportWhenTheBooksDiffer() throws Exception {
        Files.createDirectories(sandbox.target);
        Files.writeString(sandbox.target.resolve("stranger"), "of nobody");

        Run run = sandbox.startHere();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err().lines()).singleElement().asString().contains("the books differ");
    }

    @Test
    void shouldExplainItsOptions() {
        Run run = Sandbox.start("--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(run.out()).contains("--dir", "--quota", "--account", "10485760", "438407");
    }
}
