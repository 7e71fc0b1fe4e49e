package io.github.quotaguard.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.benchmarks.report.Cell;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;

class ForksTest {

    private static final Pace SHORT = new Pace(0, 1, 20);

    private final PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true);
    private final List<RunResult> measured = new ArrayList<>();

    @Test
    void shouldMakeOneResultOfTheTurnsOfACellAndGoOnWhenAnotherFails() {
        Cell sound = Cell.of("InMemoryReserve.compareAndSet", 1);
        Cell failing = Cell.of("JdbcReserve.reserve", 1).with("contender", "nobody");
        Plan plan = new Plan(List.of(new Setting(List.of(failing, sound), SHORT)), 2);

        List<String> failures = new Forks(plan, List.of(), nowhere, nowhere).run(measured::addAll);

        assertThat(failures).hasSize(2).allMatch(failure -> failure.startsWith(failing.toString()));
        assertThat(measured).hasSize(1);
        assertThat(measured.get(0).getBenchmarkResults()).hasSize(2);
    }
}
