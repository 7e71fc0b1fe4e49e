package io.github.quotaguard.spring.actuate;

import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.reconcile.ReconcileSummary;
import io.github.quotaguard.store.Backlog;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.springframework.beans.factory.ObjectProvider;

/** The numbers that are asked for and not told: backlog, drift, and what was let through uncharged. */
final class QuotaMeters implements MeterBinder {

    private final BacklogReader backlog;
    private final LastReconcile drift;
    private final ObjectProvider<UploadGuard> guards;

    QuotaMeters(BacklogReader backlog, LastReconcile drift, ObjectProvider<UploadGuard> guards) {
        this.backlog = backlog;
        this.drift = drift;
        this.guards = guards;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        bindBacklog(registry);
        bindDrift(registry);
        guards.ifUnique(guard -> bindUncharged(guard, registry));
    }

    private void bindBacklog(MeterRegistry registry) {
        number("unsettled", "entries", "Entries that are not settled yet", Backlog::unsettled, registry);
        age("unsettled", "Time that the oldest of them has waited", Backlog::unsettledFor, registry);
        number("overdue", "reservations", "Reservations past their deadline", Backlog::overdue, registry);
        age("overdue", "Time for which the oldest is overdue", Backlog::overdueFor, registry);
        age("transaction", "Time that the oldest transaction is open", Backlog::transactionOpenFor, registry);
    }

    private void number(
            String what, String unit, String description, ToDoubleFunction<Backlog> value, MeterRegistry registry) {
        Gauge.builder("quota.backlog." + what, backlog, reader -> orNaN(reader.latest(), value))
                .description(description)
                .baseUnit(unit)
                .register(registry);
    }

    private void age(String what, String description, Function<Backlog, Duration> age, MeterRegistry registry) {
        TimeGauge.builder(
                        "quota.backlog." + what + ".age",
                        backlog,
                        TimeUnit.SECONDS,
                        reader -> orNaN(reader.latest(), backlogged -> seconds(age.apply(backlogged))))
                .description(description)
                .register(registry);
    }

    private void bindDrift(MeterRegistry registry) {
        accounts("consistent", ReconcileSummary::consistent, registry);
        accounts("drifted", ReconcileSummary::drifted, registry);
        accounts("repaired", ReconcileSummary::repaired, registry);
        accounts("braked", ReconcileSummary::braked, registry);
        accounts("skipped", ReconcileSummary::skipped, registry);
        accounts("failed", ReconcileSummary::failed, registry);
        TimeGauge.builder("quota.drift.age", drift, TimeUnit.SECONDS, last -> orNaN(last.age(), QuotaMeters::seconds))
                .description("Time since the last diagnosis or repair of all tenants")
                .register(registry);
    }

    private void accounts(String state, ToLongFunction<ReconcileSummary> number, MeterRegistry registry) {
        Gauge.builder(
                        "quota.drift.accounts",
                        drift,
                        last -> orNaN(last.finding(), finding -> number.applyAsLong(finding.summary())))
                .description("Tenants at the last diagnosis or repair of all")
                .baseUnit("accounts")
                .tag("state", state)
                .register(registry);
    }

    private static void bindUncharged(UploadGuard guard, MeterRegistry registry) {
        FunctionCounter.builder("quota.uncharged.uploads", guard, UploadGuard::unchargedUploads)
                .description("Uploads let through uncharged, since the store failed")
                .baseUnit("uploads")
                .register(registry);
        FunctionCounter.builder("quota.uncharged.bytes", guard, UploadGuard::unchargedBytes)
                .description("Bytes let through uncharged, since the store failed")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
    }

    private static <T> double orNaN(Optional<T> known, ToDoubleFunction<T> value) {
        return known.isPresent() ? value.applyAsDouble(known.get()) : Double.NaN;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
