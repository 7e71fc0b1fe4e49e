package io.github.quotaguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.WarningThresholds;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.UsageStore;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.configurationmetadata.ConfigurationMetadataProperty;
import org.springframework.boot.configurationmetadata.ConfigurationMetadataRepositoryJsonBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

class QuotaPropertiesTest {

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(QuotaAutoConfiguration.class));

    @Test
    void shouldHaveTheDefaultsOfTheLibrary() {
        runner.run(context -> assertThat(context.getBean(QuotaProperties.class))
                .isEqualTo(new QuotaProperties(
                        true,
                        Duration.ofMinutes(15),
                        new QuotaProperties.Limits(
                                null,
                                null,
                                null,
                                Map.of(),
                                WarningThresholds.DEFAULT.warningPercent(),
                                WarningThresholds.DEFAULT.criticalPercent()),
                        new QuotaProperties.Jdbc(
                                null,
                                "quota_",
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(10),
                                DatabaseInitializationMode.EMBEDDED))));
    }

    @Test
    void shouldBindSizesAndDurationsWithTheirUnits() {
        runner.withPropertyValues(
                        "quota.reservation-ttl=2h",
                        "quota.limits.bytes=10MB",
                        "quota.limits.files=1000",
                        "quota.limits.bytes-per-file=438407",
                        "quota.limits.categories.image=5MB",
                        "quota.limits.categories[Scans & Faxes]=1KB",
                        "quota.limits.warning-percent=70",
                        "quota.limits.critical-percent=95",
                        "quota.jdbc.schema=billing",
                        "quota.jdbc.table-prefix=acme_",
                        "quota.jdbc.lock-timeout=500ms",
                        "quota.jdbc.sweep-interval=1m",
                        "quota.jdbc.initialize-schema=never")
                .run(context -> assertThat(context.getBean(QuotaProperties.class))
                        .isEqualTo(new QuotaProperties(
                                true,
                                Duration.ofHours(2),
                                new QuotaProperties.Limits(
                                        DataSize.ofBytes(10_485_760),
                                        1_000L,
                                        DataSize.ofBytes(438_407),
                                        Map.of(
                                                "image",
                                                DataSize.ofMegabytes(5),
                                                "Scans & Faxes",
                                                DataSize.ofBytes(1_024)),
                                        70,
                                        95),
                                new QuotaProperties.Jdbc(
                                        "billing",
                                        "acme_",
                                        Duration.ofMillis(500),
                                        Duration.ofMinutes(1),
                                        DatabaseInitializationMode.NEVER))));
    }

    @Test
    void shouldLimitEveryAccountAtEveryLevel() {
        runner.withPropertyValues(
                        "quota.limits.bytes=10MB",
                        "quota.limits.files=1000",
                        "quota.limits.bytes-per-file=1MB",
                        "quota.limits.categories.image=5MB",
                        "quota.limits.warning-percent=70",
                        "quota.limits.critical-percent=95")
                .run(context -> {
                    QuotaLimits limits = QuotaLimits.ofBytes(10_485_760)
                            .withFiles(1_000)
                            .withBytesPerFile(1_048_576)
                            .withBytes("image", 5_242_880)
                            .withThresholds(new WarningThresholds(70, 95));
                    QuotaPolicy policy = context.getBean(QuotaPolicy.class);
                    assertThat(policy.limits(AccountId.of("acme"))).isEqualTo(limits);
                    assertThat(policy.limits(AccountId.of("acme/user-7"))).isEqualTo(limits);
                });
    }

    @Test
    void shouldAllowNothingByALimitOfNothing() {
        runner.withPropertyValues("quota.limits.bytes=0", "quota.limits.files=0")
                .run(context -> assertThat(context.getBean(QuotaPolicy.class).limits(AccountId.of("acme")))
                        .isEqualTo(QuotaLimits.ofBytes(0).withFiles(0)));
    }

    @Test
    void shouldHoldReservationsForTheTimeToLive() {
        Instant now = Instant.parse("2026-11-21T12:00:00Z");
        runner.withPropertyValues("quota.reservation-ttl=20m")
                .withBean(UsageStore.class, () -> new InMemoryUsageStore(Clock.fixed(now, ZoneOffset.UTC)))
                .run(context -> assertThat(context.getBean(UploadGuard.class)
                                .reserve(Upload.of("acme", "photo-1", 400))
                                .deadline())
                        .isEqualTo(now.plus(Duration.ofMinutes(20))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    quota.limits.bytes            | -1        | allowed are 0 or more; leave it out for unlimited
                    quota.limits.files            | -1        | allowed are 0 or more; leave it out for unlimited
                    quota.limits.bytes-per-file   | -1MB      | allowed are 0 or more; leave it out for unlimited
                    quota.limits.categories.image | -1        | allowed are 0 or more; leave it out for unlimited
                    quota.limits.categories.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | 1MB | allowed are 1 to 64
                    quota.limits.warning-percent  | 95        | allowed are 1 to 100, the warning not above the critical one
                    quota.limits.warning-percent  | 0         | allowed are 1 to 100
                    quota.reservation-ttl         | 0s        | allowed is more than 0 up to PT168H
                    quota.reservation-ttl         | 8d        | allowed is more than 0 up to PT168H
                    quota.jdbc.lock-timeout       | 11m       | allowed are PT0.001S to PT10M
                    quota.jdbc.sweep-interval     | 1ms       | allowed are PT0.01S to PT24H
                    quota.jdbc.table-prefix       | quota-    | a letter followed by letters, digits and '_', at most 49 characters
                    quota.jdbc.schema             | 7         | a letter followed by letters, digits and '_', at most 63 characters
                    """)
    void shouldNameThePropertyThatIsWrongAndWhatIsAllowed(String property, String value, String allowed) {
        String report =
                StartupReport.of(runner.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class))
                        .withPropertyValues(property + "=" + value));

        assertThat(report).contains("'" + property + "'").contains(allowed);
    }

    @Test
    void shouldNameThePropertyWhoseUnitIsUnknown() {
        assertThat(StartupReport.of(runner.withPropertyValues("quota.limits.bytes=10 parsecs")))
                .contains("quota.limits.bytes")
                .contains("10 parsecs");
    }

    @Test
    void shouldDescribeEveryPropertyForEditors() throws IOException {
        try (InputStream metadata = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            Map<String, ConfigurationMetadataProperty> properties = ConfigurationMetadataRepositoryJsonBuilder.create(
                            metadata)
                    .build()
                    .getAllProperties();

            assertThat(properties)
                    .containsOnlyKeys(
                            "quota.enabled",
                            "quota.reservation-ttl",
                            "quota.limits.bytes",
                            "quota.limits.files",
                            "quota.limits.bytes-per-file",
                            "quota.limits.categories",
                            "quota.limits.warning-percent",
                            "quota.limits.critical-percent",
                            "quota.jdbc.schema",
                            "quota.jdbc.table-prefix",
                            "quota.jdbc.lock-timeout",
                            "quota.jdbc.sweep-interval",
                            "quota.jdbc.initialize-schema");
            assertThat(properties.values())
                    .allSatisfy(property -> assertThat(property.getDescription())
                            .as(property.getId())
                            .isNotBlank());
        }
    }
}
