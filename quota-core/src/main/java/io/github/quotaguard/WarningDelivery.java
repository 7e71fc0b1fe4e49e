package io.github.quotaguard;

import io.github.quotaguard.store.PendingWarning;
import io.github.quotaguard.store.WarningStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Announces what was raised, by any node. */
final class WarningDelivery {

    private static final Logger LOG = LoggerFactory.getLogger(WarningDelivery.class);

    private final WarningStore warnings;
    private final List<QuotaListener> listeners;
    private final Duration lease;

    WarningDelivery(WarningStore warnings, List<QuotaListener> listeners, Duration lease) {
        this.warnings = warnings;
        this.listeners = listeners;
        this.lease = lease;
    }

    /** Announces one after the other until none is left that nobody has claimed. */
    void deliver() {
        Optional<PendingWarning> claimed = warnings.claim(lease);
        while (claimed.isPresent()) {
            if (announce(claimed.get())) {
                warnings.confirm(claimed.get());
            }
            claimed = Thread.currentThread().isInterrupted() ? Optional.empty() : warnings.claim(lease);
        }
    }

    /** One listener that throws keeps no other from being told; the event comes again for all. */
    private boolean announce(PendingWarning pending) {
        WarningEvent event = WarningEvent.of(pending);
        boolean isTold = true;
        for (QuotaListener listener : listeners) {
            try {
                listener.onWarning(event);
            } catch (RuntimeException | Error e) {
                LOG.warn("A listener failed for warning {}, which comes again after a pause", event.id(), e);
                isTold = false;
            }
        }
        return isTold;
    }
}
