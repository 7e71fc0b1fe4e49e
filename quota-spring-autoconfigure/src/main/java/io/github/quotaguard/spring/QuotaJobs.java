package io.github.quotaguard.spring;

import io.github.quotaguard.MaintenanceResult;
import io.github.quotaguard.QuotaMaintenance;
import io.github.quotaguard.cleanup.CleanupRequest;
import io.github.quotaguard.cleanup.CleanupResult;
import io.github.quotaguard.cleanup.TemporaryFiles;
import io.github.quotaguard.reconcile.ReconcileListener;
import io.github.quotaguard.reconcile.ReconcileOptions;
import io.github.quotaguard.reconcile.ReconcileSummary;
import io.github.quotaguard.reconcile.Reconciler;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.support.CronExpression;
import org.springframework.scheduling.support.CronTrigger;
import org.springframework.scheduling.support.PeriodicTrigger;

/** What the schedule does, as the properties say. */
final class QuotaJobs {

    private static final Logger LOG = LoggerFactory.getLogger(QuotaJobs.class);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    private final QuotaSchedule schedule;

    QuotaJobs(QuotaSchedule schedule) {
        this.schedule = schedule;
    }

    /** When a job is due, by a clock. */
    private record Cron(CronExpression expression, ZoneId zone) {

        /** As {@link Scheduled} has it, so that a profile can switch off what another has set. */
        static boolean isNever(String expression) {
            return expression.isEmpty() || expression.equals(Scheduled.CRON_DISABLED);
        }

        static Cron of(String property, String expression, @Nullable ZoneId zone) {
            return new Cron(
                    CheckedProperty.read(property, expression, Cron::parse),
                    zone == null ? ZoneId.systemDefault() : zone);
        }

        private static CronExpression parse(String expression) {
            CronExpression parsed = CronExpression.parse(expression);
            if (parsed.next(ZonedDateTime.now(ZoneOffset.UTC)) == null) {
                throw new IllegalArgumentException("Cron expression \"%s\" is never due".formatted(expression));
            }
            return parsed;
        }

        CronTrigger trigger() {
            return new CronTrigger(expression.toString(), zone);
        }

        Duration untilNext() {
            ZonedDateTime now = ZonedDateTime.now(zone);
            ZonedDateTime next = expression.next(now);
            return next == null ? Duration.ZERO : Duration.between(now, next);
        }
    }

    void addMaintenance(QuotaMaintenance maintenance, QuotaProperties.Maintenance properties) {
        if (!properties.enabled()) {
            return;
        }
        Duration interval =
                CheckedProperty.read("quota.maintenance.interval", properties.interval(), QuotaJobs::requireInterval);
        PeriodicTrigger trigger = new PeriodicTrigger(interval);
        trigger.setInitialDelay(interval);
        schedule.add("maintenance", trigger, isToStop -> {
            MaintenanceResult result = maintenance.maintain();
            LOG.debug("Quota maintenance: {}", result);
        });
    }

    private static Duration requireInterval(Duration interval) {
        if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "interval is %s, allowed are %s to %s".formatted(interval, SHORTEST, LONGEST));
        }
        return interval;
    }

    void addDiagnosis(
            ObjectProvider<Reconciler> reconcilers,
            ObjectProvider<ReconcileListener> listeners,
            QuotaProperties.Diagnosis properties,
            ApplicationEventPublisher events) {
        String property = "quota.diagnosis.cron";
        String expression = properties.cron();
        if (expression == null || Cron.isNever(expression)) {
            return;
        }
        Cron cron = Cron.of(property, expression, properties.zone());
        Reconciler reconciler = require(
                reconcilers.getIfAvailable(),
                property,
                expression,
                "nobody says which files there are: define a bean of type FileInventory, such as a SqlInventory");
        ReconcileOptions.Builder options =
                ReconcileOptions.builder().actor("schedule").reason("quota.diagnosis");
        options = CheckedProperty.set(
                options,
                "quota.diagnosis.accounts-per-second",
                properties.accountsPerSecond(),
                ReconcileOptions.Builder::accountsPerSecond);
        listeners.ifUnique(options::listener);
        schedule.add("diagnosis", cron.trigger(), diagnosis(reconciler, options, cron, properties.repair(), events));
    }

    private static Consumer<BooleanSupplier> diagnosis(
            Reconciler reconciler,
            ReconcileOptions.Builder builder,
            Cron cron,
            boolean isRepair,
            ApplicationEventPublisher events) {
        return isToStop -> {
            // Nodes begin together: who was looked at by one of them is left out by the others until the next time.
            ReconcileOptions options = builder.rest(cron.untilNext().dividedBy(2))
                    .cancelWhen(isToStop)
                    .build();
            ReconcileSummary summary = isRepair ? reconciler.repairAll(options) : reconciler.diagnoseAll(options);
            if (summary.drifted() > summary.repaired() || summary.failed() > 0) {
                LOG.warn("Quota diagnosis found records that do not agree with the files: {}", summary);
            } else {
                LOG.info("Quota diagnosis: {}", summary);
            }
            events.publishEvent(summary);
        };
    }

    void addCleanup(ObjectProvider<TemporaryFiles> files, QuotaProperties.Cleanup properties) {
        String property = "quota.cleanup.cron";
        String expression = properties.cron();
        if (expression == null || Cron.isNever(expression)) {
            return;
        }
        Cron cron = Cron.of(property, expression, properties.zone());
        TemporaryFiles temporaryFiles = require(
                files.getIfAvailable(),
                property,
                expression,
                "nobody deletes the files: define a bean of type FileDeleter");
        CleanupRequest.Builder builder = CleanupRequest.builder();
        builder = CheckedProperty.set(
                builder, "quota.cleanup.batch-size", properties.batchSize(), CleanupRequest.Builder::batchSize);
        builder = CheckedProperty.set(
                builder, "quota.cleanup.max-files", properties.maxFiles(), CleanupRequest.Builder::maxFiles);
        CleanupRequest request = CheckedProperty.set(
                        builder,
                        "quota.cleanup.concurrency",
                        properties.concurrency(),
                        CleanupRequest.Builder::concurrency)
                .build();
        schedule.add("cleanup", cron.trigger(), isToStop -> {
            CleanupResult result = temporaryFiles.cleanup(request);
            LOG.info(
                    "Quota cleanup: {} file versions of {} bytes are gone, {} could not be deleted",
                    result.cleanedCount(),
                    result.freedSpace(),
                    result.failures().size());
        });
    }

    private static <T> T require(@Nullable T bean, String property, String value, String reason) {
        if (bean == null) {
            throw new InvalidConfigurationPropertyValueException(property, value, reason);
        }
        return bean;
    }
}
