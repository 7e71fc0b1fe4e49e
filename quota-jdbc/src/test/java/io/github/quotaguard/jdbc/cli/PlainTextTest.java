package io.github.quotaguard.jdbc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTextTest {

    private static final Document DOCUMENT = new Document()
            .headline(false, "acme: recorded 0, actual 438407")
            .put("account", "acme")
            .putBytes("actualBytes", 438_407)
            .put(
                    "samples",
                    List.of(
                            new Document().put("file", "a".repeat(30)).putBytes("bytes", 438_407),
                            new Document().put("file", "b").putBytes("bytes", -7)));

    @Test
    void shouldAlignColumns() {
        assertThat(PlainText.of(DOCUMENT, OptionalInt.of(80), false))
                .containsExactly(
                        "acme: recorded 0, actual 438407",
                        "",
                        "account       acme",
                        "actual bytes  438407 (428.1 KiB)",
                        "",
                        "samples:",
                        "file                                         bytes",
                        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  438407 (428.1 KiB)",
                        "b                                               -7");
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 20, 30, 40, 49})
    void shouldFitNarrowTerminalsAndLoseNothing(int width) {
        List<String> lines = PlainText.of(DOCUMENT, OptionalInt.of(width), false);

        assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
        assertThat(String.join("", lines).replaceAll("\\s", "")).contains("a".repeat(30), "438407(428.1KiB)", "-7");
    }

    @Test
    void shouldBreakNothingWhereNobodyLooksAtLines() {
        assertThat(PlainText.of(DOCUMENT, OptionalInt.empty(), false)).hasSize(9);
    }

    @Test
    void shouldColourTheFirstLineOnlyIfThatIsWanted() {
        assertThat(PlainText.of(DOCUMENT, OptionalInt.of(80), false)).noneMatch(line -> line.contains("\u001b"));
        assertThat(PlainText.of(DOCUMENT, OptionalInt.of(80), true))
                .filteredOn(line -> line.contains("\u001b"))
                .containsExactly("\u001b[33macme: recorded 0, actual 438407\u001b[0m");
    }

    @Test
    void shouldHaveNoColoursIfTheUserWantsNoneOrTheTerminalHasNone() {
        assertThat(Terminal.isColoured(Map.of("TERM", "xterm"))).isTrue();
        assertThat(Terminal.isColoured(Map.of("NO_COLOR", ""))).isTrue();
        assertThat(Terminal.isColoured(Map.of("NO_COLOR", "1"))).isFalse();
        assertThat(Terminal.isColoured(Map.of("TERM", "dumb"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1023,1023", "1024,1024 (1.0 KiB)", "-438407,-438407 (-428.1 KiB)", "-5,-5"})
    void shouldWriteBinaryUnitsBesideExactNumbers(long bytes, String text) {
        assertThat(new ByteSize(bytes)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "10485760,10485760", "10MiB,10485760", "1kib,1024", "7EiB,8070450532247928832"})
    void shouldReadSizesInBothWays(String text, long bytes) {
        assertThat(new ByteSize.Converter().convert(text)).isEqualTo(bytes);
    }
}
