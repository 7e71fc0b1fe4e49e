package io.github.quotaguard;

import io.github.quotaguard.store.PendingWarning;
import java.time.Instant;

/**
 * Says that an account has reached a threshold. There is one event for each time that it does: none while usage stays
 * there, and another one once usage has fallen far enough in between ({@link WarningThresholds}).
 *
 * @param id what tells this event from all others, the same whenever it is repeated
 * @param warning the usage and the limit when the event was raised, with an English message
 * @param raisedAt when that was, by the store's clock
 */
public record WarningEvent(String id, QuotaWarning warning, Instant raisedAt) {

    static WarningEvent of(PendingWarning pending) {
        QuotaSeverity severity = QuotaSeverity.ofLevel(pending.raised().level()).orElseThrow();
        return new WarningEvent(
                pending.id(),
                QuotaWarning.of(pending.limit(), pending.used(), pending.max(), severity, pending.graceEndsAt()),
                pending.raisedAt());
    }
}
