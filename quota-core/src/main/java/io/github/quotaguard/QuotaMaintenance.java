package io.github.quotaguard;

import io.github.quotaguard.store.LedgerStore;
import io.github.quotaguard.store.RepairLease;
import io.github.quotaguard.store.RepairStore;
import io.github.quotaguard.store.RollUpResult;
import io.github.quotaguard.store.SweepResult;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What has to be done now and then, for those who have a schedule of their own: call {@link #maintain} every few seconds
 * or minutes, on one node or on all of them, which share the work. Thread-safe.
 */
public final class QuotaMaintenance {

    private static final int SWEEPS = 1_000;

    private final UsageStore store;
    private final @Nullable WarningMonitor monitor;
    private final @Nullable Duration rollUpAfter;

    /** Up to when all ledgers were rolled up last; until the next hour there is nothing more. */
    private volatile Instant rolledUpTo = Instant.MIN;

    private QuotaMaintenance(Builder builder) {
        this.store = builder.store;
        this.monitor = builder.monitor;
        this.rollUpAfter = builder.rollUpAfter;
    }

    /**
     * Starts to build a maintenance.
     *
     * @param store what keeps the records
     * @return a builder
     */
    public static Builder builder(UsageStore store) {
        return new Builder(store);
    }

    /**
     * Expires reservations past their deadline, settles what is unsettled, forgets what ended long ago, tells listeners
     * what is to be warned of, and rolls up old entries of the ledger. Stops early when the thread is interrupted.
     *
     * @return what was done
     * @throws UsageStoreException if the storage failed; what was done stays
     */
    public MaintenanceResult maintain() {
        SweepResult swept = new SweepResult(0, 0, 0);
        boolean more = true;
        for (int sweeps = 0; more && sweeps < SWEEPS && !Thread.currentThread().isInterrupted(); sweeps++) {
            SweepResult sweep = store.sweep();
            swept = swept.plus(sweep);
            more = !sweep.isIdle();
        }
        return new MaintenanceResult(swept, monitor == null ? 0 : monitor.look(), rollUp());
    }

    private long rollUp() {
        LedgerStore ledger = store.ledger().orElse(null);
        if (ledger == null || rollUpAfter == null) {
            return 0;
        }
        Instant now = store.repairs().map(RepairStore::now).orElseGet(Instant::now);
        Instant before = now.minus(rollUpAfter).truncatedTo(ChronoUnit.HOURS);
        if (!before.isAfter(rolledUpTo)) {
            return 0;
        }
        long[] folded = new long[1];
        store.forEachTenant(null, tenant -> {
            boolean more = true;
            while (more && !Thread.currentThread().isInterrupted()) {
                RollUpResult result = ledger.rollUp(tenant.path(), before, LedgerStore.MAX_ROLL_UP);
                folded[0] += result.folded();
                more = !result.isIdle();
            }
        });
        rolledUpTo = Thread.currentThread().isInterrupted() ? rolledUpTo : before;
        return folded[0];
    }

    /**
     * Removes all that is recorded of a tenant that has left: its files, ledger, counters, warnings and limits. Its files
     * themselves are the application's. An upload that comes after it begins anew.
     *
     * @param tenant the tenant
     * @return how many records were removed
     * @throws IllegalArgumentException if the id is not allowed
     * @throws UnsupportedOperationException if the store can not remove a tenant
     * @throws UsageStoreException if the storage failed, or the tenant is being repaired;
     *     retryable: call again
     */
    public long purge(String tenant) {
        RepairStore repairs = store.repairs()
                .orElseThrow(() ->
                        new UnsupportedOperationException("%s can not remove a tenant: UsageStore.repairs() is empty"
                                .formatted(store.getClass().getName())));
        RepairLease lease = repairs.lease(tenant, RepairStore.MAX_LEASE, Duration.ZERO)
                .orElseThrow(() -> new UsageStoreException(
                        "the records of tenant %s are being repaired, try again later".formatted(tenant), true, null));
        try {
            return repairs.purge(lease);
        } finally {
            repairs.finish(lease, false);
        }
    }

    /** Builds a {@link QuotaMaintenance}. */
    public static final class Builder {

        private final UsageStore store;
        private @Nullable WarningMonitor monitor;
        private @Nullable Duration rollUpAfter;

        private Builder(UsageStore store) {
            this.store = Objects.requireNonNull(store, "store");
        }

        /**
         * Lets a monitor look for warnings, and tell its listeners, in the thread of the maintenance.
         *
         * @param monitor the monitor, which need not be started
         * @return this builder
         */
        public Builder warnings(WarningMonitor monitor) {
            this.monitor = Objects.requireNonNull(monitor, "monitor");
            return this;
        }

        /**
         * Rolls up entries of the ledger that are older; by default none are.
         *
         * @param age 9 to 36,500 days
         * @return this builder
         * @throws IllegalArgumentException if it is outside that range
         */
        public Builder rollUpAfter(Duration age) {
            Duration least = LedgerStore.ROLL_UP_AGE.plusDays(1);
            if (age.compareTo(least) < 0 || age.compareTo(Duration.ofDays(36_500)) > 0) {
                throw new IllegalArgumentException(
                        "age is %s, allowed are %s days to 36,500 days".formatted(age, least.toDays()));
            }
            this.rollUpAfter = age;
            return this;
        }

        /**
         * Builds the maintenance.
         *
         * @return the maintenance
         */
        public QuotaMaintenance build() {
            return new QuotaMaintenance(this);
        }
    }
}
