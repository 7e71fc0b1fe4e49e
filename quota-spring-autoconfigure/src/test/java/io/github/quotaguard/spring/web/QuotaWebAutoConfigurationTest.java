package io.github.quotaguard.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.QuotaService;
import io.github.quotaguard.cleanup.TemporaryFiles;
import io.github.quotaguard.spring.QuotaAutoConfiguration;
import io.github.quotaguard.spring.StartupReport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.TomcatConnectorCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.util.unit.DataSize;
import org.springframework.web.context.WebApplicationContext;

@ExtendWith(OutputCaptureExtension.class)
class QuotaWebAutoConfigurationTest {

    private static final AutoConfigurations OURS =
            AutoConfigurations.of(QuotaAutoConfiguration.class, QuotaWebAutoConfiguration.class);

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DispatcherServletAutoConfiguration.class,
                    WebMvcAutoConfiguration.class,
                    HttpMessageConvertersAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    QuotaAutoConfiguration.class,
                    QuotaWebAutoConfiguration.class));

    private final WebApplicationContextRunner resolving =
            runner.withBean(QuotaAccountResolver.class, () -> request -> Optional.of("acme"));

    private static MockHttpServletResponse get(WebApplicationContext context, String path) throws Exception {
        return MockMvcBuilders.webAppContextSetup(context)
                .build()
                .perform(MockMvcRequestBuilders.get(path))
                .andReturn()
                .getResponse();
    }

    @Test
    void shouldHaveTheDefaultsOfTheDescription() {
        runner.run(context -> assertThat(context.getBean(QuotaWebProperties.class))
                .isEqualTo(new QuotaWebProperties(
                        507,
                        Duration.ofSeconds(5),
                        new QuotaWebProperties.EarlyRefusal(true, List.of("/*"), -99, DataSize.ofMegabytes(1)),
                        new QuotaWebProperties.Api(false, "/attachments"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    quota.web.exceeded-status            | 399        | allowed are 400 to 599
                    quota.web.exceeded-status            | 600        | allowed are 400 to 599
                    quota.web.retry-after                | 999ms      | allowed are 1s to 1d
                    quota.web.retry-after                | 25h        | allowed are 1s to 1d
                    quota.web.early-refusal.url-patterns | ''         | allowed are 1 or more patterns
                    quota.web.early-refusal.allowance    | -1B        | allowed are 0B or more
                    quota.web.api.base-path              | quotas     | segments of letters, digits and '-._~', each after a '/'
                    quota.web.api.base-path              | /quotas/   | segments of letters, digits and '-._~', each after a '/'
                    quota.web.api.base-path              | /**        | segments of letters, digits and '-._~', each after a '/'
                    quota.web.api.base-path              | /{tenant}  | segments of letters, digits and '-._~', each after a '/'
                    """)
    void shouldNameThePropertyThatIsWrongAndWhatIsAllowed(String property, String value, String allowed) {
        assertThat(StartupReport.of(runner.withPropertyValues(property + "=" + value)))
                .contains("'" + property + "'")
                .contains(allowed);
    }

    @Test
    void shouldCreateNothingWhenItIsDisabled() {
        resolving
                .withPropertyValues("quota.enabled=false", "quota.web.api.enabled=true")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(QuotaWebAutoConfiguration.class)
                        .doesNotHaveBean(QuotaProblemAdvice.class)
                        .doesNotHaveBean(QuotaApiController.class)
                        .doesNotHaveBean(FilterRegistrationBean.class)
                        .doesNotHaveBean(QuotaWebProperties.class));
    }

    @Test
    void shouldCreateNothingOutsideServletApplications() {
        new ApplicationContextRunner()
                .withConfiguration(OURS)
                .run(context -> assertThat(context).doesNotHaveBean(QuotaWebAutoConfiguration.class));
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(OURS)
                .run(context -> assertThat(context).doesNotHaveBean(QuotaWebAutoConfiguration.class));
    }

    @Test
    void shouldCreateNothingWithoutSpringMvc() {
        new WebApplicationContextRunner()
                .withConfiguration(OURS)
                .withClassLoader(new FilteredClassLoader("org.springframework.web.servlet"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(QuotaService.class)
                        .doesNotHaveBean(QuotaWebAutoConfiguration.class));
    }

    @Test
    void shouldHaveNoFilterUnlessAccountsAreResolved() {
        runner.run(context -> assertThat(context)
                .hasSingleBean(QuotaProblemAdvice.class)
                .doesNotHaveBean("quotaguardEarlyRefusalFilter")
                .doesNotHaveBean(TomcatConnectorCustomizer.class));
    }

    @Test
    void shouldFilterWhatAndWhenItIsTold() {
        resolving
                .withPropertyValues(
                        "quota.web.early-refusal.url-patterns=/files/*,/photos/*", "quota.web.early-refusal.order=7")
                .run(context -> {
                    assertThat(context).hasSingleBean(TomcatConnectorCustomizer.class);
                    FilterRegistrationBean<?> filter =
                            context.getBean("quotaguardEarlyRefusalFilter", FilterRegistrationBean.class);
                    assertThat(filter.getUrlPatterns()).containsExactly("/files/*", "/photos/*");
                    assertThat(filter.getOrder()).isEqualTo(7);
                });
    }

    @Test
    void shouldFilterOnOtherServersThanTomcat() {
        resolving
                .withClassLoader(new FilteredClassLoader("org.apache.catalina", "org.springframework.boot.tomcat"))
                .run(context -> assertThat(context).hasNotFailed().hasBean("quotaguardEarlyRefusalFilter"));
    }

    @Test
    void shouldHaveNoFilterIfNoneIsWanted() {
        resolving
                .withPropertyValues("quota.web.early-refusal.enabled=false")
                .run(context -> assertThat(context)
                        .doesNotHaveBean("quotaguardEarlyRefusalFilter")
                        .doesNotHaveBean(TomcatConnectorCustomizer.class));
    }

    @Test
    void shouldHaveNoApiUnlessItIsSwitchedOn() {
        runner.run(context -> {
            assertThat(context).doesNotHaveBean(QuotaApiController.class);
            assertThat(get(context, "/attachments/openapi.yaml").getStatus()).isEqualTo(404);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "/attachments/quota/acme",
        "/attachments/warnings/acme",
        "/attachments/usage/acme",
        "/attachments/usage/acme/history"
    })
    void shouldLetNobodyInUnlessTheApplicationSaysWho(String path, CapturedOutput output) {
        runner.withPropertyValues("quota.web.api.enabled=true").run(context -> {
            assertThat(context).doesNotHaveBean(TemporaryFiles.class);
            assertThat(get(context, path).getStatus()).isEqualTo(403);
            assertThat(MockMvcBuilders.webAppContextSetup(context)
                            .build()
                            .perform(MockMvcRequestBuilders.post("/attachments/cleanup"))
                            .andReturn()
                            .getResponse()
                            .getStatus())
                    .isEqualTo(403);
            assertThat(output).containsOnlyOnce("define a bean of type " + QuotaAuthorization.class.getName());
        });
    }

    @Test
    void shouldAnswerBelowThePathThatIsSet() {
        runner.withPropertyValues("quota.web.api.enabled=true", "quota.web.api.base-path=/storage/v1")
                .withBean(QuotaAuthorization.class, () -> (operation, account, request) -> true)
                .run(context -> {
                    assertThat(get(context, "/storage/v1/quota/acme").getStatus())
                            .isEqualTo(200);
                    assertThat(get(context, "/attachments/quota/acme").getStatus())
                            .isEqualTo(404);
                });
    }

    @Test
    void shouldSpellTheNamesOutWhateverTheApplicationsJsonLooksLike() {
        runner.withPropertyValues(
                        "quota.web.api.enabled=true",
                        "spring.jackson.property-naming-strategy=SNAKE_CASE",
                        "spring.jackson.datatype.datetime.write-dates-as-timestamps=true")
                .withBean(QuotaAuthorization.class, () -> (operation, account, request) -> true)
                .run(context -> assertThat(WebStage.json(
                                get(context, "/attachments/quota/acme").getContentAsString()))
                        .containsEntry("organizationId", "acme")
                        .containsEntry("unlimited", true)
                        .containsEntry("usedQuota", 0));
    }
}
