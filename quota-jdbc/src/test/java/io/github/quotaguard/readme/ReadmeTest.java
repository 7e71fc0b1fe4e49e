package io.github.quotaguard.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds README.md to what there is. */
class ReadmeTest {

    private static final Path ROOT = root();
    private static final Path EXAMPLE =
            ROOT.resolve("quota-jdbc/src/test/java/io/github/quotaguard/readme/ReadmeExampleTest.java");

    private static final Path REPAIR_EXAMPLE =
            ROOT.resolve("quota-jdbc/src/test/java/io/github/quotaguard/readme/ReadmeRepairExampleTest.java");

    private static final Path OWN_STORE = ROOT.resolve("quota-core/src/test/java/io/github/quotaguard/readme");
    private static final int MOST_LINES_OF_A_STORE = 150;

    private static final Pattern FENCED = Pattern.compile("(?ms)^```java\\n(.*?)^```$");
    private static final Pattern MARKED = Pattern.compile("(?ms)^ *// README: begin\\n(.*?)^ *// README: end$");

    private final String readme = read(ROOT.resolve("README.md"));

    @Test
    void shouldShowTheCodeThatIsTested() {
        String others = readme.replace(section("Write your own store"), "").replace(section("Spring Boot"), "");
        List<String> shown = blocks(FENCED, others);

        assertThat(shown).isNotEmpty().isEqualTo(blocks(MARKED, read(EXAMPLE) + read(REPAIR_EXAMPLE)));
    }

    @Test
    void shouldShowTheStoreAndItsTestAsTheyAreCompiled() {
        String store = read(OWN_STORE.resolve("FileUsageStore.java"));
        String test = read(OWN_STORE.resolve("FileUsageStoreTest.java"));
        String declaration = "package io.github.quotaguard.readme;\n\n";

        assertThat(blocks(FENCED, section("Write your own store")))
                .isEqualTo(Stream.of(store, test)
                        .map(file -> file.replace(declaration, "").stripTrailing())
                        .toList());
        assertThat(store.lines().count()).isLessThanOrEqualTo(MOST_LINES_OF_A_STORE);
    }

    @Test
    void shouldNameWhatTheContractKitIsBuiltWith() {
        String pom = read(ROOT.resolve("pom.xml"));

        for (String library : List.of("junit", "assertj")) {
            Matcher version = Pattern.compile("<%1$s.version>(.*?)</%1$s.version>".formatted(library))
                    .matcher(pom);
            assertThat(version.find()).isTrue();
            assertThat(section("Write your own store")).contains("<version>%s</version>".formatted(version.group(1)));
        }
    }

    @Test
    void shouldGiveTheTwoCommandsAlone() {
        assertThat(section("Run it")).contains("\n```sh\nmvn -q -pl quota-jdbc -am test-compile exec:java\n```\n");
        assertThat(section("Test it")).contains("\n```sh\nmvn -B verify\n```\n");
    }

    @Test
    void shouldNameTheVersionThatIsBuilt() {
        Matcher version = Pattern.compile("<artifactId>quota-parent</artifactId>\\s*<version>(.*?)</version>")
                .matcher(read(ROOT.resolve("pom.xml")));

        assertThat(version.find()).isTrue();
        assertThat(readme).contains("<version>%s</version>".formatted(version.group(1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"schema-h2.sql", "schema-mariadb.sql", "schema-mysql.sql", "schema-postgresql.sql"})
    void shouldNameScriptsThatAreThere(String script) {
        String resource = "io/github/quotaguard/jdbc/" + script;

        assertThat(readme).contains("`" + script + "`", "`io/github/quotaguard/jdbc`");
        assertThat(getClass().getClassLoader().getResource(resource)).isNotNull();
    }

    private String section(String heading) {
        int start = readme.indexOf("\n## " + heading + "\n");
        int end = readme.indexOf("\n## ", start + 1);
        return readme.substring(start, end);
    }

    private static List<String> blocks(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(block -> block.group(1).stripTrailing().stripIndent())
                .toList();
    }

    /** Returns the root of the repository, from whichever directory the tests are run. */
    private static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("quota-jdbc/pom.xml"))) {
            at = at.getParent();
        }
        return at;
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
