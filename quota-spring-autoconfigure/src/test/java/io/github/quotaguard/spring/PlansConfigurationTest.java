package io.github.quotaguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.jdbc.CachingQuotaPolicy;
import io.github.quotaguard.jdbc.JdbcQuotaPolicy;
import io.github.quotaguard.jdbc.QuotaPlans;
import io.github.quotaguard.store.AccountId;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class PlansConfigurationTest {

    private static final AccountId ACME = AccountId.of("acme");

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class, QuotaAutoConfiguration.class))
            .withPropertyValues("quota.plans.enabled=true", "quota.limits.bytes=10MB");

    @Test
    void shouldLimitTenantsByTheirPlansAndOthersByTheProperties() {
        runner.run(context -> {
            QuotaPlans plans = context.getBean(QuotaPlans.class);
            plans.by("alice", "contract 4711").define("team", QuotaLimits.ofBytes(1_000));
            plans.by("alice", "contract 4711").assign("acme", "team");

            QuotaService quotas = context.getBean(QuotaService.class);
            assertThat(quotas.storageQuota("acme").totalQuota()).hasValue(1_000);
            assertThat(quotas.storageQuota("globex").totalQuota()).hasValue(10_485_760);
            assertThat(quotas.storageQuota("acme/user-7").isUnlimited()).isTrue();
        });
    }

    @Test
    void shouldTakeThePlansThatAreNamedAsDefaults() {
        runner.withPropertyValues("quota.plans.default-plan=free", "quota.plans.default-plan-of-sub-accounts=seat")
                .run(context -> {
                    QuotaPlans plans = context.getBean(QuotaPlans.class);
                    plans.by("alice", "start").define("free", QuotaLimits.ofBytes(2_000));
                    plans.by("alice", "start").define("seat", QuotaLimits.ofBytes(500));

                    QuotaPolicy policy = context.getBean(QuotaPolicy.class);
                    assertThat(policy.limits(ACME).bytes()).hasValue(2_000);
                    assertThat(policy.limits(AccountId.of("acme/user-7")).bytes())
                            .hasValue(500);
                });
    }

    @Test
    void shouldForgetWhatItKnewOfAnAccountWhosePlanIsChanged() {
        runner.withPropertyValues("quota.plans.cache.time-to-live=1h").run(context -> {
            QuotaPolicy policy = context.getBean(QuotaPolicy.class);
            assertThat(policy).isInstanceOf(CachingQuotaPolicy.class);
            assertThat(policy.limits(ACME).bytes()).hasValue(10_485_760);
            QuotaPlans plans = context.getBean(QuotaPlans.class);
            plans.by("alice", "contract 4711").define("team", QuotaLimits.ofBytes(1_000));

            plans.by("alice", "contract 4711").assign("acme", "team");

            assertThat(policy.limits(ACME).bytes()).hasValue(1_000);
        });
    }

    @Test
    void shouldAskTheDatabaseEachTimeWithoutACache() {
        runner.withPropertyValues("quota.plans.cache.enabled=false")
                .run(context -> assertThat(context).getBean(QuotaPolicy.class).isInstanceOf(JdbcQuotaPolicy.class));
        runner.withClassLoader(new FilteredClassLoader("com.github.benmanes.caffeine"))
                .run(context -> assertThat(context).getBean(QuotaPolicy.class).isInstanceOf(JdbcQuotaPolicy.class));
    }

    @Test
    void shouldBackOffFromTheApplicationsPolicy() {
        runner.withBean("own", QuotaPolicy.class, () -> QuotaPolicy.fixed(QuotaLimits.ofBytes(400)))
                .run(context ->
                        assertThat(context).hasSingleBean(QuotaPolicy.class).doesNotHaveBean(QuotaPlans.class));
    }

    @Test
    void shouldSayWherePlansAreKept() {
        assertThat(StartupReport.of(new ApplicationContextRunner()
                        .withConfiguration(AutoConfigurations.of(QuotaAutoConfiguration.class))
                        .withPropertyValues("quota.plans.enabled=true")))
                .contains("'quota.plans.enabled'")
                .contains("define a DataSource");
    }

    @Test
    void shouldNameThePlanThatIsNotAllowed() {
        assertThat(StartupReport.of(runner.withPropertyValues("quota.plans.default-plan=" + "x".repeat(65))))
                .contains("'quota.plans.default-plan'")
                .contains("allowed are 1 to 64");
    }

    @Test
    void shouldNameTheTimeToLiveThatIsNotAllowed() {
        assertThat(StartupReport.of(runner.withPropertyValues("quota.plans.cache.time-to-live=0")))
                .contains("'quota.plans.cache.time-to-live'")
                .contains("allowed are PT0.001S to PT8760H");
    }
}
