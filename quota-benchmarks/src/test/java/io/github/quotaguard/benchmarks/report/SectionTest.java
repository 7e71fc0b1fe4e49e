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

    @Test
    void shouldShowOneSeriesEachOfWhatGrows() {
        assertThat(grown("growth-tenants")).containsExactlyInAnyOrder("1", "1000", "100000");
        assertThat(grown("growth-allocations")).containsExactlyInAnyOrder("1000", "10000", "100000", "1000000");
        assertThat(grown("growth-depth")).containsExactlyInAnyOrder("1", "2", "3", "4");
    }

    private List<String> grown(String file) {
        Section section = Section.ALL.stream()
                .filter(one -> one.file().equals(file))
                .findFirst()
                .orElseThrow();
        return published.stream()
                .filter(cell -> cell.matches(section.words()))
                .map(cell -> cell.value(section.along().get(0)))
                .toList();
    }
}
