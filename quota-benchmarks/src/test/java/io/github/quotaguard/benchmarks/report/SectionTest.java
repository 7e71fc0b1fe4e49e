package io.github.quotaguard.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.benchmarks.run.PublishedCells;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That nothing which is measured is left out of the page, and nothing on the page is not measured. */
class SectionTest {

    private final List<Cell> published = PublishedCells.all();

    @Test
    void shouldShowEachCell() {
        assertThat(published).allMatch(cell -> Section.ALL.stream().anyMatch(section -> cell.matches(section.words())));
        assertThat(Section.ALL).allMatch(section -> published.stream().anyMatch(cell -> cell.matches(section.words())));
    }

    @Test
    void shouldFindTheOneCellOfEachTarget() {
        for (Target target : Target.ALL) {
            assertThat(published.stream().filter(cell -> cell.matches(target.numerator())))
                    .as(target.toString())
                    .hasSize(1);
            assertThat(published.stream().filter(cell -> cell.matches(target.denominator())))
                    .as(target.toString())
                    .hasSize(1);
        }
    }
}
