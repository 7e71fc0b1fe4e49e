package io.github.quotaguard.spring.actuate;

import io.github.quotaguard.reconcile.ReconcileSummary;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;

/** Remembers what the last diagnosis or repair of all tenants on this node came to. */
final class LastReconcile implements ApplicationListener<PayloadApplicationEvent<ReconcileSummary>> {

    private final InstantSource clock;
    private volatile @Nullable Finding last;

    LastReconcile(InstantSource clock) {
        this.clock = clock;
    }

    record Finding(Instant at, ReconcileSummary summary) {}

    @Override
    public void onApplicationEvent(PayloadApplicationEvent<ReconcileSummary> event) {
        last = new Finding(clock.instant(), event.getPayload());
    }

    Optional<Finding> finding() {
        return Optional.ofNullable(last);
    }

    Optional<Duration> age() {
        return finding().map(finding -> Duration.between(finding.at(), clock.instant()));
    }
}
