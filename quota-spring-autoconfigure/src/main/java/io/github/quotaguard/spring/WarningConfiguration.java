package io.github.quotaguard.spring;

import io.github.quotaguard.QuotaListener;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.WarningMonitor;
import io.github.quotaguard.store.UsageStore;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** Tells the application's listeners when an account reaches a threshold. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(QuotaListener.class)
class WarningConfiguration {

    // Not lazy, whatever the application's other beans are: nobody asks for it, and it has to look.
    @Bean(initMethod = "start", destroyMethod = "close")
    @Lazy(false)
    @ConditionalOnMissingBean
    WarningMonitor quotaguardWarningMonitor(
            UsageStore store, QuotaPolicy policy, ObjectProvider<QuotaListener> listeners, QuotaProperties properties) {
        QuotaProperties.Warnings warnings = properties.warnings();
        WarningMonitor.Builder builder = WarningMonitor.builder(store).policy(policy);
        listeners.orderedStream().forEach(builder::listener);
        builder = CheckedProperty.set(builder, "quota.warnings.delay", warnings.delay(), WarningMonitor.Builder::delay);
        return CheckedProperty.set(
                        builder, "quota.warnings.interval", warnings.interval(), WarningMonitor.Builder::interval)
                .build();
    }
}
