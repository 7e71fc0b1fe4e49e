package io.github.quotaguard.store;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The warnings of a {@link TenantStateStore}, which stand in the states of its tenants. */
final class TenantStateWarnings implements WarningStore {

    private final TenantStateStore store;
    private final InstantSource clock;
    private final SettlementListeners listeners;

    /** The tenants that have not yet had their turn in this round of claims, so that none waits for those before it. */
    private final Deque<String> round = new ArrayDeque<>();

    /** Not the monitor of this, which would pin a virtual thread while the storage is asked. */
    private final ReentrantLock claiming = new ReentrantLock();

    TenantStateWarnings(TenantStateStore store, InstantSource clock, SettlementListeners listeners) {
        this.store = store;
        this.clock = clock;
        this.listeners = listeners;
    }

    @Override
    public Runnable onSettled(Consumer<String> listener) {
        return listeners.add(listener);
    }

    @Override
    public Page<String> behind(@Nullable String after, int size) {
        Page.requireSize(size);
        SortedSet<String> tenants = store.tenants();
        List<String> found = new ArrayList<>();
        for (String tenant : after == null ? tenants : tenants.tailSet(after)) {
            if (!tenant.equals(after) && found.size() <= size && store.read(tenant, TenantStateWarnings::isBehind)) {
                found.add(tenant);
            }
        }
        return Page.of(found, size);
    }

    private static boolean isBehind(TenantState state) {
        return !state.entries(state.warnings().mark(), 1).items().isEmpty();
    }

    @Override
    public ChangedAccounts changed(String tenant, long afterSeq, int size) {
        AccountId.requireTenant(tenant);
        return store.read(tenant, state -> {
            long mark = state.warnings().mark();
            Page<Entry> entries = state.entries(Math.max(mark, afterSeq), size);
            return ChangedAccounts.of(mark, Math.max(mark, afterSeq), entries);
        });
    }

    @Override
    public boolean mark(String tenant, long from, long to) {
        AccountId.requireTenant(tenant);
        return store.update(tenant, state -> {
            WarningStore.requireMark(from, to, state.books.ledger.lastSeq);
            return state.warnings().mark(from, to);
        });
    }

    @Override
    public WatchedAccount watched(AccountId account) {
        return store.read(account.tenant(), state -> state.warnings().watched(state.usage(account, clock.instant())));
    }

    @Override
    public boolean move(LevelChange change) {
        return store.update(
                change.limit().account().tenant(), state -> state.warnings().move(change, clock.instant()));
    }

    @Override
    public Page<EndedGrace> endedGraces(int level, @Nullable AccountId after, int size) {
        Page.requireSize(size);
        SortedSet<String> tenants = store.tenants();
        List<EndedGrace> found = new ArrayList<>();
        for (String tenant : after == null ? tenants : tenants.tailSet(after.tenant())) {
            if (found.size() <= size) {
                store.read(tenant, state -> endedGraces(state, level)).stream()
                        .filter(grace -> after == null || TenantStateStore.isAfter(grace.account(), after))
                        .limit(size + 1L - found.size())
                        .forEach(found::add);
            }
        }
        return Page.of(found, size);
    }

    private List<EndedGrace> endedGraces(TenantState state, int level) {
        return state.books.counters.endedGraces(clock.instant()).stream()
                .filter(grace -> state.warnings().isBelow(level, grace))
                .toList();
    }

    @Override
    public Optional<PendingWarning> claim(Duration lease) {
        WarningStore.requireLease(lease);
        claiming.lock();
        try {
            Optional<PendingWarning> claimed = claimInRound(lease);
            if (claimed.isEmpty()) {
                round.addAll(store.tenants());
                claimed = claimInRound(lease);
            }
            return claimed;
        } finally {
            claiming.unlock();
        }
    }

    private Optional<PendingWarning> claimInRound(Duration lease) {
        Optional<PendingWarning> claimed = Optional.empty();
        while (claimed.isEmpty() && !round.isEmpty()) {
            String tenant = round.remove();
            if (store.read(tenant, state -> state.warnings().hasFree(clock.instant()))) {
                claimed = store.update(tenant, state -> state.warnings().claim(lease, clock.instant()));
            }
        }
        return claimed;
    }

    @Override
    public void confirm(PendingWarning warning) {
        store.update(warning.limit().account().tenant(), state -> {
            state.warnings().confirm(warning);
            return true;
        });
    }
}
