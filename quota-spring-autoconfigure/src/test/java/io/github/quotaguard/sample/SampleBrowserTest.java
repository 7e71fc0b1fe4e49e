package io.github.quotaguard.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.WebElement;
import tools.jackson.databind.JsonNode;

/** What the page does, in a real browser. Its pictures are in {@code target/sample-screenshots}. */
@ExtendWith(BrowserExtension.class)
class SampleBrowserTest {

    private static final int KIB = 1_024;

    private final SamplePage page;
    private final SampleService service;

    SampleBrowserTest(SamplePage page, SampleService service) {
        this.page = page;
        this.service = service;
    }

    @Test
    void shouldShowByLengthColourPatternAndTextHowFullItIs() throws IOException {
        page.choose("minutes.pdf", 1_200 * KIB);
        assertUsage(58.6, "OK", "Enough room");
        String plain = look();

        page.drop("photo.png", "image/png", 500 * KIB);
        assertUsage(83.0, "WARNING", "Nearly full");
        String striped = look();
        assertThat(page.text("#warnings")).isEqualTo("meadow has used 1.6 MiB of 2.0 MiB (83.00%)");
        page.photograph("nearly-full");

        page.choose("plan.pdf", 200 * KIB);
        assertUsage(92.8, "CRITICAL", "Almost no room");
        assertThat(List.of(plain, striped, look())).doesNotHaveDuplicates();
        assertThat(page.findAll("#files tbody tr")).hasSize(3);
    }

    private void assertUsage(double percent, String severity, String words) {
        assertThat(page.width("#fill")).isCloseTo(page.width("#meter") * percent / 100, within(1.0));
        WebElement meter = page.find("[role=progressbar]");
        assertThat(meter.getDomAttribute("aria-valuenow")).isEqualTo(String.valueOf(Math.round(percent)));
        assertThat(meter.getDomAttribute("aria-valuemin")).isEqualTo("0");
        assertThat(meter.getDomAttribute("aria-valuemax")).isEqualTo("100");
        assertThat(meter.getDomAttribute("aria-valuetext")).contains("%.1f%%: %s".formatted(percent, words));
        assertThat(page.find(".usage").getDomAttribute("data-severity")).isEqualTo(severity);
        assertThat(page.text("#severity")).contains(words);
    }

    private String look() {
        return page.find("#fill").getCssValue("background-color")
                + page.find("#fill").getCssValue("background-image");
    }

    @Test
    void shouldExplainARefusalWithItsNumbers() throws IOException {
        page.choose("minutes.pdf", 1_900 * KIB);
        double before = page.width("#fill");

        page.choose("film.mp4", 300 * KIB);

        JsonNode problem = SampleService.json(service.upload("meadow", "film.mp4", 300 * KIB, "Accept-Language", "en"));
        assertThat(page.text(".refusal strong")).isEqualTo("“film.mp4” was not stored.");
        assertThat(page.text(".refusal p"))
                .isEqualTo(problem.path("detail").asString())
                .contains("307,200 B", "151,552 B", "2,097,152 B");
        assertThat(page.text(".refusal dl")).isEqualTo("""
                Requested
                300.0 KiB
                Available
                148.0 KiB
                Limit
                2.0 MiB""");
        assertThat(page.find("#refusals").getDomAttribute("role")).isEqualTo("alert");
        assertThat(page.findAll("#files tbody tr")).hasSize(1);
        assertThat(page.width("#fill")).isEqualTo(before);
        page.photograph("refused");

        page.find(".refusal button").click();
        assertThat(page.findAll(".refusal")).isEmpty();
    }

    @Test
    void shouldExplainThatAFileIsTooLargeByItself() {
        page.open("orchard");

        page.drop("film.mp4", "video/mp4", 1_100 * KIB);

        assertThat(page.text(".refusal dl")).contains("1.0 MiB").contains("Limit");
        assertThat(page.text(".refusal p")).contains("1,048,576");
    }

    @Test
    void shouldFreeWhatIsDeleted() throws IOException {
        page.choose("minutes.pdf", 512 * KIB);
        page.choose("plan.pdf", 1_024 * KIB);
        assertUsage(75.0, "OK", "Enough room");

        page.click("[aria-label='Delete plan.pdf']");

        assertUsage(25.0, "OK", "Enough room");
        assertThat(page.text("#files tbody")).contains("minutes.pdf").doesNotContain("plan.pdf");
        assertThat(page.text("#ledger tbody tr")).contains("Deleted", "plan.pdf", "−1.0 MiB", "512.0 KiB");
    }

