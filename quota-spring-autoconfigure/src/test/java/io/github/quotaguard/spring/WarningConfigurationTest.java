package io.github.quotaguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.quotaguard.QuotaListener;
import io.github.quotaguard.QuotaSeverity;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.WarningEvent;
import io.github.quotaguard.WarningMonitor;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class WarningConfigurationTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(QuotaAutoConfiguration.class))
            .withPropertyValues("quota.limits.bytes=1000", "quota.warnings.delay=1ms");

    private final Queue<WarningEvent> first = new ConcurrentLinkedQueue<>();
    private final Queue<WarningEvent> second = new ConcurrentLinkedQueue<>();

    @Test
    void shouldTellEveryListener() {
        runner.withBean("first", QuotaListener.class, () -> first::add)
                .withBean("second", QuotaListener.class, () -> second::add)
                .run(context -> {
                    context.getBean(UploadGuard.class).upload(Upload.of("acme", "photo-1", 850), reservation -> "kept");

                    await().untilAsserted(() -> assertThat(second).hasSize(1));
                    assertThat(first).containsExactlyElementsOf(second);
                    assertThat(first.element().warning().severity()).isEqualTo(QuotaSeverity.WARNING);
                });
    }

    /** Nobody asks for the bean that looks, so that lazily it would never be there. */
    @Test
    void shouldTellListenersAlsoWhereBeansAreLazy() {
        runner.withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .withBean("first", QuotaListener.class, () -> first::add)
                .run(context -> {
                    context.getBean(UploadGuard.class).upload(Upload.of("acme", "photo-1", 850), reservation -> "kept");

                    await().untilAsserted(() -> assertThat(first).hasSize(1));
                });
    }

    @Test
    void shouldLookForNothingWithoutAListener() {
        runner.run(context -> assertThat(context).doesNotHaveBean(WarningMonitor.class));
    }

    @Test
    void shouldNameTheDelayThatIsNotAllowed() {
        assertThat(StartupReport.of(runner.withBean("first", QuotaListener.class, () -> first::add)
                        .withPropertyValues("quota.warnings.delay=0")))
                .contains("'quota.warnings.delay'")
                .contains("allowed are 1 millisecond to 1 day");
    }
}
