package io.github.quotaguard.spring;

import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.UsageStore;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
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
@ConditionalOnSingleCandidate(DataSource.class)
@ConditionalOnMissingBean(UsageStore.class)
class JdbcStoreConfiguration {

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");

    // After Flyway, Liquibase and schema.sql: they may create the tables, or the schema that the tables go into.
    @Bean(destroyMethod = "close")
    @DependsOnDatabaseInitialization
    JdbcUsageStore quotaguardStore(DataSource dataSource, QuotaProperties properties) {
        DataSource ownWork = notTransactionAware(dataSource);
        QuotaProperties.Jdbc jdbc = properties.jdbc();
        JdbcUsageStore store = builder(ownWork, jdbc).build();
        try {
            return isToBeInitialized(ownWork, jdbc.initializeSchema()) ? store.createSchemaIfMissing() : store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static JdbcUsageStore.Builder builder(DataSource dataSource, QuotaProperties.Jdbc jdbc) {
        JdbcUsageStore.Builder builder = JdbcUsageStore.builder(dataSource);
        builder = CheckedProperty.set(
                builder, "quota.jdbc.schema", jdbc.schema(), (to, name) -> to.schema(requireName(name, 63)));
        builder = CheckedProperty.set(
                builder,
                "quota.jdbc.table-prefix",
                jdbc.tablePrefix(),
                (to, name) -> to.tablePrefix(requireName(name, 49)));
        builder = CheckedProperty.set(
                builder, "quota.jdbc.lock-timeout", jdbc.lockTimeout(), JdbcUsageStore.Builder::lockTimeout);
        return CheckedProperty.set(
                builder, "quota.jdbc.sweep-interval", jdbc.sweepInterval(), JdbcUsageStore.Builder::sweepInterval);
    }

    /** The builder's own rule, which it applies too late to tell which property is wrong. */
    private static String requireName(String name, int longest) {
        if (name.length() > longest || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "it has to be a letter followed by letters, digits and '_', at most %d characters"
                            .formatted(longest));
        }
        return name;
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
