package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an account, with everything below it, uses of what it may use; read in one snapshot.
 *
 * @param account the account
 * @param metrics bytes and files first, then the bytes of each category that is used or limited, by name
 * @param updatedAt when something last changed, by the store's clock; empty if nothing ever did
 */
public record AccountUsage(AccountId account, List<UsageMetric> metrics, Optional<Instant> updatedAt) {

    /** Copies the metrics. */
    public AccountUsage {
        metrics = List.copyOf(metrics);
    }
}
