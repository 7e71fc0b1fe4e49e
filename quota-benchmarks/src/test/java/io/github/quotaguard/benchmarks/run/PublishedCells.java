package io.github.quotaguard.benchmarks.run;

import io.github.quotaguard.benchmarks.report.Cell;
import java.util.List;

/** Shows the tests of the report what is measured. */
public final class PublishedCells {

    private PublishedCells() {}

    /** Returns them in their order. */
    public static List<Cell> all() {
        return Plan.published().settings().stream()
                .flatMap(setting -> setting.cells().stream())
                .toList();
    }
}
