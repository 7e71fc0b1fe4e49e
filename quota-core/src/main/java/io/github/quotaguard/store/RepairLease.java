package io.github.quotaguard.store;

import java.time.Instant;
import java.util.Objects;

/**
 * The right to correct the records of one tenant, which one at a time has.
 *
 * @param tenant the tenant
 * @param token the lease's random positive number
 * @param takenAt when it was taken, by the store's clock
 */
public record RepairLease(String tenant, long token, Instant takenAt) {

    /**
     * Checks the tenant.
     *
     * @throws IllegalArgumentException if the id is not allowed
     */
    public RepairLease {
        AccountId.requireTenant(tenant);
        Objects.requireNonNull(takenAt, "takenAt");
    }
}
