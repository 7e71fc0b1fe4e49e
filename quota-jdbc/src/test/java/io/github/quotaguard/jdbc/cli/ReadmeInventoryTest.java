package io.github.quotaguard.jdbc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.proof.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of README.md with the inventory that it shows. */
class ReadmeInventoryTest {

    private static final Pattern INVENTORY = Pattern.compile("(?ms)^```properties\\n(tenants = .*?)^```$");
    private static final Pattern COMMAND = Pattern.compile("(?m)^quota (diagnose|repair|quota) (.*?)(?: +# (.*))?$");

    @TempDir
    private Path directory;

    @Test
    void shouldDoWhatIsShown() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("quota-jdbc/pom.xml"))) {
            root = root.getParent();
        }
        String readme = Files.readString(root.resolve("README.md"));
        Matcher inventory = INVENTORY.matcher(readme);
        assertThat(inventory.find()).isTrue();
        try (Operator operator = new Operator(TestDatabase.H2, directory)) {
            Operator.write(operator.inventory, inventory.group(1));
            operator.createTables();
            operator.image("testuser2", "photo-1", 438_407);

            int[] commands = new int[1];
            COMMAND.matcher(readme).results().forEach(command -> {
                String arguments = command.group(2)
                        .replace("inventory.properties", operator.inventory.toString())
                        .replace("'incident 7'", "incident");
                Operator.Run run = operator.run((command.group(1) + " " + arguments).split(" ", -1));
                String told = command.group(3) == null ? "" : command.group(3);
                assertThat(run.exitCode()).isEqualTo(told.endsWith("exit code 1") ? 1 : 0);
                assertThat(run.out()).contains(told.replaceAll("; exit code .*", ""));
                commands[0]++;
            });
            assertThat(commands[0]).isEqualTo(4);
            assertThat(operator.look("cleanup", "--json").json()).containsEntry("cleaned", 0);
        }
    }
}
