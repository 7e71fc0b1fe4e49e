package io.github.quotaguard.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.benchmarks.database.Database;
import io.github.quotaguard.benchmarks.report.Cell;
import java.lang.reflect.Field;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

class PlanTest {

    private static List<Cell> cells(Plan plan) {
        return plan.settings().stream()
                .flatMap(setting -> setting.cells().stream())
                .toList();
    }

    @Test
    void shouldBeDoneInTime() {
        assertThat(Plan.published().seconds()).isLessThan(40 * 60);
        assertThat(Plan.quick().seconds()).isLessThan(3 * 60);
    }

    @Test
    void shouldMeasureNothingTwice() {
        assertThat(cells(Plan.published())).doesNotHaveDuplicates();
        assertThat(cells(Plan.quick())).doesNotHaveDuplicates();
    }

    @Test
    void shouldNameBenchmarksThatExistAndAllTheirParameters() throws ReflectiveOperationException {
        for (Cell cell : cells(Plan.published())) {
            int dot = cell.benchmark().indexOf('.');
            Class<?> type = Class.forName(
                    "io.github.quotaguard.benchmarks." + cell.benchmark().substring(0, dot));

            assertThat(Stream.of(type.getMethods())
                            .filter(method -> method.isAnnotationPresent(Benchmark.class))
                            .map(method -> method.getName()))
                    .contains(cell.benchmark().substring(dot + 1));
            assertThat(Stream.of(type.getFields())
                            .filter(field -> field.isAnnotationPresent(Param.class))
                            .map(Field::getName))
                    .containsExactlyInAnyOrderElementsOf(cell.params().keySet());
        }
    }

    @Test
    void shouldBeNarrowedByWords() {
        Plan narrow =
                Plan.published().only(List.of("JdbcReserve", "threads=1", "tenants=1", "contender=guardedUpdate"));

        assertThat(cells(narrow))
                .extracting(cell -> cell.params().get("database"))
                .containsExactly("postgresql", "mariadb", "h2");
        assertThat(narrow.databases()).containsExactly(Database.H2, Database.MARIADB, Database.POSTGRESQL);
        assertThat(Plan.published().only(List.of("InMemoryReserve.refuse")).databases())
                .isEmpty();
        assertThat(Plan.published().only(List.of("InMemory")).forks()).isZero();
    }
}
