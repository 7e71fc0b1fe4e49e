package io.github.quotaguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.UsageStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;

class QuotaAutoConfigurationTest {

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(QuotaAutoConfiguration.class));

    @Test
    void shouldBeFoundBySpringBoot() {
        assertThat(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()))
                .contains(QuotaAutoConfiguration.class.getName());
    }

    @Test
    void shouldKeepQuotasInMemoryWithoutADataSource() {
        runner.run(context -> assertThat(context)
                .hasSingleBean(InMemoryUsageStore.class)
                .hasSingleBean(UsageStore.class)
                .hasSingleBean(QuotaPolicy.class)
                .hasSingleBean(UploadGuard.class)
                .hasSingleBean(QuotaService.class));
    }

    @Test
    void shouldNotNeedSpringsJdbcClassesWithoutADataSource() {
        runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.jdbc", "org.springframework.jdbc"))
                .run(context -> assertThat(context).hasSingleBean(InMemoryUsageStore.class));
    }

    @Test
    void shouldChargeAnUploadThatFitsAndRefuseTheNext() {
        runner.withPropertyValues("quota.limits.bytes=10485760").run(context -> {
            UploadGuard guard = context.getBean(UploadGuard.class);
            QuotaService quotas = context.getBean(QuotaService.class);

            String url = guard.upload(Upload.of("testuser2", "photo-1", 438_407), reservation -> "/photo-1");

            assertThat(url).isEqualTo("/photo-1");
            assertThat(quotas.storageQuota("testuser2").availableQuota()).hasValue(10_047_353);
            assertThatExceptionOfType(QuotaExceededException.class)
                    .isThrownBy(() -> guard.reserve(Upload.of("testuser2", "photo-2", 10_047_354)));
        });
    }

    @Test
    void shouldLimitNothingUnlessTold() {
        runner.run(context -> {
            context.getBean(UploadGuard.class)
                    .upload(Upload.of("acme", "all-there-is", Long.MAX_VALUE), reservation -> "kept");

            assertThat(context.getBean(QuotaService.class).storageQuota("acme").totalQuota())
                    .isEmpty();
        });
    }

    @Test
    void shouldBackOffFromTheApplicationsStore() {
        UsageStore own = new InMemoryUsageStore();

        runner.withBean("own", UsageStore.class, () -> own).run(context -> {
            assertThat(context).hasSingleBean(UsageStore.class);
            context.getBean(UploadGuard.class).reserve(Upload.of("acme", "photo-1", 400));
            assertThat(own.find(context.getBean(UploadGuard.class)
                            .find("acme", "photo-1")
                            .orElseThrow()
                            .id()))
                    .isPresent();
        });
    }

    @Test
    void shouldBackOffFromTheApplicationsPolicy() {
        runner.withPropertyValues("quota.limits.bytes=1MB")
                .withBean("own", QuotaPolicy.class, () -> QuotaPolicy.fixed(QuotaLimits.ofBytes(400)))
                .run(context -> {
                    assertThat(context).hasSingleBean(QuotaPolicy.class);
                    assertThat(context.getBean(QuotaService.class)
                                    .storageQuota("acme")
                                    .totalQuota())
                            .hasValue(400);
                });
    }

    @Test
    void shouldBackOffFromTheApplicationsGuard() {
        UploadGuard own = UploadGuard.builder(new InMemoryUsageStore())
                .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                .build();

        runner.withBean("own", UploadGuard.class, () -> own)
                .run(context -> assertThat(context).getBean(UploadGuard.class).isSameAs(own));
    }

    @Test
    void shouldBackOffFromTheApplicationsService() {
        QuotaService own = QuotaService.of(new InMemoryUsageStore(), QuotaPolicy.fixed(QuotaLimits.unlimited()));

        runner.withBean("own", QuotaService.class, () -> own)
                .run(context -> assertThat(context).getBean(QuotaService.class).isSameAs(own));
    }

    @Test
    void shouldLeaveTheObviousBeanNamesToTheApplication() {
        runner.withBean("quotaService", String.class, () -> "the application's own class of that name")
                .withBean("quotaPolicy", String.class, () -> "this one too")
                .withBean("uploadGuard", String.class, () -> "and this one")
                .withBean("usageStore", String.class, () -> "and this one")
                .run(context -> assertThat(context).hasSingleBean(QuotaService.class));
    }

    @Test
    void shouldCreateNothingWhenItIsDisabled() {
        Class<?>[] ours =
                ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()).getCandidates().stream()
                        .filter(name -> name.startsWith("io.github.quotaguard."))
                        .map(name ->
                                ClassUtils.resolveClassName(name, getClass().getClassLoader()))
                        .toArray(Class<?>[]::new);
        WebApplicationContextRunner everything = new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ours))
                .withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class))
                .withBean(SimpleMeterRegistry.class)
                .withPropertyValues("quota.web.api.enabled=true", "management.endpoints.web.exposure.include=*");

        everything.run(context -> assertThat(oursIn(context)).hasSizeGreaterThan(20));
        everything.withPropertyValues("quota.enabled=false").run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(oursIn(context)).isEmpty();
        });
    }

    private static List<String> oursIn(ApplicationContext context) {
        return Stream.of(context.getBeanDefinitionNames())
                .filter(name -> {
                    Class<?> type = context.getType(name);
                    return type != null && type.getName().startsWith("io.github.quotaguard.");
                })
                .toList();
    }
}
