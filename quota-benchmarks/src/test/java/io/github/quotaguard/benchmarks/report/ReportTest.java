package io.github.quotaguard.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    @TempDir
    private Path directory;

    private Path json;

    @BeforeEach
    void measure() throws IOException {
        Path results = Files.createDirectory(directory.resolve("results"));
        json = results.resolve("results.json");
        for (String file : new String[] {"results.json", "environment.json"}) {
            try (InputStream in = Objects.requireNonNull(ReportTest.class.getResourceAsStream(file))) {
                Files.copy(in, results.resolve(file));
            }
        }
    }

    @Test
    void shouldBeginWithTheRatiosThatHaveToBeShown() throws IOException {
        String page = Files.readString(Report.write(json));

        assertThat(page)
                .contains("| `quotaguard` : `guardedUpdate` | 12.0 (12.0–12.0) | ≥ 10.0 | reached |")
                .contains("| `quotaguard` : `uncoalesced` | – | ≥ 5.0 | not measured in this run |")
                .contains("| In memory, time | `reserveAndCommit threads=1` : `bucket4jTryConsume threads=1`"
                        + " | 6.00 (6.00–6.00) | ≤ 5.0 | **not reached** |");
        assertThat(page.indexOf("What it has to show")).isLessThan(page.indexOf("## Machine"));
        assertThat(page.indexOf("## Machine")).isLessThan(page.indexOf("## Figures"));
    }

    @Test
    void shouldSayOnWhatItWasMeasured() throws IOException {
        assertThat(Files.readString(Report.write(json))).contains("| processors | 2 |", "| fsync | on |");
    }

    @Test
    void shouldShowEachFigureInATableAndAChart() throws IOException {
        String page = Files.readString(Report.write(json));

        assertThat(page)
                .contains("![Reserve: PostgreSQL, 1 tenant](results/reserve-postgresql-1.svg)")
                .contains("| contender | op/s | p50, µs | p99, µs | p99.9, µs |")
                .contains("| quotaguard | 24,000 (24,000–24,000) | 90.0 (90.0–90.0) |");
        assertThat(Files.readString(directory.resolve("results/reserve-postgresql-1.svg")))
                .contains("<svg");
    }

    @Test
    void shouldTakeTheRateThatWasCountedForThroughput() throws IOException {
        assertThat(Files.readString(Report.write(json)))
                .contains("| quotaguard | 800 (800–800) | 40.0 (40.0–40.0) | 0.250 (0.250–0.250) |");
    }

    @Test
    void shouldContainTheNotes() throws IOException {
        assertThat(Files.readString(Report.write(json))).doesNotContain("Why not");

        Files.writeString(directory.resolve("NOTES.md"), "## Why not\n");

        assertThat(Files.readString(Report.write(json))).contains("## Why not");
    }
}
