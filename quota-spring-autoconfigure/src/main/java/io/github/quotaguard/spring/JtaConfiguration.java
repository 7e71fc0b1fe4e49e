package io.github.quotaguard.spring;

import io.github.quotaguard.jdbc.CallerTransactions;
import io.github.quotaguard.jdbc.JtaTransactions;
import io.github.quotaguard.spring.StoreDataSource.ConditionalOnStoreDataSource;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.jta.JtaTransactionManager;

/** Global transactions that Spring only passes on: the data source enlists its connections in them by itself. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({JtaTransactionManager.class, TransactionManager.class})
@ConditionalOnSingleCandidate(JtaTransactionManager.class)
class JtaConfiguration {

    @Bean
    @ConditionalOnStoreDataSource
    @ConditionalOnMissingBean
    CallerTransactions quotaguardTransactions(
            @QuotaDataSource ObjectProvider<DataSource> marked,
            ObjectProvider<DataSource> any,
            JtaTransactionManager transactions) {
        TransactionManager manager = transactions.getTransactionManager();
        TransactionSynchronizationRegistry registry = transactions.getTransactionSynchronizationRegistry();
        return new JtaTransactions(
                require(manager, "TransactionManager"),
                require(registry, "TransactionSynchronizationRegistry"),
                StoreDataSource.of(marked, any).dataSource());
    }

    private static <T> T require(@Nullable T part, String what) {
        if (part == null) {
            throw new IllegalStateException(
                    "the JtaTransactionManager has no %s, by which quotas join its transactions; give it one, or define a bean of type CallerTransactions"
                            .formatted(what));
        }
        return part;
    }
}
