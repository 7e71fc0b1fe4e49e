package io.github.quotaguard.spring;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.UsageStore;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * Configures an {@link UploadGuard} and a {@link QuotaService}, with the {@link QuotaPolicy} and the {@link UsageStore}
 * that they need; {@link io.github.quotaguard.jdbc.QuotaPlans} where plans are switched on; a
 * {@link io.github.quotaguard.WarningMonitor} where there is a {@link io.github.quotaguard.QuotaListener}, a
 * {@link io.github.quotaguard.reconcile.Reconciler} where there is a
 * {@link io.github.quotaguard.reconcile.FileInventory}, and {@link io.github.quotaguard.cleanup.TemporaryFiles} where there
 * is a {@link io.github.quotaguard.cleanup.FileDeleter}; a {@link io.github.quotaguard.reconcile.Verifier}, a
 * {@link io.github.quotaguard.QuotaMaintenance}, and the schedule by which maintenance, diagnosis and cleanup are done. Each
 * backs off if the application defines a bean of its type. {@code quota.enabled=false} turns all of them off.
 * {@link QuotaProperties} says what else can be set; {@link UploadGuardCustomizer} and {@link JdbcUsageStoreCustomizer}
 * change what properties can not.
 *
 * <p>The store is a {@link io.github.quotaguard.jdbc.JdbcUsageStore} on the application's {@link DataSource}, which is
 * also available by that type. Commits and deletes join the transaction of the calling thread: that of any transaction
 * manager of the context on that data source, or a global one if there is a
 * {@link org.springframework.transaction.jta.JtaTransactionManager}; a bean of type
 * {@link io.github.quotaguard.jdbc.CallerTransactions} replaces these. With several data sources, the one marked
 * {@link QuotaDataSource} is taken, or else the primary one; if there is neither, the start fails until the application
 * defines a store: nothing is guessed. Only an application without any data source keeps its quotas in memory, where they
 * end with the process.
 *
 * <p>A diagnosis or repair of the schedule publishes its {@link io.github.quotaguard.reconcile.ReconcileSummary} as an
 * event of the application.
 */
@AutoConfiguration(
        after = TaskSchedulingAutoConfiguration.class,
        afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnBooleanProperty(name = "quota.enabled", matchIfMissing = true)
@EnableConfigurationProperties(QuotaProperties.class)
@Import({
    JtaConfiguration.class,
    JdbcStoreConfiguration.class,
    PlansConfiguration.class,
    WarningConfiguration.class,
    FilesConfiguration.class,
    ScheduleConfiguration.class
})
public final class QuotaAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(QuotaAutoConfiguration.class);

    @Bean
    @ConditionalOnMissingBean({UsageStore.class, DataSource.class})
    InMemoryUsageStore quotaguardStore() {
        LOG.info("There is no DataSource: quotas are kept in memory and end with this process");
        return new InMemoryUsageStore();
    }

    @Bean
    @ConditionalOnMissingBean
    QuotaPolicy quotaguardPolicy(QuotaProperties properties) {
        QuotaLimits limits = LimitProperties.limits(properties.limits());
        LOG.info("Limits of every account: {}", limits);
        return QuotaPolicy.fixed(limits);
    }

    @Bean
    @ConditionalOnMissingBean
    UploadGuard quotaguardUploadGuard(
            UsageStore store,
            QuotaPolicy policy,
            QuotaProperties properties,
            ObjectProvider<UploadGuardCustomizer> customizers) {
        UploadGuard.Builder builder =
                UploadGuard.builder(store).policy(policy).whenStoreFails(properties.whenStoreFails());
        builder = CheckedProperty.set(
                builder, "quota.reservation-ttl", properties.reservationTtl(), UploadGuard.Builder::reservationTtl);
        UploadGuard.Builder customized = CheckedProperty.set(
                builder,
                "quota.coalesce-reserves",
                properties.coalesceReserves(),
                UploadGuard.Builder::coalesceReserves);
        customizers.orderedStream().forEach(customizer -> customizer.customize(customized));
        return customized.build();
    }

    @Bean
    @ConditionalOnMissingBean
    QuotaService quotaguardService(UsageStore store, QuotaPolicy policy) {
        return QuotaService.of(store, policy);
    }
}
