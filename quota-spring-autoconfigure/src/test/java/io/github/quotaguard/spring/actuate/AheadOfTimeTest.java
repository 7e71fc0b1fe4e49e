package io.github.quotaguard.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.QuotaService;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.spring.QuotaAutoConfiguration;
import io.github.quotaguard.spring.QuotaProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;

/**
 * The context that Spring prepares when an application is built: as source that is compiled, and as what it tells a native
 * image of reflection and resources. Of a native image itself nothing is tried: it takes GraalVM.
 */
class AheadOfTimeTest {

    private static final Map<String, String> SETTINGS = Map.of(
            "quota.limits.bytes", "1000",
            "quota.maintenance.enabled", "false",
            "management.endpoints.web.exposure.include", "quota,health");

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        PropertyPlaceholderAutoConfiguration.class,
        QuotaAutoConfiguration.class,
        QuotaActuatorAutoConfiguration.class,
        MetricsAutoConfiguration.class,
        CompositeMeterRegistryAutoConfiguration.class,
        SimpleMetricsExportAutoConfiguration.class,
        ObservationAutoConfiguration.class,
        HealthContributorRegistryAutoConfiguration.class,
        HealthEndpointAutoConfiguration.class,
        EndpointAutoConfiguration.class,
        WebEndpointAutoConfiguration.class
    })
    static class Application {

        @Bean
        DataSource dataSource() {
            JdbcDataSource database = new JdbcDataSource();
            database.setUrl("jdbc:h2:mem:ahead-of-time;DB_CLOSE_DELAY=-1");
            return database;
        }
    }

    /** What was generated, and the name of what begins with it. */
    private record Generated(TestGenerationContext content, String initializer) {

        static Generated ofTheApplication() {
            AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
            context.register(Application.class);
            TestPropertyValues.of(SETTINGS).applyTo(context);
            TestGenerationContext content = new TestGenerationContext(AheadOfTimeTest.class);
            String initializer = new ApplicationContextAotGenerator()
                    .processAheadOfTime(context, content)
                    .reflectionName();
            content.writeGeneratedContent();
            return new Generated(content, initializer);
        }

        RuntimeHints hints() {
            return content.getRuntimeHints();
        }
    }

    private static final Generated GENERATED = Generated.ofTheApplication();

    /** In the class loader of the application, as there is but one in an image: much of the library is package-private. */
    @Test
    @CompileWithForkedClassLoader
    void shouldStartFromWhatWasGenerated() {
        TestCompiler.forSystem().with(GENERATED.content()).compile(compiled -> {
            try (GenericApplicationContext context = new GenericApplicationContext()) {
                TestPropertyValues.of(SETTINGS).applyTo(context);
                @SuppressWarnings("unchecked")
                ApplicationContextInitializer<GenericApplicationContext> generated =
                        compiled.getInstance(ApplicationContextInitializer.class, GENERATED.initializer());
                generated.initialize(context);
                context.refresh();

                context.getBean(UploadGuard.class)
                        .upload(Upload.of("acme/user-7", "photo-1", 850), reservation -> "kept");

                assertThat(context.getBean(JdbcUsageStore.class)).isNotNull();
                assertThat(context.getBean(QuotaService.class).warnings("acme")).hasSize(1);
                assertThat(context.getBean(QuotaEndpoint.class).overview().backlog())
                        .isNotNull();
                assertThat(context.getBean("quotaHealthIndicator", QuotaHealthIndicator.class)
                                .health()
                                .getDetails())
                        .containsKey("unsettled");
                assertThat(context.getBean(MeterRegistry.class)
                                .get("quota.reserve")
                                .timer()
                                .count())
                        .isEqualTo(1);
            }
        });
    }

    /** Each file of the library that is not a class, in whatever module it is added. */
    @Test
    void shouldTakeEveryResourceOfTheLibraryIntoTheImage() throws Exception {
        Set<String> resources = new TreeSet<>();
        for (Class<?> type : List.of(UploadGuard.class, JdbcUsageStore.class, QuotaProperties.class)) {
            resources.addAll(resources(type));
        }

        assertThat(resources)
                .contains("io/github/quotaguard/jdbc/schema-h2.sql", "io/github/quotaguard/warnings_zh_CN.properties")
                .allSatisfy(
                        resource -> assertThat(isTaken(resource)).as(resource).accepts(GENERATED.hints()));
    }

    /** The files of a bundle go by its name, without the language. */
    private static Predicate<RuntimeHints> isTaken(String resource) {
        String bundle = resource.replaceFirst("(_[a-z]{2}_[A-Z]{2})?\\.properties$", "");
        return bundle.equals(resource)
                ? RuntimeHintsPredicates.resource().forResource(resource)
                : RuntimeHintsPredicates.resource().forBundle(bundle.replace('/', '.'));
    }

    /** A module is a directory, or a jar if the build has got so far. */
    private static Set<String> resources(Class<?> type) throws IOException, URISyntaxException {
        Path module =
                Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(module)) {
            return resources(module);
        }
        try (FileSystem jar = FileSystems.newFileSystem(module)) {
            return resources(jar.getPath("/"));
        }
    }

    private static Set<String> resources(Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes.resolve("io"))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> classes.relativize(file).toString().replace('\\', '/'))
                    .filter(file -> !file.endsWith(".class") && !file.contains("/cli/"))
                    .collect(Collectors.toSet());
        }
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                QuotaOverview.class,
                LastReconcile.Finding.class,
                AccountOverview.Warning.class,
                OperationAnswer.Repair.class,
                OperationAnswer.Cleanup.class
            })
    void shouldLetTheImageWriteTheAnswersOfTheEndpoint(Class<?> answer) {
        assertThat(RuntimeHintsPredicates.reflection()
                        .onType(answer)
                        .withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS))
                .accepts(GENERATED.hints());
    }

    @Test
    void shouldLetTheImageBindTheProperties() {
        assertThat(List.of(
                        QuotaProperties.class,
                        QuotaProperties.Limits.class,
                        HealthProperties.class,
                        ObservationProperties.class,
                        EndpointProperties.class))
                .allSatisfy(properties -> assertThat(
                                RuntimeHintsPredicates.reflection().onType(properties))
                        .accepts(GENERATED.hints()));
    }
}
