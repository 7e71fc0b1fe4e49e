package io.github.quotaguard.spring;

import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.WarningMonitor;
import io.github.quotaguard.jdbc.CachingQuotaPolicy;
import io.github.quotaguard.jdbc.JdbcQuotaPolicy;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.jdbc.QuotaPlans;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** Limits by plan, kept beside the store's tables. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("quota.plans.enabled")
@ConditionalOnMissingBean(QuotaPolicy.class)
class PlansConfiguration {

    @Bean
    JdbcQuotaPolicy quotaguardPlanPolicy(ObjectProvider<JdbcUsageStore> stores, QuotaProperties properties) {
        JdbcUsageStore store = stores.getIfUnique();
        if (store == null) {
            throw new InvalidConfigurationPropertyValueException(
                    "quota.plans.enabled",
                    true,
                    "plans stand beside the tables of a JdbcUsageStore, and there is none; define a DataSource, or a bean of type QuotaPolicy for other limits");
        }
        QuotaProperties.Plans plans = properties.plans();
        JdbcQuotaPolicy.Builder builder =
                JdbcQuotaPolicy.builder(store).defaultLimits(LimitProperties.limits(properties.limits()));
        builder = CheckedProperty.set(
                builder, "quota.plans.default-plan", plans.defaultPlan(), JdbcQuotaPolicy.Builder::defaultPlan);
        return CheckedProperty.set(
                        builder,
                        "quota.plans.default-plan-of-sub-accounts",
                        plans.defaultPlanOfSubAccounts(),
                        JdbcQuotaPolicy.Builder::defaultPlanOfSubAccounts)
                .build();
    }

    @Bean
    @ConditionalOnMissingBean
    QuotaPlans quotaguardPlans(
            JdbcQuotaPolicy policy,
            ObjectProvider<CachingQuotaPolicy> caches,
            ObjectProvider<WarningMonitor> monitors) {
        return QuotaPlans.builder(policy)
                .onChange(account -> {
                    caches.ifAvailable(cache -> cache.invalidate(account));
                    monitors.ifAvailable(monitor -> monitor.evaluate(account.path()));
                })
                .build();
    }

    /** Answers of the database, used for a while. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "com.github.benmanes.caffeine.cache.Caffeine")
    @ConditionalOnBooleanProperty(name = "quota.plans.cache.enabled", matchIfMissing = true)
    static class Cache {

        @Bean
        @Primary
        CachingQuotaPolicy quotaguardPolicy(JdbcQuotaPolicy source, QuotaProperties properties) {
            return CheckedProperty.set(
                            CachingQuotaPolicy.builder(source),
                            "quota.plans.cache.time-to-live",
                            properties.plans().cache().timeToLive(),
                            CachingQuotaPolicy.Builder::timeToLive)
                    .build();
        }
    }
}