    @Test
    void shouldDrawTheHistoryThatTheApiTells() throws IOException {
        page.choose("minutes.pdf", 700 * KIB);
        page.choose("plan.pdf", 600 * KIB);
        page.click("[aria-label='Delete minutes.pdf']");
        assertThat(drawn()).hasSize(24);

        page.click("[data-step=DAY]");

        JsonNode told = service.json("attachments/usage/meadow/history?step=DAY&zone=" + zone());
        List<List<Object>> drawn = drawn();
        assertThat(drawn).hasSize(30);
        JsonNode today = told.get(told.size() - 1);
        assertThat(today.path("bytes").asLong()).isEqualTo(600 * KIB);
        assertThat(today.path("peakBytes").asLong()).isGreaterThanOrEqualTo(1_300 * KIB);
        assertThat(drawn.get(29))
                .isEqualTo(List.of(600L * KIB, today.path("peakBytes").asLong(), 2_048L * KIB));
        assertThat(barHeight(29)).isCloseTo(axisHeight(2_048 * KIB) * 600 / 2_048, within(1.0));
        page.find("summary").click();
        assertThat(page.findAll("#history tbody tr")).hasSize(30);
        assertThat(page.text("#history tbody tr")).contains("600.0 KiB");
        page.photograph("history");
    }

    /** What is used, the peak and the limit, step by step. */
    @SuppressWarnings("unchecked")
    private List<List<Object>> drawn() {
        return (List<List<Object>>) page.run("""
                const [used, peak, limit] = Chart.getChart('chart').data.datasets;
                return used.data.map((bytes, step) => [bytes, peak.data[step], limit.data[step]]);
                """);
    }

    private double barHeight(int step) {
        return page.number(
                "const bar = Chart.getChart('chart').getDatasetMeta(0).data[arguments[0]];"
                        + " return bar.base - bar.y",
                step);
    }

    private double axisHeight(int bytes) {
        return page.number(
                "const {y} = Chart.getChart('chart').scales;"
                        + " return y.getPixelForValue(0) - y.getPixelForValue(arguments[0])",
                bytes);
    }

    private String zone() {
        return (String) page.run("return Intl.DateTimeFormat().resolvedOptions().timeZone");
    }

    @Test
    void shouldShowDriftAndRepairIt() throws IOException {
        page.choose("minutes.pdf", 500 * KIB);
        page.click("#add-row");

        page.find("#diagnose").click();
        page.awaitText("#diagnosis", "Records and files differ by +146.4 KiB.");
        assertThat(page.text("#diagnosis")).contains("not charged", "646.4 KiB");
        page.click("#repair");
        page.awaitText("#repaired", "Repaired.");
        assertThat(page.text("#repaired")).contains("Recorded 500.0 KiB 646.4 KiB", "Difference +146.4 KiB 0 B");
        assertUsage(31.6, "OK", "Enough room");

        page.click("#lose-row");
        assertThat(page.text("#accident")).isEqualTo("Lost minutes.pdf, which stays charged.");
        page.click("#repair");
        page.awaitText("#repaired", "somebody should look first");
        assertUsage(31.6, "OK", "Enough room");
        page.click("#repair-anyway");
        page.awaitText("#repaired", "Repaired.");
        assertThat(page.text("#repaired")).contains("Recorded 646.4 KiB 146.4 KiB", "Difference −500.0 KiB 0 B");
        assertUsage(7.2, "OK", "Enough room");
        assertThat(page.text("#ledger tbody tr")).contains("Removed by repair", "−500.0 KiB");
        page.photograph("repaired");
        page.find("#diagnose").click();
        page.awaitText("#diagnosis", "Records and files agree.");
    }

    @Test
    void shouldPageThroughTheLedger() {
        for (int i = 1; i <= 10; i++) {
            assertThat(service.upload("meadow", "file-%d.pdf".formatted(i), i).statusCode())
                    .isEqualTo(201);
        }
        page.open("meadow");
        assertThat(column(4)).hasSize(8).startsWith("file-10.pdf").endsWith("file-3.pdf");
        assertThat(column(6)).startsWith("55 B", "45 B");

        page.click("#older");

        assertThat(column(4)).startsWith("file-2.pdf", "file-1.pdf");
        assertThat(column(6)).startsWith("3 B", "1 B");
        page.click("#newest");
        assertThat(column(4)).startsWith("file-10.pdf");
    }

    private List<String> column(int number) {
        return page.findAll("#ledger tbody td:nth-child(%d)".formatted(number)).stream()
                .map(WebElement::getText)
                .toList();
    }

    @Test
    void shouldSayThatAFileIsGoneAlready() throws IOException {
        page.choose("minutes.pdf", 1);
        service.clear();

        page.find("[aria-label='Delete minutes.pdf']").click();

        page.awaitText("#trouble", "That is not there any more.");
        page.complaints(); // of the 404
    }
}
