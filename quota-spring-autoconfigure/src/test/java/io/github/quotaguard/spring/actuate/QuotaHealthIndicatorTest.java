package io.github.quotaguard.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.spring.QuotaAutoConfiguration;
import io.github.quotaguard.spring.StartupReport;
import io.github.quotaguard.store.UsageStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class QuotaHealthIndicatorTest {

    private final TestStore store = new TestStore();

    /** The store's own thread, of the schedule, is kept from making up for what a test leaves behind. */
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    QuotaAutoConfiguration.class,
                    QuotaActuatorAutoConfiguration.class,
                    HealthContributorRegistryAutoConfiguration.class,
                    HealthEndpointAutoConfiguration.class))
            .withBean(UsageStore.class, () -> store.store)
            .withPropertyValues("quota.maintenance.enabled=false", "management.endpoint.health.show-details=always");

    private static Health health(UsageStore store, HealthProperties properties) {
        try (BacklogReader reader = new BacklogReader(store)) {
            return new QuotaHealthIndicator(store, reader, properties).health();
        }
    }

    private static HealthProperties after(Duration time) {
        return new HealthProperties(time, time, time, "OUT_OF_SERVICE");
    }

    @Test
    void shouldBeUpWithWhatWaits() {
        runner.run(context -> {
            context.getBean(UploadGuard.class).reserve(Upload.of("acme/user-7", "photo-1", 10));
            store.advance(Duration.ofMinutes(17));

            Health health = context.getBean("quotaHealthIndicator", HealthIndicator.class)
                    .health();

            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails())
                    .containsEntry("unsettled", 0L)
                    .containsEntry("unsettledFor", "PT0S")
                    .containsEntry("overdue", 1L)
                    .containsEntry("overdueFor", "PT2M")
                    .containsEntry("transactionOpenFor", "PT0S");
            assertThat(health.toString()).doesNotContain("acme");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "unsettled-for, 0s, allowed is more than 0",
        "overdue-for, -5m, allowed is more than 0",
        "transaction-open-for, 0s, allowed is more than 0",
        "status, ' ', allowed are 1 or more characters"
    })
    void shouldNameThePropertyThatIsWrongAndWhatIsAllowed(String property, String value, String allowed) {
        assertThat(StartupReport.of(runner.withPropertyValues("quota.health." + property + "=" + value)))
                .contains("'quota.health." + property + "'")
                .contains(allowed);
    }

    @Test
    void shouldBeAComponentOfTheApplicationsHealth() {
        runner.run(context -> {
            HealthEndpoint endpoint = context.getBean(HealthEndpoint.class);
            assertThat(endpoint.healthForPath("quota").getStatus()).isEqualTo(Status.UP);
            assertThat(endpoint.health().getStatus()).isEqualTo(Status.UP);
        });
        runner.run(context -> {
            store.breakDown();
            HealthEndpoint endpoint = context.getBean(HealthEndpoint.class);
            assertThat(endpoint.health().getStatus()).isEqualTo(Status.DOWN);
        });
    }

    @Test
    void shouldBeOutOfServiceOnceSomethingHasWaitedTooLong() {
        runner.run(context -> {
            context.getBean(UploadGuard.class).reserve(Upload.of("acme/user-7", "photo-1", 10));
            store.advance(Duration.ofMinutes(20));
            assertThat(health(store.store, context.getBean(HealthProperties.class))
                            .getStatus())
                    .isEqualTo(Status.UP);

            store.advance(Duration.ofSeconds(1));

            assertThat(health(store.store, context.getBean(HealthProperties.class))
                            .getStatus())
                    .isEqualTo(Status.OUT_OF_SERVICE);
        });
    }

    @Test
    void shouldHaveTheThresholdsAndTheStatusThatAreSet() {
        runner.withPropertyValues("quota.health.overdue-for=10s", "quota.health.status=DEGRADED")
                .run(context -> {
                    context.getBean(UploadGuard.class).reserve(Upload.of("acme/user-7", "photo-1", 10));
                    store.advance(Duration.ofMinutes(16));

                    HealthEndpoint endpoint = context.getBean(HealthEndpoint.class);

                    assertThat(endpoint.healthForPath("quota").getStatus()).isEqualTo(new Status("DEGRADED"));
                });
    }

    @Test
    void shouldBeDownWhenTheStoreFails() {
        store.breakDown();

        Health health = health(store.store, after(Duration.ofMinutes(5)));

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails()).extractingByKey("error").asString().contains("the database is gone");
    }

    @Test
    void shouldAskAStoreThatKnowsNoBacklogWhetherItAnswers() {
        store.forgetItsBacklog();
        assertThat(health(store.store, after(Duration.ofMinutes(5))))
                .isEqualTo(Health.up().build());

        store.breakDown();

        assertThat(health(store.store, after(Duration.ofMinutes(5))).getStatus())
                .isEqualTo(Status.DOWN);
    }

    @Test
    void shouldBeLeftOutWhereThatIsSet() {
        runner.withPropertyValues("management.health.quota.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(QuotaHealthIndicator.class));
    }

    @Test
    void shouldBackOffFromTheApplicationsOwn() {
        runner.withBean(
                        "quotaHealthIndicator",
                        HealthIndicator.class,
                        () -> () -> Health.unknown().build())
                .run(context -> assertThat(context.getBean(HealthEndpoint.class)
                                .healthForPath("quota")
                                .getStatus())
                        .isEqualTo(Status.UNKNOWN));
    }

    @Test
    void shouldCreateNothingWithoutQuotasOrWithoutTheModule() {
        runner.withPropertyValues("quota.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(QuotaHealthIndicator.class)
                        .doesNotHaveBean(BacklogReader.class)
                        .doesNotHaveBean(LastReconcile.class));
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(QuotaAutoConfiguration.class, QuotaActuatorAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader(
                        "org.springframework.boot.health",
                        "org.springframework.boot.actuate",
                        "org.springframework.boot.micrometer",
                        "io.micrometer"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(QuotaHealthIndicator.class));
    }
}
