package io.github.quotaguard.spring.actuate;

import io.github.quotaguard.store.Backlog;
import io.github.quotaguard.store.UsageStore;
import java.util.Optional;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Says whether the store answers, and whether anything has waited in it for too long. */
final class QuotaHealthIndicator extends AbstractHealthIndicator {

    private final UsageStore store;
    private final BacklogReader reader;
    private final HealthProperties properties;

    QuotaHealthIndicator(UsageStore store, BacklogReader reader, HealthProperties properties) {
        super("The quota store does not answer");
        this.store = store;
        this.reader = reader;
        this.properties = properties;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        Optional<Backlog> backlog = reader.read();
        if (backlog.isPresent()) {
            describe(backlog.get(), health);
        } else {
            store.accounts(null, 1); // throws if the store fails
            health.up();
        }
    }

    private void describe(Backlog backlog, Health.Builder health) {
        boolean isLate = backlog.unsettledFor().compareTo(properties.unsettledFor()) > 0
                || backlog.overdueFor().compareTo(properties.overdueFor()) > 0
                || backlog.transactionOpenFor().compareTo(properties.transactionOpenFor()) > 0;
        if (isLate) {
            health.status(properties.status());
        } else {
            health.up();
        }
        health.withDetail("unsettled", backlog.unsettled())
                .withDetail("unsettledFor", backlog.unsettledFor().toString())
                .withDetail("overdue", backlog.overdue())
                .withDetail("overdueFor", backlog.overdueFor().toString())
                .withDetail("transactionOpenFor", backlog.transactionOpenFor().toString());
    }
}
