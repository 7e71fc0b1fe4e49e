package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Balance;
import io.github.quotaguard.store.RepairLease;
import io.github.quotaguard.store.RepairStore;
import io.github.quotaguard.store.UsageStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether the records agree with the files, and repairs the records. Thread-safe. May run beside uploads and
 * deletes, which lose nothing, and on several nodes: one at a time repairs a tenant.
 *
 * <p>Every correction is looked at twice, is made only if the record is still as it was, and is an entry of the ledger
 * with its reason, before and after. No limit keeps a file that is there from being recorded.
 *
 * <p>Every method throws {@link IllegalArgumentException} for an id that is not allowed,
 * {@link io.github.quotaguard.store.UsageStoreException} if the storage failed, and what the inventory throws.
 */
public final class Reconciler {

    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final Duration LEASE = Duration.ofMinutes(5);

    private final UsageStore store;
    private final RepairStore repairs;
    private final FileInventory inventory;

    private Reconciler(UsageStore store, RepairStore repairs, FileInventory inventory) {
        this.store = store;
        this.repairs = repairs;
        this.inventory = Objects.requireNonNull(inventory, "inventory");
    }

    /**
     * Returns a reconciler.
     *
     * @param store what keeps the records
     * @param inventory what the application really holds
     * @return the reconciler
     * @throws UnsupportedOperationException if the store can not be repaired
     */
    public static Reconciler of(UsageStore store, FileInventory inventory) {
        RepairStore repairs = store.repairs()
                .orElseThrow(
                        () -> new UnsupportedOperationException("%s can not be repaired: UsageStore.repairs() is empty"
                                .formatted(store.getClass().getName())));
        return new Reconciler(store, repairs, inventory);
    }

    /**
     * Compares the records of an account with its files. Changes nothing.
     *
     * @param account the account's path; everything below it is included
     * @return what was found
     */
    public DriftReport diagnose(String account) {
        return diagnose(account, ReconcileOptions.defaults());
    }

    /**
     * Compares the records of an account with its files. Changes nothing.
     *
     * @param account the account's path; everything below it is included
     * @param options batch size, settling time, cancellation and listener
     * @return what was found
     * @throws CancellationException if it was cancelled
     */
    public DriftReport diagnose(String account, ReconcileOptions options) {
        DriftReport report = diagnose(AccountId.of(account), options, new Watch(options, null));
        options.listener.onDiagnosed(report);
        return report;
    }

    /**
     * Diagnoses all tenants: those that are recorded, and those that the inventory lists. One that fails is told to the
     * listener, and does not keep the others from being looked at.
     *
     * @param options pace, rest, where to start, batch size, settling time, cancellation and listener
     * @return the sums
     */
    public ReconcileSummary diagnoseAll(ReconcileOptions options) {
        return all(options, (tenant, count) -> {
            Duration rest = options.rest;
            if (rest == null) {
                count.add(diagnose(tenant.path(), options));
            } else {
                leased(tenant, rest, count, lease -> {
                    DriftReport report = diagnose(tenant, options, new Watch(options, lease));
                    options.listener.onDiagnosed(report);
                    count.add(report);
                });
            }
        });
    }

    /**
     * Brings the records of an account to what the files say.
     *
     * @param account the account's path; everything below it is included
     * @param options all but pace, rest and where to start
     * @return what was found and done
     * @throws RepairBusyException if the tenant is being repaired already
     * @throws CancellationException if it was cancelled; what was corrected until then stays
     */
    public RepairReport repair(String account, ReconcileOptions options) {
        AccountId id = AccountId.of(account);
        RepairLease lease = repairs.lease(id.tenant(), LEASE, Duration.ZERO)
                .orElseThrow(() -> new RepairBusyException(
                        "the records of tenant %s are being repaired, try again later".formatted(id.tenant())));
        return finishing(lease, () -> {
            sweep(options);
            return repair(id, options, lease);
        });
    }

    /**
     * Repairs all tenants: those that are recorded, and those that the inventory lists. One that fails is told to the
     * listener, and does not keep the others from being repaired. May be stopped, killed and begun again at any time.
     *
     * @param options all of them
     * @return the sums
     */
    public ReconcileSummary repairAll(ReconcileOptions options) {
        Duration rest = options.rest == null ? Duration.ZERO : options.rest;
        sweep(options);
        return all(
                options,
                (tenant, count) -> leased(tenant, rest, count, lease -> count.add(repair(tenant, options, lease))));
    }

    private DriftReport diagnose(AccountId account, ReconcileOptions options, Watch watch) {
        Diagnosis diagnosis = new Diagnosis(account);
        comparison(account, options, watch, diagnosis).run();
        return diagnosis.report(store.usage(account), uneven(account));
    }

    private Comparison comparison(
            AccountId account, ReconcileOptions options, Watch watch, Comparison.Findings findings) {
        return new Comparison(
                repairs,
                inventory,
                account,
                new Comparison.Options(options.batchSize, options.settling, versions -> watch.pass(account, versions)),
                findings);
    }

    private List<Balance> uneven(AccountId account) {
        return repairs.balances(account.tenant()).stream()
                .filter(balance -> account.covers(balance.account()) && !balance.isEven())
                .toList();
    }

