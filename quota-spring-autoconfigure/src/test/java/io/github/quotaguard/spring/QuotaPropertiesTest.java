package io.github.quotaguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.FailurePolicy;
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
import java.time.ZoneId;
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
                        null,
                        FailurePolicy.CLOSED,
                        new QuotaProperties.Limits(
                                null,
                                null,
                                Duration.ofDays(7),
                                null,
                                null,
                                Map.of(),
                                WarningThresholds.DEFAULT.warningPercent(),
                                WarningThresholds.DEFAULT.criticalPercent()),
                        new QuotaProperties.Plans(
                                false, null, null, new QuotaProperties.Plans.Cache(true, Duration.ofMinutes(1))),
                        new QuotaProperties.Jdbc(
                                null,
                                "quota_",
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(10),
                                DatabaseInitializationMode.EMBEDDED),
                        new QuotaProperties.Warnings(Duration.ofSeconds(1), Duration.ofSeconds(10)),
                        new QuotaProperties.Maintenance(true, Duration.ofMinutes(1), null),
                        new QuotaProperties.Diagnosis(null, null, false, null),
                        new QuotaProperties.Cleanup(null, null, 100, 10_000, 1))));
    }

    @Test
    void shouldBindSizesDurationsAndZonesWithTheirUnits() {
        runner.withPropertyValues(
                        "quota.reservation-ttl=2h",
                        "quota.coalesce-reserves=false",
                        "quota.when-store-fails=open",
                        "quota.limits.bytes=10MB",
                        "quota.limits.soft-bytes=8MB",
                        "quota.limits.soft-grace=36h",
                        "quota.limits.files=1000",
                        "quota.limits.bytes-per-file=438407",
                        "quota.limits.categories.image=5MB",
                        "quota.limits.categories[Scans & Faxes]=1KB",
                        "quota.limits.warning-percent=70",
                        "quota.limits.critical-percent=95",
                        "quota.plans.default-plan=free",
                        "quota.plans.default-plan-of-sub-accounts=seat",
                        "quota.plans.cache.enabled=false",
                        "quota.plans.cache.time-to-live=5s",
                        "quota.jdbc.schema=billing",
                        "quota.jdbc.table-prefix=acme_",
                        "quota.jdbc.lock-timeout=500ms",
                        "quota.jdbc.sweep-interval=1m",
                        "quota.jdbc.initialize-schema=never",
                        "quota.warnings.delay=100ms",
                        "quota.warnings.interval=1m",
                        "quota.maintenance.enabled=false",
                        "quota.maintenance.interval=5m",
                        "quota.maintenance.roll-up-after=90d",
                        "quota.diagnosis.zone=Asia/Shanghai",
                        "quota.diagnosis.repair=true",
                        "quota.diagnosis.accounts-per-second=0.5",
                        "quota.cleanup.zone=UTC",
                        "quota.cleanup.batch-size=10",
                        "quota.cleanup.max-files=50",
                        "quota.cleanup.concurrency=4")
                .run(context -> assertThat(context.getBean(QuotaProperties.class))
                        .isEqualTo(new QuotaProperties(
                                true,
                                Duration.ofHours(2),
                                false,
                                FailurePolicy.OPEN,
                                new QuotaProperties.Limits(
                                        DataSize.ofBytes(10_485_760),
                                        DataSize.ofBytes(8_388_608),
                                        Duration.ofHours(36),
                                        1_000L,
                                        DataSize.ofBytes(438_407),
                                        Map.of(
                                                "image",
                                                DataSize.ofMegabytes(5),
                                                "Scans & Faxes",
                                                DataSize.ofBytes(1_024)),
                                        70,
                                        95),
                                new QuotaProperties.Plans(
                                        false,
                                        "free",
                                        "seat",
                                        new QuotaProperties.Plans.Cache(false, Duration.ofSeconds(5))),
                                new QuotaProperties.Jdbc(
                                        "billing",
                                        "acme_",
                                        Duration.ofMillis(500),
                                        Duration.ofMinutes(1),
                                        DatabaseInitializationMode.NEVER),
                                new QuotaProperties.Warnings(Duration.ofMillis(100), Duration.ofMinutes(1)),
                                new QuotaProperties.Maintenance(false, Duration.ofMinutes(5), Duration.ofDays(90)),
                                new QuotaProperties.Diagnosis(null, ZoneId.of("Asia/Shanghai"), true, 0.5),
                                new QuotaProperties.Cleanup(null, ZoneId.of("UTC"), 10, 50, 4))));
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
                    quota.limits.soft-bytes       | -1        | allowed are 0 or more
                    quota.maintenance.interval    | 1ms       | allowed are PT1S to PT24H
                    quota.maintenance.roll-up-after | 1d      | allowed are 9 days to 36,500 days
                    quota.diagnosis.cron          | daily     | Cron expression must consist of 6 fields
                    quota.diagnosis.cron          | 0 0 0 30 2 * | is never due
                    quota.diagnosis.cron          | 0 0 3 * * * | define a bean of type FileInventory
                    quota.cleanup.cron            | 0 0 3 * * * | define a bean of type FileDeleter
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
                            "quota.coalesce-reserves",
                            "quota.when-store-fails",
                            "quota.limits.bytes",
                            "quota.limits.soft-bytes",
                            "quota.limits.soft-grace",
                            "quota.limits.files",
                            "quota.limits.bytes-per-file",
                            "quota.limits.categories",
                            "quota.limits.warning-percent",
                            "quota.limits.critical-percent",
                            "quota.jdbc.schema",
                            "quota.jdbc.table-prefix",
                            "quota.jdbc.lock-timeout",
                            "quota.jdbc.sweep-interval",
                            "quota.jdbc.initialize-schema",
                            "quota.plans.enabled",
                            "quota.plans.default-plan",
                            "quota.plans.default-plan-of-sub-accounts",
                            "quota.plans.cache.enabled",
                            "quota.plans.cache.time-to-live",
                            "quota.warnings.delay",
                            "quota.warnings.interval",
                            "quota.maintenance.enabled",
                            "quota.maintenance.interval",
                            "quota.maintenance.roll-up-after",
                            "quota.diagnosis.cron",
                            "quota.diagnosis.zone",
                            "quota.diagnosis.repair",
                            "quota.diagnosis.accounts-per-second",
                            "quota.cleanup.cron",
                            "quota.cleanup.zone",
                            "quota.cleanup.batch-size",
                            "quota.cleanup.max-files",
                            "quota.cleanup.concurrency",
                            "quota.health.unsettled-for",
                            "quota.health.overdue-for",
                            "quota.health.transaction-open-for",
                            "quota.health.status",
                            "quota.observations.account",
                            "quota.actuator.repair",
                            "quota.actuator.cleanup",
                            "management.endpoint.quota.access",
                            "management.endpoint.quota.cache.time-to-live",
                            "quota.web.exceeded-status",
                            "quota.web.retry-after",
                            "quota.web.early-refusal.enabled",
                            "quota.web.early-refusal.url-patterns",
                            "quota.web.early-refusal.order",
                            "quota.web.early-refusal.allowance",
                            "quota.web.api.enabled",
                            "quota.web.api.base-path");
            assertThat(properties.values())
                    .allSatisfy(property -> assertThat(property.getDescription())
                            .as(property.getId())
                            .isNotBlank());
        }
    }
}
