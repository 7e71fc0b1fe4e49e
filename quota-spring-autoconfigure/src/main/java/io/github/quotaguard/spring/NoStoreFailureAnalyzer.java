package io.github.quotaguard.spring;

import io.github.quotaguard.store.UsageStore;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;

/** Says why there is no store for quotas, before Spring Boot says only that there is none. */
@Order(0)
final class NoStoreFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException> {

    private final BeanFactory beans;

    NoStoreFailureAnalyzer(BeanFactory beans) {
        this.beans = beans;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause) {
        if (cause.getBeanType() != UsageStore.class
                || cause instanceof NoUniqueBeanDefinitionException
                || !(beans instanceof ListableBeanFactory listable)) {
            return null;
        }
        String[] dataSources =
                BeanFactoryUtils.beanNamesForTypeIncludingAncestors(listable, DataSource.class, true, false);
        return dataSources.length == 0
                ? null
                : new FailureAnalysis(
                        "There is no store for quotas. They are not kept in memory, since the application has data sources (%s); but to keep them there takes a single one, or a primary one, and spring-boot-jdbc on the class path."
                                .formatted(String.join(", ", dataSources)),
                        "Mark one data source as @QuotaDataSource or @Primary, or define a bean of type UsageStore, such as JdbcUsageStore.builder(dataSource).build().",
                        cause);
    }
}
