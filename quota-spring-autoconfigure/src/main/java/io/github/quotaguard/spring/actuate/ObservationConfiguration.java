package io.github.quotaguard.spring.actuate;

import io.github.quotaguard.UploadInterceptor;
import io.github.quotaguard.spring.UploadGuardCustomizer;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
@EnableConfigurationProperties(ObservationProperties.class)
class ObservationConfiguration {

    @Bean
    @ConditionalOnMissingBean
    UploadInterceptor quotaguardInterceptor(
            ObservationRegistry registry, ObjectProvider<UploadSizes> sizes, ObservationProperties properties) {
        return new ObservedUploads(registry, sizes.getIfAvailable(() -> new UploadSizes() {}), properties.account());
    }

    // Before the application's own, which may set another interceptor.
    @Bean
    @Order(0)
    @ConditionalOnMissingBean(name = "quotaguardInterceptorCustomizer")
    UploadGuardCustomizer quotaguardInterceptorCustomizer(UploadInterceptor interceptor) {
        return builder -> builder.intercept(interceptor);
    }
}
