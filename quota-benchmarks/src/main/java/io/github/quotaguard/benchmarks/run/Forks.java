package io.github.quotaguard.benchmarks.run;

import io.github.quotaguard.benchmarks.profile.LatencyProfiler;
import io.github.quotaguard.benchmarks.profile.SettlementProfiler;
import io.github.quotaguard.benchmarks.report.Cell;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs a plan by JMH: a process of its own for each turn of each cell, whose results are one in the end. */
final class Forks {

    private final Plan plan;
    private final List<String> jvmArguments;
    private final PrintStream log;
    private final PrintStream progress;
    private final Map<Cell, RunResult> results = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();
    private int done;
    private double secondsDone;

    Forks(Plan plan, List<String> jvmArguments, PrintStream log, PrintStream progress) {
        this.plan = plan;
        this.jvmArguments = jvmArguments;
        this.log = log;
        this.progress = progress;
    }

    /**
     * Runs everything.
     *
     * @param afterEachSetting is told what there is so far, which so is not lost with what comes after
     * @return the failures; a cell that has failed has fewer turns or is missing
     */
    List<String> run(Consumer<Collection<RunResult>> afterEachSetting) {
        for (Setting setting : plan.settings()) {
            for (int round = 1; round <= plan.rounds(); round++) {
                for (Cell cell : setting.cells()) {
                    turn(cell, setting.pace(), round);
                }
            }
            afterEachSetting.accept(results.values());
        }
        return failures;
    }

    private void turn(Cell cell, Pace pace, int round) {
        done++;
        progress.printf(
                "[%d/%d, %s left] %s, round %d: ",
                done, plan.forks(), minutes(plan.seconds() - secondsDone), cell, round);
        progress.flush();
        try {
            Collection<RunResult> result = new Runner(
                            options(cell, pace), OutputFormatFactory.createFormatInstance(log, VerboseMode.NORMAL))
                    .run();
            RunResult turn = result.iterator().next();
            results.merge(cell, turn, Forks::together);
            Result<?> score = turn.getSecondaryResults().getOrDefault("rate", turn.getPrimaryResult());
            progress.printf(Locale.ROOT, "%,.1f %s%n", score.getScore(), score.getScoreUnit());
        } catch (RunnerException e) {
            e.printStackTrace(log);
            failures.add("%s, round %d: %s".formatted(cell, round, e));
            progress.println("failed: " + e);
        }
        secondsDone += pace.seconds();
    }

    private static RunResult together(RunResult before, RunResult turn) {
        List<BenchmarkResult> all = new ArrayList<>(before.getBenchmarkResults());
        all.addAll(turn.getBenchmarkResults());
        return new RunResult(before.getParams(), all);
    }

    private Options options(Cell cell, Pace pace) {
        TimeValue time = new TimeValue(pace.millis(), TimeUnit.MILLISECONDS);
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("\\." + Pattern.quote(cell.benchmark()) + "$")
                .forks(1)
                .threads(cell.threads())
                .warmupIterations(pace.warmups())
                .warmupTime(time)
                .measurementIterations(pace.iterations())
                .measurementTime(time)
                .jvmArgsPrepend(jvmArguments.toArray(new String[0]))
                .shouldFailOnError(true);
        cell.params().forEach(options::param);
        if (cell.benchmark().startsWith("InMemoryReserve")) {
            options.addProfiler(GCProfiler.class);
        } else if (cell.benchmark().startsWith("UploadLifecycle")) {
            options.addProfiler(SettlementProfiler.class);
        } else {
            options.addProfiler(LatencyProfiler.class);
        }
        return options.build();
    }

    static String minutes(double seconds) {
        Duration duration = Duration.ofSeconds(Math.round(seconds));
        return "%d:%02d min".formatted(duration.toMinutes(), duration.toSecondsPart());
    }
}
