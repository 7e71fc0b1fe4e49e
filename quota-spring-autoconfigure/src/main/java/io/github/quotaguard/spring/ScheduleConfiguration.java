package io.github.quotaguard.spring;

import io.github.quotaguard.QuotaMaintenance;
import io.github.quotaguard.cleanup.TemporaryFiles;
import io.github.quotaguard.reconcile.ReconcileListener;
import io.github.quotaguard.reconcile.Reconciler;
import io.github.quotaguard.store.UsageStore;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.task.SimpleAsyncTaskExecutorBuilder;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/** Maintenance, diagnosis and cleanup, begun by the application's scheduler. */
@Configuration(proxyBeanMethods = false)
class ScheduleConfiguration {

    private static final String OWN_SCHEDULER = "quotaguardTaskScheduler";

    @Bean
    @ConditionalOnMissingBean
    QuotaMaintenance quotaguardMaintenance(UsageStore store, QuotaProperties properties) {
        return CheckedProperty.set(
                        QuotaMaintenance.builder(store),
                        "quota.maintenance.roll-up-after",
                        properties.maintenance().rollUpAfter(),
                        QuotaMaintenance.Builder::rollUpAfter)
                .build();
    }

    // Spring Boot has a scheduler only for applications with @EnableScheduling. Not for others to inject by type.
    @Bean(name = OWN_SCHEDULER, defaultCandidate = false)
    @ConditionalOnMissingBean(TaskScheduler.class)
    SimpleAsyncTaskScheduler quotaguardTaskScheduler() {
        SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();
        scheduler.setThreadNamePrefix("quotaguard-scheduler-");
        return scheduler;
    }

    @Bean
    @Lazy(false)
    @ConditionalOnMissingBean
    QuotaSchedule quotaguardSchedule(
            ObjectProvider<TaskScheduler> schedulers,
            @Qualifier(OWN_SCHEDULER) ObjectProvider<TaskScheduler> own,
            ObjectProvider<SimpleAsyncTaskExecutorBuilder> threads,
            QuotaMaintenance maintenance,
            ObjectProvider<Reconciler> reconcilers,
            ObjectProvider<ReconcileListener> listeners,
            ObjectProvider<TemporaryFiles> temporaryFiles,
            QuotaProperties properties,
            ApplicationEventPublisher events) {
        TaskScheduler scheduler = own.getIfAvailable(() -> anyOf(schedulers));
        QuotaSchedule schedule = new QuotaSchedule(
                scheduler,
                threads.getIfAvailable(SimpleAsyncTaskExecutorBuilder::new)
                        .threadNamePrefix("quotaguard-job-")
                        .build());
        QuotaJobs jobs = new QuotaJobs(schedule);
        jobs.addMaintenance(maintenance, properties.maintenance());
        jobs.addDiagnosis(reconcilers, listeners, properties.diagnosis(), events);
        jobs.addCleanup(temporaryFiles, properties.cleanup());
        return schedule;
    }

    /** Returns the only one, the primary one, or else the first of several: all that it does is to begin jobs. */
    private static TaskScheduler anyOf(ObjectProvider<TaskScheduler> schedulers) {
        TaskScheduler unique = schedulers.getIfUnique();
        return unique != null ? unique : schedulers.orderedStream().findFirst().orElseThrow();
    }
}
