package io.github.quotaguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.cleanup.FileDeleter;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.reconcile.FileInventory;
import io.github.quotaguard.reconcile.ReconcileSummary;
import io.github.quotaguard.reconcile.StoredFile;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.UsageStore;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.support.PeriodicTrigger;

class ScheduleConfigurationTest {

    private static final String EACH_SECOND = "* * * * * *";
    private static final Instant LAST_YEAR = Instant.parse("2025-11-21T12:00:00Z");

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    TaskExecutionAutoConfiguration.class,
                    TaskSchedulingAutoConfiguration.class,
                    QuotaAutoConfiguration.class));

    /** A store that notes which threads sweep it, which nothing but a maintenance asks it for. */
    private static UsageStore noting(Queue<String> sweepers) {
        UsageStore store = new InMemoryUsageStore();
        return (UsageStore) Proxy.newProxyInstance(
                UsageStore.class.getClassLoader(), new Class<?>[] {UsageStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("sweep")) {
                        sweepers.add(Thread.currentThread().getName());
                    }
                    return method.invoke(store, arguments);
                });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class Scheduling {}

    private static FileInventory noFiles() {
        return FileInventory.of(List.of());
    }

    @Test
    void shouldMaintainAgainAndAgainInThreadsOfItsOwn() {
        Queue<String> sweepers = new ConcurrentLinkedQueue<>();
        runner.withUserConfiguration(Scheduling.class)
                .withBean(UsageStore.class, () -> noting(sweepers))
                .withPropertyValues("quota.maintenance.interval=1s")
                .run(context -> await().untilAsserted(() -> assertThat(sweepers)
                        .hasSizeGreaterThan(2)
                        .allMatch(thread -> thread.startsWith("quotaguard-job-"))));
    }

    @Test
    void shouldNotMaintainWhereThatIsSwitchedOff() {
        Queue<String> sweepers = new ConcurrentLinkedQueue<>();
        runner.withBean(UsageStore.class, () -> noting(sweepers))
                .withPropertyValues(
                        "quota.maintenance.enabled=false",
                        "quota.maintenance.interval=1s",
                        "quota.cleanup.cron=" + EACH_SECOND)
                .withBean(FileDeleter.class, () -> file -> sweepers.add("a cleanup"))
                .run(context -> {
                    context.getBean(UploadGuard.class)
                            .upload(Upload.of("acme", "draft-1", 400).retainUntil(LAST_YEAR), reservation -> "kept");
                    await().untilAsserted(() -> assertThat(sweepers).containsExactly("a cleanup"));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", ""})
    void shouldLetAProfileSwitchAJobOff(String never) {
        runner.withPropertyValues("quota.diagnosis.cron=" + never, "quota.cleanup.cron=" + never)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void shouldBeginJobsWithTheSchedulerOfTheApplication() {
        runner.withUserConfiguration(Scheduling.class)
                .run(context ->
                        assertThat(context).hasSingleBean(TaskScheduler.class).hasBean("taskScheduler"));
        runner.run(context -> assertThat(context).hasBean("quotaguardTaskScheduler"));
    }

    /** As a limit of concurrency may, of {@code spring.task.execution.simple}. */
    @Test
    void shouldBeginAJobAgainThatFoundNoThread() {
        Queue<String> calls = new ConcurrentLinkedQueue<>();
        SimpleAsyncTaskExecutor busyAtFirst = new SimpleAsyncTaskExecutor() {
            @Override
            protected void doExecute(Runnable task) {
                calls.add("begin");
                if (calls.size() == 1) {
                    throw new TaskRejectedException("busy");
                }
                super.doExecute(task);
            }
        };
        try (SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler()) {
            QuotaSchedule schedule = new QuotaSchedule(scheduler, busyAtFirst);
            schedule.add("test", new PeriodicTrigger(Duration.ofMillis(10)), isToStop -> calls.add("work"));
            schedule.start();

            await().untilAsserted(() -> assertThat(calls).startsWith("begin", "begin", "work"));
            schedule.stop();
        }
    }

    @Test
    void shouldLeaveTheJobsToTheContextThatHasTheStore() {
        runner.run(parent -> runner.withParent(parent)
                .run(child ->
                        assertThat(child.getBean(QuotaSchedule.class)).isSameAs(parent.getBean(QuotaSchedule.class))));
    }

    @Test
    void shouldPublishWhatADiagnosisHasFound() {
        Queue<ReconcileSummary> found = new ConcurrentLinkedQueue<>();
        runner.withPropertyValues("quota.diagnosis.cron=" + EACH_SECOND)
                .withBean(FileInventory.class, ScheduleConfigurationTest::noFiles)
                .withBean(Summaries.class, () -> new Summaries(found))
                .run(context -> {
                    context.getBean(UploadGuard.class)
                            .upload(Upload.of("acme", "photo-1", 438_407), reservation -> "lost");

                    await().untilAsserted(() -> assertThat(found).anyMatch(summary -> summary.drifted() == 1));
                    assertThat(found).allMatch(summary -> summary.repaired() == 0);
                });
    }

    @Test
    void shouldRepairWhereThatIsAskedFor() {
        Queue<ReconcileSummary> found = new ConcurrentLinkedQueue<>();
        FileInventory files = FileInventory.of(List.of(new StoredFile(
                new FileVersion("acme", "photo-1", ""), AccountId.of("acme"), null, 438_407, LAST_YEAR)));
        runner.withPropertyValues("quota.diagnosis.cron=" + EACH_SECOND, "quota.diagnosis.repair=true")
                .withBean(FileInventory.class, () -> files)
                .withBean(Summaries.class, () -> new Summaries(found))
                .run(context -> {
                    await().untilAsserted(() -> assertThat(found).anyMatch(summary -> summary.repaired() == 1));
                    assertThat(context.getBean(UploadGuard.class).find("acme", "photo-1"))
                            .isPresent();
                });
    }

    /** As an application would listen. */
    private record Summaries(Queue<ReconcileSummary> found)
            implements ApplicationListener<PayloadApplicationEvent<ReconcileSummary>> {

        @Override
        public void onApplicationEvent(PayloadApplicationEvent<ReconcileSummary> event) {
            found.add(event.getPayload());
        }
    }

    @Test
    void shouldCleanUpTemporaryFiles() {
        Queue<String> deleted = new ConcurrentLinkedQueue<>();
        runner.withPropertyValues("quota.cleanup.cron=" + EACH_SECOND)
                .withBean(FileDeleter.class, () -> file -> deleted.add(file.file()))
                .run(context -> {
                    context.getBean(UploadGuard.class)
                            .upload(Upload.of("acme", "draft-1", 400).retainUntil(LAST_YEAR), reservation -> "kept");

                    await().untilAsserted(() -> assertThat(deleted).containsExactly("draft-1"));
                });
    }

    @Test
    void shouldWaitAtTheEndForWhatIsBeingDeleted() {
        CountDownLatch deleting = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Queue<String> events = new ConcurrentLinkedQueue<>();
        FileDeleter slow = file -> {
            deleting.countDown();
            goOn.await();
            events.add("deleted");
        };
        runner.withPropertyValues("quota.cleanup.cron=" + EACH_SECOND)
                .withBean(FileDeleter.class, () -> slow)
                .run(context -> {
                    context.getBean(UploadGuard.class)
                            .upload(Upload.of("acme", "draft-1", 400).retainUntil(LAST_YEAR), reservation -> "kept");
                    deleting.await();
                    QuotaSchedule schedule = context.getBean(QuotaSchedule.class);
                    Thread stop = new Thread(() -> {
                        schedule.stop();
                        events.add("stopped");
                    });
                    stop.start();
                    await().until(() -> stop.getState() == Thread.State.TIMED_WAITING);

                    goOn.countDown();
                    stop.join();

                    assertThat(events).containsExactly("deleted", "stopped");
                });
    }
}
