package io.github.quotaguard.benchmarks.run;

import io.github.quotaguard.benchmarks.database.Servers;
import io.github.quotaguard.benchmarks.report.Report;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;

/** One run of a plan, from the start of the servers to the page of results. */
final class Run {

    private final Plan plan;
    private final Path output;

    Run(Plan plan, Path output) {
        this.plan = plan;
        this.output = output;
    }

    /** Returns the directory of the module's build. */
    static Path target() {
        try {
            return Path.of(Run.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .resolveSibling("");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the directory of the module. */
    static Path module() {
        return target().resolveSibling("");
    }

    /**
     * Runs it.
     *
     * @param arguments what the program was asked for
     * @return the exit code, 1 if a cell has failed
     */
    int execute(String arguments) throws IOException {
        if (plan.forks() == 0) {
            System.err.println("nothing matches " + arguments);
            return 2;
        }
        System.out.printf("%d forks, about %s on an idle machine%n", plan.forks(), Forks.minutes(plan.seconds()));
        Path results = Files.createDirectories(output.resolve("results"));
        Path json = results.resolve("results.json");
        Path log = target().resolve("benchmarks.log");
        List<String> failures;
        try (Servers servers = Servers.start(target().resolve("databases"), plan.databases());
                PrintStream jmh = new PrintStream(Files.newOutputStream(log), true, StandardCharsets.UTF_8)) {
            new Environment(
                            ("java -jar quota-benchmarks/target/benchmarks.jar " + arguments).strip(),
                            plan,
                            servers.describe())
                    .write(results.resolve("environment.json"));
            failures = new Forks(plan, servers.jvmArguments(), jmh, System.out).run(measured -> write(measured, json));
        }
        System.out.println("written: " + Report.write(json));
        failures.forEach(failure -> System.err.println("failed: " + failure + "; see " + log));
        return failures.isEmpty() ? 0 : 1;
    }

    private static void write(Collection<RunResult> measured, Path json) {
        ResultFormatFactory.getInstance(ResultFormatType.JSON, json.toString()).writeOut(measured);
    }
}
