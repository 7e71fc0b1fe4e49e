package io.github.quotaguard.spring;

import io.github.quotaguard.jdbc.CallerTransactions;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.spring.StoreDataSource.ConditionalOnStoreDataSource;
import io.github.quotaguard.store.UsageStore;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.jdbc.EmbeddedDatabaseConnection;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/** The store in the application's database. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(EmbeddedDatabaseConnection.class)
@ConditionalOnStoreDataSource
@ConditionalOnMissingBean(UsageStore.class)
class JdbcStoreConfiguration {

    // Static, to be there before any transaction manager.
    @Bean
    static ObservedTransactions quotaguardObservedTransactions() {
        return new ObservedTransactions();
    }

    @Bean
    StoreDataSource quotaguardDataSource(
            @QuotaDataSource ObjectProvider<DataSource> marked, ObjectProvider<DataSource> any) {
        return StoreDataSource.of(marked, any);
    }

    @Bean
    @ConditionalOnMissingBean
    CallerTransactions quotaguardTransactions(StoreDataSource store, ObservedTransactions observed) {
        return new SpringTransactions(store.dataSource(), observed);
    }

    // After Flyway, Liquibase and schema.sql: they may create the tables, or the schema that the tables go into.
    @Bean(destroyMethod = "close")
    @DependsOnDatabaseInitialization
    JdbcUsageStore quotaguardStore(
            StoreDataSource store,
            CallerTransactions callers,
            QuotaProperties properties,
            ObjectProvider<JdbcUsageStoreCustomizer> customizers) {
        DataSource ownWork = notTransactionAware(store.dataSource());
        QuotaProperties.Jdbc jdbc = properties.jdbc();
        JdbcUsageStore.Builder builder = builder(ownWork, jdbc).join(callers);
        if (isToBeInitialized(ownWork, jdbc.initializeSchema())) {
            builder.createSchemaIfMissing();
        }
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return builder.build();
    }

    private static JdbcUsageStore.Builder builder(DataSource dataSource, QuotaProperties.Jdbc jdbc) {
        JdbcUsageStore.Builder builder = JdbcUsageStore.builder(dataSource);
        builder = CheckedProperty.set(builder, "quota.jdbc.schema", jdbc.schema(), JdbcUsageStore.Builder::schema);
        builder = CheckedProperty.set(
                builder, "quota.jdbc.table-prefix", jdbc.tablePrefix(), JdbcUsageStore.Builder::tablePrefix);
        builder = CheckedProperty.set(
                builder, "quota.jdbc.lock-timeout", jdbc.lockTimeout(), JdbcUsageStore.Builder::lockTimeout);
        return CheckedProperty.set(
                builder, "quota.jdbc.sweep-interval", jdbc.sweepInterval(), JdbcUsageStore.Builder::sweepInterval);
    }

    /**
     * Takes the proxies off that hand out the connection of the transaction under way. The store's own work on it would
     * commit that transaction, or its rollback would undo what the store has answered to others.
     */
    private static DataSource notTransactionAware(DataSource dataSource) {
        TransactionAwareDataSourceProxy proxy =
                DataSourceUnwrapper.unwrap(dataSource, TransactionAwareDataSourceProxy.class);
        return proxy == null
                ? dataSource
                : notTransactionAware(Objects.requireNonNull(proxy.getTargetDataSource(), "target of " + proxy));
    }

    private static boolean isToBeInitialized(DataSource dataSource, DatabaseInitializationMode mode) {
        return mode == DatabaseInitializationMode.ALWAYS
                || (mode == DatabaseInitializationMode.EMBEDDED && EmbeddedDatabaseConnection.isEmbedded(dataSource));
    }
}
