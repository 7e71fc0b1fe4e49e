package io.github.quotaguard.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.UploadInterceptor;
import io.github.quotaguard.reconcile.ReconcileSummary;
import io.github.quotaguard.spring.QuotaAutoConfiguration;
import io.github.quotaguard.spring.UploadGuardCustomizer;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.UsageStoreException;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What meters and traces say of uploads, configured as Spring Boot does it. */
class ObservedUploadsTest {

    private final TestStore store = new TestStore();

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    QuotaAutoConfiguration.class,
                    QuotaActuatorAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class,
                    ObservationAutoConfiguration.class))
            .withBean(UsageStore.class, () -> store.store)
            .withPropertyValues("quota.maintenance.enabled=false", "quota.limits.bytes=100");

    private static Timer timer(MeterRegistry registry, String name, String outcome) {
        return registry.get(name).tag("outcome", outcome).timer();
    }

    private static Set<String> outcomes(MeterRegistry registry, String name) {
        Set<String> outcomes = new TreeSet<>();
        registry.find(name).timers().forEach(timer -> outcomes.add(timer.getId().getTag("outcome")));
        return outcomes;
    }

    @Test
    void shouldTimeEachCallOnceByItsOutcome() {
        runner.run(context -> {
            UploadGuard guard = context.getBean(UploadGuard.class);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            Upload photo = Upload.of("acme/user-7", "photo-1", 40);

            guard.upload(photo, reservation -> "kept");
            guard.tryReserve(photo);
            guard.tryReserve(Upload.of("acme/user-7", "photo-1", 50));
            guard.tryReserve(Upload.of("acme/user-7", "photo-2", 61));
            guard.reserve(Upload.of("acme/user-7", "photo-3", 10)).close();
            Reservation grown = guard.reserve(Upload.of("acme/user-7", "photo-4", 10));
            grown.commit(20);
            guard.delete("acme/user-7", "photo-1");
            guard.delete("acme/user-7", "photo-1");

            assertThat(outcomes(registry, "quota.reserve"))
                    .containsExactly("already_stored", "conflict", "granted", "refused");
            assertThat(timer(registry, "quota.reserve", "granted").count()).isEqualTo(3);
            assertThat(timer(registry, "quota.reserve", "refused").count()).isEqualTo(1);
            assertThat(timer(registry, "quota.extend", "extended").count()).isEqualTo(1);
            assertThat(timer(registry, "quota.commit", "committed").count()).isEqualTo(2);
            assertThat(timer(registry, "quota.release", "released").count()).isEqualTo(1);
            assertThat(timer(registry, "quota.delete", "deleted").count()).isEqualTo(1);
            assertThat(timer(registry, "quota.delete", "nothing").count()).isEqualTo(1);
            assertThat(timer(registry, "quota.reserve", "granted").totalTime(TimeUnit.NANOSECONDS))
                    .isPositive();
        });
    }

    @Test
    void shouldTellWhatFailsFromWhatIsRefused() {
        runner.run(context -> {
            store.breakDown();
            UploadGuard guard = context.getBean(UploadGuard.class);

            assertThatExceptionOfType(UsageStoreException.class)
                    .isThrownBy(() -> guard.reserve(Upload.of("acme", "photo-1", 40)));

            Timer failed = timer(context.getBean(MeterRegistry.class), "quota.reserve", "error");
            assertThat(failed.count()).isEqualTo(1);
            assertThat(failed.getId().getTag("error")).isEqualTo("UsageStoreException");
        });
    }

    @Test
    void shouldCountWhatAGuardThatIsOpenLetsThroughUncharged() {
        runner.withPropertyValues("quota.when-store-fails=open").run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.get("quota.uncharged.uploads").functionCounter().count())
                    .isZero();
            store.breakDown();

            context.getBean(UploadGuard.class).reserve(Upload.of("acme", "photo-1", 40));

            assertThat(timer(registry, "quota.reserve", "uncharged").count()).isEqualTo(1);
            assertThat(registry.get("quota.uncharged.uploads").functionCounter().count())
                    .isEqualTo(1);
            assertThat(registry.get("quota.uncharged.bytes").functionCounter().count())
                    .isEqualTo(40);
        });
    }

    @Test
    void shouldSumUpDeclaredSizesByOutcome() {
        runner.run(context -> {
            UploadGuard guard = context.getBean(UploadGuard.class);
            MeterRegistry registry = context.getBean(MeterRegistry.class);

            guard.tryReserve(Upload.of("acme", "photo-1", 40));
            guard.tryReserve(Upload.of("acme", "photo-2", 30));
            guard.tryReserve(Upload.of("acme", "photo-3", 31));
            guard.tryReserve(Upload.ofUnknownSize("acme", "film"));

            assertThat(bytes(registry, "granted").totalAmount()).isEqualTo(70);
            assertThat(bytes(registry, "granted").count()).isEqualTo(2);
            assertThat(bytes(registry, "refused").totalAmount()).isEqualTo(31);
            assertThat(bytes(registry, "refused").getId().getBaseUnit()).isEqualTo("bytes");
        });
    }

    private static DistributionSummary bytes(MeterRegistry registry, String outcome) {
        return registry.get("quota.reserve.bytes").tag("outcome", outcome).summary();
    }

    @Test
    void shouldTellHowManyGoToTheStoreTogether() {
        runner.withPropertyValues("quota.coalesce-reserves=true").run(context -> {
            context.getBean(UploadGuard.class).reserve(Upload.of("acme", "photo-1", 40));

            DistributionSummary batch = context.getBean(MeterRegistry.class)
                    .get("quota.reserve.batch")
                    .summary();
            assertThat(batch.count()).isEqualTo(1);
            assertThat(batch.max()).isEqualTo(1);
        });
    }

    private record Ended(String name, List<String> low, List<String> high) {

        static Ended of(Observation.Context context) {
            return new Ended(
                    context.getName(),
                    context.getLowCardinalityKeyValues().stream()
                            .map(Ended::text)
                            .toList(),
                    context.getHighCardinalityKeyValues().stream()
                            .map(Ended::text)
                            .toList());
        }

        private static String text(KeyValue pair) {
            return pair.getKey() + "=" + pair.getValue();
        }
    }

    private static final class Recorder implements ObservationHandler<Observation.Context> {

        final List<Ended> ended = new ArrayList<>();

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }

        @Override
        public void onStop(Observation.Context context) {
            ended.add(Ended.of(context));
        }
    }

    @Test
    void shouldNameNoAccountUnlessTold() {
        Recorder recorder = new Recorder();
        runner.withBean(Recorder.class, () -> recorder).run(context -> {
            context.getBean(UploadGuard.class).upload(Upload.of("acme/user-7", "photo-1", 40), reservation -> "kept");

            assertThat(recorder.ended)
                    .containsExactly(
                            new Ended("quota.reserve", List.of("outcome=granted"), List.of()),
                            new Ended("quota.commit", List.of("outcome=committed"), List.of()));
            for (Meter meter : context.getBean(MeterRegistry.class).getMeters()) {
                assertThat(meter.getId().getTags()).extracting(Tag::getValue).noneMatch(tag -> tag.contains("acme"));
            }
        });
    }

    @Test
    void shouldNameAccountsInTracesAndNotInMetersIfTold() {
        Recorder recorder = new Recorder();
        runner.withBean(Recorder.class, () -> recorder)
                .withPropertyValues("quota.observations.account=true")
                .run(context -> {
                    context.getBean(UploadGuard.class).reserve(Upload.of("acme/user-7", "photo-1", 40));

                    assertThat(recorder.ended)
                            .containsExactly(new Ended(
                                    "quota.reserve", List.of("outcome=granted"), List.of("quota.account=acme/user-7")));
                    for (Meter meter : context.getBean(MeterRegistry.class).getMeters()) {
                        assertThat(meter.getId().getTags())
                                .extracting(Tag::getValue)
                                .noneMatch(tag -> tag.contains("acme"));
                    }
                });
    }

    @Test
    void shouldGaugeWhatWaits() {
        runner.run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            context.getBean(UploadGuard.class).reserve(Upload.of("acme", "photo-1", 40));
            store.advance(Duration.ofMinutes(20));

            await().untilAsserted(() ->
                    assertThat(gauge(registry, "quota.backlog.overdue")).isEqualTo(1));
            assertThat(gauge(registry, "quota.backlog.overdue.age")).isCloseTo(300, within(0.001));
            assertThat(gauge(registry, "quota.backlog.unsettled")).isZero();
            assertThat(gauge(registry, "quota.backlog.unsettled.age")).isZero();
            assertThat(gauge(registry, "quota.backlog.transaction.age")).isZero();
            assertThat(store.looks).hasValue(1);
        });
    }

    @Test
    void shouldGaugeNothingThatTheStoreCanNotTell() {
        store.forgetItsBacklog();
        runner.run(context -> assertThat(gauge(context.getBean(MeterRegistry.class), "quota.backlog.overdue"))
                .isNaN());
    }

    @Test
    void shouldGaugeWhatTheLastReconcileHasFound() {
        runner.run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.get("quota.drift.accounts")
                            .tag("state", "drifted")
                            .gauge()
                            .value())
                    .isNaN();
            assertThat(gauge(registry, "quota.drift.age")).isNaN();

            context.publishEvent(new ReconcileSummary(10, 7, 3, 2, 1, 5, 4, false));

            assertThat(List.of("consistent", "drifted", "repaired", "braked", "skipped", "failed"))
                    .extracting(state -> registry.get("quota.drift.accounts")
                            .tag("state", state)
                            .gauge()
                            .value())
                    .containsExactly(7.0, 3.0, 2.0, 1.0, 5.0, 4.0);
            assertThat(gauge(registry, "quota.drift.age")).isBetween(0.0, 60.0);
        });
    }

    private static double gauge(MeterRegistry registry, String name) {
        return registry.get(name).gauge().value();
    }

    @Test
    void shouldObserveNothingThatIsSwitchedOff() {
        runner.withPropertyValues("management.observations.enable.quota=false").run(context -> {
            context.getBean(UploadGuard.class).reserve(Upload.of("acme", "photo-1", 40));

            assertThat(context.getBean(MeterRegistry.class)
                            .find("quota.reserve")
                            .timers())
                    .isEmpty();
        });
    }

    @Test
    void shouldObserveWithoutMeters() {
        Recorder recorder = new Recorder();
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        QuotaAutoConfiguration.class,
                        QuotaActuatorAutoConfiguration.class,
                        ObservationAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("io.micrometer.core"))
                .withBean(Recorder.class, () -> recorder)
                .run(context -> {
                    context.getBean(UploadGuard.class).reserve(Upload.of("acme", "photo-1", 40));

                    assertThat(recorder.ended).extracting(Ended::name).containsExactly("quota.reserve");
                });
    }

    @Test
    void shouldLeaveTheGuardAloneWithoutARegistry() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(QuotaAutoConfiguration.class, QuotaActuatorAutoConfiguration.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(UploadInterceptor.class)
                        .doesNotHaveBean(UploadGuardCustomizer.class)
                        .doesNotHaveBean(QuotaMeters.class));
    }

    @Test
    void shouldBackOffFromTheApplicationsInterceptor() {
        UploadInterceptor own = new UploadInterceptor() {};
        runner.withBean("own", UploadInterceptor.class, () -> own)
                .run(context ->
                        assertThat(context).getBean(UploadInterceptor.class).isSameAs(own));
    }
}
