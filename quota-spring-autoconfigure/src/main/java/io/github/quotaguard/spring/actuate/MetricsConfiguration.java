package io.github.quotaguard.spring.actuate;

import io.github.quotaguard.UploadGuard;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
class MetricsConfiguration {

    @Bean
    @ConditionalOnMissingBean
    UploadSizes quotaguardUploadMeters(MeterRegistry registry) {
        return new UploadMeters(registry);
    }

    @Bean
    @ConditionalOnMissingBean
    QuotaMeters quotaguardMeters(BacklogReader backlog, LastReconcile drift, ObjectProvider<UploadGuard> guards) {
        return new QuotaMeters(backlog, drift, guards);
    }
}
