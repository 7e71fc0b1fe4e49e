package io.github.quotaguard.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;
import tools.jackson.databind.JsonNode;

/** Whom the page is there for: who reads another language, has no mouse, a small screen, or sees little. */
@ExtendWith(BrowserExtension.class)
class SampleAccessTest {

    private static final int KIB = 1_024;

    private final SamplePage page;
    private final SampleService service;

    SampleAccessTest(SamplePage page, SampleService service) {
        this.page = page;
        this.service = service;
    }

    @Test
    void shouldSpeakTheLanguageThatIsChosenOrElseTheBrowsers() throws IOException {
        page.choose("minutes.pdf", 1_900 * KIB);
        assertThat(language()).isEqualTo("en");

        page.click("[data-language='zh-CN']");

        assertThat(language()).isEqualTo("zh-CN");
        assertThat(page.text("h1")).isEqualTo("Quotaguard 示例");
        assertThat(page.text("#severity")).contains("几乎没有空间");
        assertThat(page.text("#warnings")).contains("已使用");
        page.choose("plan.pdf", 400 * KIB);
        JsonNode problem =
                SampleService.json(service.upload("meadow", "plan.pdf", 400 * KIB, "Accept-Language", "zh-CN"));
        assertThat(page.text(".refusal p"))
                .isEqualTo(problem.path("detail").asString())
                .matches("(?s).*\\p{IsHan}.*");
        page.photograph("chinese");
        page.open("meadow");
        assertThat(language()).isEqualTo("zh-CN");

        page.forgetChoices();
        page.open("meadow");
        assertThat(language()).isEqualTo("en");
        page.speak("zh-CN,zh,en");
        page.open("meadow");
        assertThat(language()).isEqualTo("zh-CN");
    }

    private String language() {
        return page.find("html").getDomAttribute("lang");
    }

    @Test
    void shouldBeUsableByKeyboardAlone() throws IOException {
        tabTo(".skip");
        tabTo("input[value=meadow]");
        page.settle(() -> page.press(Keys.ARROW_DOWN));
        assertThat(page.find("input[value=harbor]").isSelected()).isTrue();
        tabTo("#choose");
        page.choose("minutes.pdf", 100 * KIB);
        page.choose("plan.pdf", 200 * KIB);
        tabTo("[aria-label='Delete plan.pdf']");

        page.settle(() -> page.press(Keys.ENTER));

        assertThat(page.text("#files tbody")).contains("minutes.pdf").doesNotContain("plan.pdf");
        assertThat(page.focused().getDomAttribute("aria-label")).isEqualTo("Delete minutes.pdf");
        tabTo("[data-step=DAY]");
        tabTo("summary");
        tabTo("#repair");
    }

    /** Goes on until the focus is there, and requires that it can be seen. */
    private void tabTo(String selector) {
        for (int i = 0; i < 40; i++) {
            page.press(Keys.TAB);
            if (Boolean.TRUE.equals(page.run("return document.activeElement.matches(arguments[0])", selector))) {
                assertThat(page.run("""
                        const seen = document.activeElement.closest('.drop, .organization') ?? document.activeElement;
                        return getComputedStyle(seen).outlineStyle;""")).isEqualTo("solid");
                return;
            }
        }
        throw new AssertionError("the keyboard does not lead to " + selector);
    }

    @Test
    void shouldNotScrollSidewaysOnAPhone() throws IOException {
        page.drop(
                "a-name-that-is-much-longer-than-a-phone-is-wide-and-has-no-space.pdf", "application/pdf", 1_900 * KIB);
        page.drop("another-name-that-is-much-longer-than-a-phone-is-wide.pdf", "application/pdf", 700 * KIB);
        page.click("#add-row");
        page.find("#diagnose").click();
        page.awaitText("#diagnosis", "146.4 KiB");
        for (String language : List.of("en", "zh-CN")) {
            page.resize(360);
            page.click("[data-language='%s']".formatted(language));
            assertThat(page.number("return document.documentElement.scrollWidth"))
                    .isLessThanOrEqualTo(360);
            page.photograph("phone-" + language);
        }
    }

    @Test
    void shouldShowTheNamesOfFilesAsText() {
        String name = "<img src=x onerror=document.title='broken'>.pdf";
        page.drop(name, "application/pdf", 1_000 * KIB);
        page.drop(name, "application/pdf", 1_500 * KIB);

        assertThat(page.text("#files tbody td")).isEqualTo(name);
        assertThat(page.text("#ledger tbody tr")).contains(name);
        assertThat(page.text(".refusal strong")).contains(name);
        assertThat(page.findAll("main img")).isEmpty();
        assertThat(page.title()).isEqualTo("Quotaguard sample");
    }

    @Test
    void shouldBeAccessibleInLightAndDark() throws IOException {
        page.drop("minutes.pdf", "application/pdf", 1_800 * KIB);
        page.drop("plan.pdf", "application/pdf", 700 * KIB);
        page.click("#lose-row");
        page.click("#repair");
        page.awaitText("#repaired", "somebody should look first");
        for (String scheme : List.of("light", "dark")) {
            page.preferColours(scheme);
            page.open("meadow");
            page.drop("plan.pdf", "application/pdf", 700 * KIB);
            assertThat(page.accessibilityFaults()).isEmpty();
            page.photograph(scheme);
        }
    }
}
