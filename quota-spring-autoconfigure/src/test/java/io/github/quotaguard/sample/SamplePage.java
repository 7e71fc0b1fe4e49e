package io.github.quotaguard.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import tools.jackson.databind.json.JsonMapper;

/** The page in a browser, as a person sees it. */
final class SamplePage {

    private static final Path SCREENSHOTS = Path.of("target", "sample-screenshots");

    private final ChromeDriver browser;
    private final String url;
    private final Path directory;

    /** Files to be chosen are put into the directory. */
    SamplePage(ChromeDriver browser, String url, Path directory) {
        this.browser = browser;
        this.url = url;
        this.directory = directory;
    }

    /** As for somebody who has never been here. */
    void openAnew() {
        resize(1_280);
        preferColours("light");
        speak("en-GB,en");
        forgetChoices();
        open("meadow");
    }

    void open(String organization) {
        browser.get("about:blank"); // a change of the fragment alone would load nothing
        browser.get(url + "#" + organization);
        awaitShown();
    }

    /** Waits until the page shows what it was last asked for. */
    void awaitShown() {
        await().pollInterval(Duration.ofMillis(50))
                .until(() -> "false".equals(find("main").getDomAttribute("aria-busy")));
    }

    WebElement find(String selector) {
        return browser.findElement(By.cssSelector(selector));
    }

    List<WebElement> findAll(String selector) {
        return browser.findElements(By.cssSelector(selector));
    }

    String text(String selector) {
        return find(selector).getText();
    }

    void awaitText(String selector, String text) {
        await().untilAsserted(() -> assertThat(text(selector)).contains(text));
    }

    String title() {
        return browser.getTitle();
    }

    WebElement focused() {
        return browser.switchTo().activeElement();
    }

    /** Clicks, and waits until what has come of it is shown. */
    void click(String selector) {
        settle(() -> find(selector).click());
    }

    /** Chooses a file of zeros, as in the dialog of the browser. */
    void choose(String name, int bytes) throws IOException {
        Path file = Files.write(directory.resolve(name), new byte[bytes]);
        settle(() -> find("#choose").sendKeys(file.toString()));
    }

    /** Drops a file of zeros. */
    void drop(String name, String type, int bytes) {
        settle(() -> run("""
                const dropped = new DataTransfer();
                dropped.items.add(new File([new Uint8Array(arguments[2])], arguments[0], {type: arguments[1]}));
                document.getElementById('drop').dispatchEvent(
                    new DragEvent('drop', {dataTransfer: dropped, bubbles: true, cancelable: true}));
                """, name, type, bytes));
    }

    /** Does something that changes what is shown, and waits for that. */
    void settle(Runnable action) {
        run("document.getElementById('main').setAttribute('aria-busy', 'asked')");
        action.run();
        awaitShown();
    }

    Object run(String script, Object... arguments) {
        return browser.executeScript(script, arguments);
    }

    double number(String script, Object... arguments) {
        return ((Number) Objects.requireNonNull(run(script, arguments))).doubleValue();
    }

    double width(String selector) {
        return number("return document.querySelector(arguments[0]).getBoundingClientRect().width", selector);
    }

    /** Presses a key where the focus is. */
    void press(CharSequence key) {
        new Actions(browser).sendKeys(key).perform();
    }

    void resize(int width) {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
    }

    void preferColours(String scheme) {
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Sets what language the browser is in. */
    void speak(String languages) {
        String agent = (String) Objects.requireNonNull(run("return navigator.userAgent"));
        browser.executeCdpCommand(
                "Emulation.setUserAgentOverride", Map.of("userAgent", agent, "acceptLanguage", languages));
    }

    void forgetChoices() {
        browser.executeCdpCommand("Storage.clearDataForOrigin", Map.of("origin", url, "storageTypes", "local_storage"));
    }

    /** Names what the rules of WCAG 2.1 AA find wrong. */
    String accessibilityFaults() throws IOException {
        try (InputStream rules = Objects.requireNonNull(getClass().getResourceAsStream("/axe.min.js"))) {
            browser.executeScript(new String(rules.readAllBytes(), StandardCharsets.UTF_8));
        }
        return (String) Objects.requireNonNull(browser.executeAsyncScript("""
                const done = arguments[arguments.length - 1];
                axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}).then(
                    found => done(found.violations.map(it => it.id + ': '
                        + it.nodes.map(node => node.html + ' ' + node.failureSummary).join('; ')).join('\\n')));
                """));
    }

    /** Everything that the browser complained of since it was last asked, but for refused uploads. */
    List<String> complaints() {
        return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .filter(message -> !message.contains("the server responded with a status of 507")
                        && !message.contains("the server responded with a status of 413"))
                .toList();
    }

    /** What was asked for since this was last called, of others than the page's own service. */
    List<String> otherHosts() {
        JsonMapper json = new JsonMapper();
        return browser.manage().logs().get(LogType.PERFORMANCE).getAll().stream()
                .map(entry -> json.readTree(entry.getMessage()).path("message"))
                .filter(message -> message.path("method").asString().equals("Network.requestWillBeSent"))
                .map(message ->
                        message.path("params").path("request").path("url").asString())
                .filter(asked -> !asked.startsWith(url) && !asked.matches("(about|data|chrome[a-z-]*):.*"))
                .toList();
    }

    /** Keeps a picture of the whole page for those who want to look at it. */
    void photograph(String name) throws IOException {
        Map<String, Object> picture =
                browser.executeCdpCommand("Page.captureScreenshot", Map.of("captureBeyondViewport", true));
        Files.createDirectories(SCREENSHOTS);
        Files.write(SCREENSHOTS.resolve(name + ".png"), Base64.getDecoder().decode((String)
                Objects.requireNonNull(picture.get("data"))));
    }
}
