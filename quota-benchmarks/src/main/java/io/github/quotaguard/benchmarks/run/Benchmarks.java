package io.github.quotaguard.benchmarks.run;

import io.github.quotaguard.benchmarks.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The program: measures, and writes a page of what it measured. */
@Command(
        name = "benchmarks",
        mixinStandardHelpOptions = true,
        description = "Runs the published set; with WORDs, the cells of it that match all of them. Writes"
                + " results/results.json, RESULTS.md and its charts.",
        subcommands = {Benchmarks.Quick.class, Benchmarks.Regenerate.class},
        sortOptions = false)
public final class Benchmarks implements Callable<Integer> {

    @Parameters(
            paramLabel = "WORD",
            description = "a benchmark (JdbcReserve, InMemoryReserve.refuse) or a parameter (threads=128,"
                    + " contender=quotaguard)")
    private List<String> words = List.of();

    @Option(names = "--rounds", description = "how many turns each contender has (default: 3)")
    private int rounds = 3;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description =
                    "for RESULTS.md and results/ (default: quota-benchmarks; target/selection if there are WORDs)")
    private @Nullable Path output;

    private Benchmarks() {}

    /**
     * Starts it.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Benchmarks()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Path usual = words.isEmpty() ? Run.module() : Run.target().resolve("selection");
        return new Run(Plan.published().only(words).inRounds(rounds), output == null ? usual : output)
                .execute(String.join(" ", words));
    }

    /** A first impression. */
    @Command(name = "quick", description = "At most three minutes: fewer cells, once, shortly.")
    static final class Quick implements Callable<Integer> {

        @Parameters(paramLabel = "WORD", description = "as above")
        private List<String> words = List.of();

        @Option(names = "--output", paramLabel = "DIR", description = "default: quota-benchmarks/target/quick")
        private Path output = Run.target().resolve("quick");

        @Override
        public Integer call() throws IOException {
            return new Run(Plan.quick().only(words), output).execute(("quick " + String.join(" ", words)).strip());
        }
    }

    /** The page again, such as after the notes were changed. */
    @Command(name = "report", description = "Writes RESULTS.md again from what was measured.")
    static final class Regenerate implements Callable<Integer> {

        @Parameters(
                paramLabel = "JSON",
                arity = "0..1",
                description = "with environment.json beside it (default: quota-benchmarks/results/results.json)")
        private Path json = Run.module().resolve("results/results.json");

        @Override
        public Integer call() throws IOException {
            Report.write(json);
            return 0;
        }
    }
}
