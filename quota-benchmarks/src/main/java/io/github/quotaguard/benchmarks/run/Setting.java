package io.github.quotaguard.benchmarks.run;

import io.github.quotaguard.benchmarks.report.Cell;
import java.util.List;

/**
 * Cells that are compared with each other: they take turns, so that what slows the machine for a while slows all.
 *
 * @param cells one for each contender
 * @param pace how long a turn takes
 */
record Setting(List<Cell> cells, Pace pace) {

    double seconds() {
        return cells.size() * pace.seconds();
    }
}
