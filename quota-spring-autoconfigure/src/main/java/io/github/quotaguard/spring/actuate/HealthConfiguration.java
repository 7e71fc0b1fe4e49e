package io.github.quotaguard.spring.actuate;

import io.github.quotaguard.store.UsageStore;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@EnableConfigurationProperties(HealthProperties.class)
class HealthConfiguration {

    // Spring Boot calls the component by the bean's name. A condition of an optional module can stand only behind the
    // condition that the module is there.
    @Bean
    @ConditionalOnEnabledHealthIndicator("quota")
    @ConditionalOnMissingBean(name = "quotaHealthIndicator")
    QuotaHealthIndicator quotaHealthIndicator(UsageStore store, BacklogReader reader, HealthProperties properties) {
        properties.requireAllowed();
        return new QuotaHealthIndicator(store, reader, properties);
    }
}
