package io.github.quotaguard.spring;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.assertj.ApplicationContextAssertProvider;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

/** What Spring Boot tells the person whose application did not start. */
public final class StartupReport {

    private StartupReport() {}

    /** Starts a context that has to fail, and returns what is printed below <em>APPLICATION FAILED TO START</em>. */
    public static <
                    R extends AbstractApplicationContextRunner<R, C, A>,
                    C extends ConfigurableApplicationContext,
                    A extends ApplicationContextAssertProvider<C>>
            String of(AbstractApplicationContextRunner<R, C, A> runner) {
        AtomicReference<ConfigurableApplicationContext> started = new AtomicReference<>();
        AtomicReference<String> report = new AtomicReference<>();
        runner.withInitializer(started::set)
                .run(context -> report.set(explain(started.get(), context.getStartupFailure())));
        return report.get();
    }

    private static String explain(ConfigurableApplicationContext context, Throwable failure) {
        Objects.requireNonNull(failure, "the context has started");
        ArgumentResolver arguments = ArgumentResolver.of(BeanFactory.class, context.getBeanFactory())
                .and(Environment.class, context.getEnvironment());
        // Some analyzers are for optional libraries.
        FailureHandler skip = (type, name, missing) -> {};
        return SpringFactoriesLoader.forDefaultResourceLocation().load(FailureAnalyzer.class, arguments, skip).stream()
                .map(analyzer -> analyzer.analyze(failure))
                .filter(Objects::nonNull)
                .findFirst()
                .map(StartupReport::text)
                .orElseThrow(() -> new AssertionError("nobody explains it", failure));
    }

    private static String text(FailureAnalysis analysis) {
        return analysis.getDescription() + "\n" + analysis.getAction();
    }
}
