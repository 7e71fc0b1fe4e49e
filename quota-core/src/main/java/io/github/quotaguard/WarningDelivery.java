package io.github.quotaguard;

import io.github.quotaguard.store.PendingWarning;
import io.github.quotaguard.store.WarningStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Announces what was raised, by any node. */
final class WarningDelivery {

    private static final Logger LOG = LoggerFactory.getLogger(WarningDelivery.class);

    private final WarningStore warnings;
    private final List<QuotaListener> listeners;
    private final Duration lease;
    private final BooleanSupplier isWanted;

    WarningDelivery(WarningStore warnings, List<QuotaListener> listeners, Duration lease, BooleanSupplier isWanted) {
        this.warnings = warnings;
        this.listeners = listeners;
        this.lease = lease;
        this.isWanted = isWanted;
    }

    /**
     * Announces one after the other until none is left that nobody has claimed, or one comes again that has failed:
     * all that were free before it have had their turn by then. Returns how many were told to every listener.
     */
    int deliver() {
        Set<String> failed = new HashSet<>();
        boolean isFirstRound = true;
        int told = 0;
        while (isFirstRound && isWanted.getAsBoolean()) {
            Optional<PendingWarning> claimed = warnings.claim(lease);
            if (claimed.isEmpty()) {
                return told;
            }
            if (announce(claimed.get())) {
                warnings.confirm(claimed.get());
                told++;
            } else {
                isFirstRound = failed.add(claimed.get().id());
            }
        }
        return told;
    }

    /** One listener that throws keeps no other from being told; the event comes again for all. */
    private boolean announce(PendingWarning pending) {
        boolean isTold = true;
        for (QuotaListener listener : listeners) {
            try {
                listener.onWarning(WarningEvent.of(pending));
            } catch (Throwable e) {
                LOG.warn("A listener failed for warning {}, which comes again after a pause", pending.id(), e);
                isTold = false;
            }
        }
        return isTold;
    }
}
