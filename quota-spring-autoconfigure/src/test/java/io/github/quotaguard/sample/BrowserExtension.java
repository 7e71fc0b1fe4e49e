package io.github.quotaguard.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.openqa.selenium.chrome.ChromeDriver;
import org.springframework.util.FileSystemUtils;

/**
 * Gives each test the page of a sample without files, and sees to it that the browser neither complained nor asked another
 * host for anything. Service and browser are started once for all tests.
 */
final class BrowserExtension implements ExecutionCondition, ParameterResolver, BeforeEachCallback, AfterEachCallback {

    private record Stage(Path directory, SampleService service, ChromeDriver browser, SamplePage page)
            implements AutoCloseable {

        static Stage start() {
            try {
                Path directory = Files.createTempDirectory("sample");
                SampleService service = SampleService.start(directory.resolve("data"));
                ChromeDriver browser = Chromium.find().orElseThrow().start(directory.resolve("profile"));
                return new Stage(directory, service, browser, new SamplePage(browser, service.url(), directory));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            browser.quit();
            service.close();
            FileSystemUtils.deleteRecursively(directory);
        }
    }

    private static Stage stage(ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(BrowserExtension.class))
                .computeIfAbsent(Stage.class, type -> Stage.start(), Stage.class);
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return Chromium.find().isPresent()
                ? ConditionEvaluationResult.enabled("there is a Chromium")
                : ConditionEvaluationResult.disabled(Chromium.MISSING);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == SamplePage.class || type == SampleService.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == SamplePage.class
                ? stage(context).page()
                : stage(context).service();
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        stage(context).service().clear();
        stage(context).page().openAnew();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertThat(stage(context).page().complaints()).isEmpty();
        assertThat(stage(context).page().otherHosts()).isEmpty();
    }
}
