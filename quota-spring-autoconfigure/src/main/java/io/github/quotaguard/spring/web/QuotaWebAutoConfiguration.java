package io.github.quotaguard.spring.web;

import io.github.quotaguard.QuotaService;
import io.github.quotaguard.cleanup.TemporaryFiles;
import io.github.quotaguard.spring.QuotaAutoConfiguration;
import java.time.Clock;
import org.apache.catalina.connector.Connector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.TomcatConnectorCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.LocaleResolver;

/**
 * Configures what an application with Spring MVC needs of quotas: problem answers for what the guard throws; where there
 * is a {@link QuotaAccountResolver}, a filter that refuses uploads by their {@code Content-Length}; and with
 * {@code quota.web.api.enabled=true} an HTTP API, of which a {@link QuotaAuthorization} says who may use it.
 */
@AutoConfiguration(after = QuotaAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnBooleanProperty(name = "quota.enabled", matchIfMissing = true)
@EnableConfigurationProperties(QuotaWebProperties.class)
public final class QuotaWebAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(QuotaWebAutoConfiguration.class);

    QuotaWebAutoConfiguration(QuotaWebProperties properties) {
        properties.requireAllowed();
    }

    @Bean
    @ConditionalOnMissingBean
    ProblemWriter quotaguardProblemWriter(ObjectProvider<LocaleResolver> localeResolver) {
        return new ProblemWriter(localeResolver);
    }

    @Bean
    @ConditionalOnMissingBean
    QuotaProblemAdvice quotaguardProblemAdvice(ProblemWriter problems, QuotaWebProperties properties) {
        return new QuotaProblemAdvice(problems, properties);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty(name = "quota.web.early-refusal.enabled", matchIfMissing = true)
    @ConditionalOnBean(QuotaAccountResolver.class)
    static class EarlyRefusalConfiguration {

        /** Filters are created before Spring MVC is: its exception resolvers have to wait for the first refusal. */
        @Bean
        @ConditionalOnMissingBean(name = "quotaguardEarlyRefusalFilter")
        FilterRegistrationBean<EarlyRefusalFilter> quotaguardEarlyRefusalFilter(
                QuotaAccountResolver accounts,
                QuotaService quotas,
                @Lazy @Qualifier("handlerExceptionResolver") HandlerExceptionResolver exceptions,
                QuotaWebProperties properties) {
            QuotaWebProperties.EarlyRefusal refusal = properties.earlyRefusal();
            FilterRegistrationBean<EarlyRefusalFilter> registration =
                    new FilterRegistrationBean<>(new EarlyRefusalFilter(
                            accounts, quotas, exceptions, refusal.allowance().toBytes()));
            registration.setUrlPatterns(refusal.urlPatterns());
            registration.setOrder(refusal.order());
            return registration;
        }

        /**
         * Tomcat asks a client that sends {@code Expect: 100-continue} for the body before any filter runs, unless it is
         * told to wait until somebody reads it.
         */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass({TomcatConnectorCustomizer.class, Connector.class})
        static class TomcatConfiguration {

            @Bean
            @ConditionalOnMissingBean(name = "quotaguardContinueOnRead")
            TomcatConnectorCustomizer quotaguardContinueOnRead() {
                return connector -> connector.setProperty("continueResponseTiming", "onRead");
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty("quota.web.api.enabled")
    static class ApiConfiguration {

        @Bean
        @ConditionalOnMissingBean
        QuotaAuthorization quotaguardAuthorization() {
            LOG.warn(
                    "The HTTP API of quotas answers everything with 403: define a bean of type {} that says who may use"
                            + " it",
                    QuotaAuthorization.class.getName());
            return (operation, account, request) -> false;
        }

        @Bean
        @ConditionalOnMissingBean
        QuotaApiController quotaguardApiController(
                QuotaService quotas,
                ObjectProvider<TemporaryFiles> temporaryFiles,
                QuotaAuthorization authorization,
                ProblemWriter problems) {
            return new QuotaApiController(quotas, temporaryFiles, authorization, problems, Clock.systemUTC());
        }
    }
}
