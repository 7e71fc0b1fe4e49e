package io.github.quotaguard.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The repairs of a {@link TenantStateStore}: each call is one step on the state of a tenant. */
final class TenantStateRepairs implements RepairStore {

    private final TenantStateStore store;
    private final InstantSource clock;
    private final SettlementListeners listeners;

    TenantStateRepairs(TenantStateStore store, InstantSource clock, SettlementListeners listeners) {
        this.store = store;
        this.clock = clock;
        this.listeners = listeners;
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public Optional<RepairLease> lease(String tenant, Duration length, Duration rest) {
        AccountId.requireTenant(tenant);
        RepairStore.requireLength(length);
        RepairStore.requireRest(rest);
        return store.update(tenant, state -> state.books.repairs.lease(tenant, length, rest, clock.instant()));
    }

    @Override
    public boolean renew(RepairLease lease, Duration length) {
        RepairStore.requireLength(length);
        return store.update(lease.tenant(), state -> state.books.repairs.renew(lease, length, clock.instant()));
    }

    @Override
    public void finish(RepairLease lease, boolean isChecked) {
        store.update(lease.tenant(), state -> {
            state.books.repairs.finish(lease, isChecked, clock.instant());
            return true;
        });
    }

    @Override
    public List<Allocation> standing(String tenant, Collection<FileVersion> ids) {
        RepairStore.requireIds(tenant, ids);
        return store.read(
                tenant,
                state -> ids.stream().flatMap(id -> state.find(id).stream()).toList());
    }

    @Override
    public Page<Allocation> live(String tenant, @Nullable FileVersion after, int size) {
        AccountId.requireTenant(tenant);
        Page.requireSize(size);
        return store.read(tenant, state -> Page.of(state.books.live(after, size + 1), size));
    }

    @Override
    public List<Balance> balances(String tenant) {
        AccountId.requireTenant(tenant);
        return store.read(tenant, state -> state.books.repairs.balances());
    }

    @Override
    public List<CorrectionResult> correct(RepairLease lease, List<Correction> corrections, RepairCause cause) {
        RepairStore.requireCorrections(lease, corrections);
        List<CorrectionResult> results = store.update(lease.tenant(), state -> {
            TenantRepairs repairs = state.books.repairs;
            Instant now = clock.instant();
            return repairs.isLeasedTo(lease, now)
                    ? repairs.correct(corrections, cause, now)
                    : Collections.nCopies(corrections.size(), CorrectionResult.NOT_LEASED);
        });
        listeners.tell(lease.tenant());
        return results;
    }

    @Override
    public List<Balance> recount(RepairLease lease, RepairCause cause) {
        List<Balance> recounted = store.update(lease.tenant(), state -> {
            TenantRepairs repairs = state.books.repairs;
            Instant now = clock.instant();
            return repairs.isLeasedTo(lease, now) ? repairs.recount(cause, now) : List.of();
        });
        listeners.tell(lease.tenant());
        return recounted;
    }

    @Override
    public long purge(RepairLease lease) {
        return store.update(
                lease.tenant(), state -> state.books.repairs.isLeasedTo(lease, clock.instant()) ? state.purge() : 0);
    }
}
