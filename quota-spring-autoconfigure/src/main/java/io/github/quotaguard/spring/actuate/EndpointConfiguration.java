package io.github.quotaguard.spring.actuate;

import io.github.quotaguard.QuotaService;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.cleanup.TemporaryFiles;
import io.github.quotaguard.reconcile.Reconciler;
import io.github.quotaguard.store.UsageStore;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({WebEndpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(QuotaService.class)
@EnableConfigurationProperties(EndpointProperties.class)
class EndpointConfiguration {

    @Bean
    @ConditionalOnAvailableEndpoint
    @ConditionalOnMissingBean
    QuotaEndpoint quotaguardEndpoint(
            UsageStore store,
            QuotaService quotas,
            BacklogReader backlog,
            LastReconcile drift,
            EndpointProperties properties,
            ObjectProvider<UploadGuard> guards,
            ObjectProvider<Reconciler> reconcilers,
            ObjectProvider<TemporaryFiles> temporaryFiles) {
        return new QuotaEndpoint(store, quotas, backlog, drift, properties, guards, reconcilers, temporaryFiles);
    }
}