    private RepairReport repair(AccountId account, ReconcileOptions options, RepairLease lease) {
        Watch watch = new Watch(options, lease);
        DriftReport found = diagnose(account, options, watch);
        RepairReport report = found.isConsistent() || options.isDryRun || (found.isBraked() && !options.isForced)
                ? new RepairReport(found, outcome(found, options), Map.of(), Map.of(), List.of())
                : repair(found, options, lease, watch);
        options.listener.onRepaired(report);
        return report;
    }

    /** Expires what was left behind, as far as one sweep goes. */
    private void sweep(ReconcileOptions options) {
        if (!options.isDryRun) {
            store.sweep();
        }
    }

    private static RepairOutcome outcome(DriftReport found, ReconcileOptions options) {
        if (found.isConsistent()) {
            return RepairOutcome.CONSISTENT;
        }
        return found.isBraked() && !options.isForced ? RepairOutcome.BRAKED : RepairOutcome.DRY_RUN;
    }

    /** Counters first: what a correction takes from one that is too low, it could not give. */
    private RepairReport repair(DriftReport found, ReconcileOptions options, RepairLease lease, Watch watch) {
        List<Balance> recounted = new ArrayList<>();
        if (!found.uneven().isEmpty()) {
            watch.renew();
            recounted.addAll(repairs.recount(lease, options.cause));
        }
        long removals =
                options.isForced ? Long.MAX_VALUE : found.of(DriftKind.GONE).files();
        Repair repair = new Repair(repairs, lease, options.cause, removals, watch::renew);
        if (!found.drift().isEmpty()) {
            repair.run(comparison(found.account(), options, watch, repair));
        }
        return new RepairReport(found, RepairOutcome.REPAIRED, repair.corrected(), repair.left(), recounted);
    }

    /** What is done with one tenant. */
    private interface Work {
        void on(AccountId tenant, ReconcileSummary.Count count);
    }

    private ReconcileSummary all(ReconcileOptions options, Work work) {
        ReconcileSummary.Count count = new ReconcileSummary.Count();
        Watch watch = new Watch(options, null);
        try {
            Consumer<AccountId> withOthersIfOneFails = tenant -> {
                watch.awaitTurn();
                try {
                    work.on(tenant, count);
                } catch (CancellationException e) {
                    throw e;
                } catch (RuntimeException e) {
                    count.failed++;
                    options.listener.onFailed(tenant, e);
                }
            };
            store.forEachTenant(options.startAfter, withOthersIfOneFails);
            unrecorded(count).forEach(withOthersIfOneFails);
        } catch (CancellationException e) {
            count.isCancelled = true;
        }
        return count.summary();
    }

    /** The tenants that only the inventory knows; read at once, for what is done with them may take long. */
    private List<AccountId> unrecorded(ReconcileSummary.Count count) {
        List<AccountId> unrecorded = new ArrayList<>();
        try (Stream<String> tenants = inventory.tenants()) {
            tenants.forEach(name -> {
                try {
                    AccountId.requireTenant(name);
                    unrecorded.add(AccountId.of(name));
                } catch (IllegalArgumentException e) {
                    LOG.warn("The inventory has a tenant whose name can not be one: {}", e.getMessage());
                    count.failed++;
                }
            });
        }
        unrecorded.removeIf(tenant -> store.usage(tenant).updatedAt() != null);
        return unrecorded;
    }

    private void leased(AccountId tenant, Duration rest, ReconcileSummary.Count count, Consumer<RepairLease> work) {
        Optional<RepairLease> lease = repairs.lease(tenant.tenant(), LEASE, rest);
        if (lease.isEmpty()) {
            count.skipped++;
            return;
        }
        boolean unused = finishing(lease.get(), () -> {
            work.accept(lease.get());
            return true;
        });
    }

    private <T> T finishing(RepairLease lease, Supplier<T> work) {
        T result;
        try {
            result = work.get();
        } catch (RuntimeException | Error e) {
            try {
                repairs.finish(lease, false);
            } catch (RuntimeException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
        repairs.finish(lease, true);
        return result;
    }

    /** Watches over cancellation, the lease and the pace. */
    private final class Watch {

        private final ReconcileOptions options;
        private final @Nullable RepairLease lease;
        private long renewedAt = System.nanoTime();
        private long nextTurn = System.nanoTime();

        Watch(ReconcileOptions options, @Nullable RepairLease lease) {
            this.options = options;
            this.lease = lease;
        }

        void pass(AccountId account, int versions) {
            stopIfCancelled();
            if (System.nanoTime() - renewedAt > LEASE.toNanos() / 10) {
                renew();
            }
            options.listener.onProgress(account, versions);
        }

        /** Right before a correction, since the search that comes before it may have taken longer than the lease. */
        void renew() {
            if (lease != null && !repairs.renew(lease, LEASE)) {
                throw new RepairBusyException(
                        "the records of tenant %s are being repaired by somebody else, since this took too long between two batches"
                                .formatted(lease.tenant()));
            }
            renewedAt = System.nanoTime();
        }

        void awaitTurn() {
            stopIfCancelled();
            long nanos = (long) Math.min(1e9 / options.accountsPerSecond, Long.MAX_VALUE / 4.0);
            while (nextTurn - System.nanoTime() > 0) {
                LockSupport.parkNanos(Math.min(
                        nextTurn - System.nanoTime(), Duration.ofMillis(100).toNanos()));
                stopIfCancelled();
            }
            nextTurn = System.nanoTime() + nanos;
        }

        private void stopIfCancelled() {
            if (options.cancelled.getAsBoolean() || Thread.currentThread().isInterrupted()) {
                throw new CancellationException("cancelled");
            }
        }
    }
}
