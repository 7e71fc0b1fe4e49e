package io.github.quotaguard.memory;

import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.TenantState;
import io.github.quotaguard.store.TenantStateStore;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Keeps everything in the memory of one process; nothing survives it. Thread-safe: the commands of one tenant run one
 * after the other, those of different tenants never wait for each other. The ledger grows with every commit, release
 * and delete.
 *
 * <p>It has no thread of its own: reservations past their deadline are expired when room is needed, and by
 * {@link #sweep}, which somebody has to call now and then.
 */
public final class InMemoryUsageStore extends TenantStateStore {

    private final ConcurrentMap<String, Tenant> tenants = new ConcurrentHashMap<>();

    /** Creates an empty store on the system's clock. */
    public InMemoryUsageStore() {
        this(Clock.systemUTC());
    }

    /**
     * Creates an empty store.
     *
     * @param clock by which deadlines are set and judged; asked while the tenant is locked, so that times are in the order
     *     of its commands: it must not wait for another command
     */
    public InMemoryUsageStore(InstantSource clock) {
        super(clock);
    }

    @Override
    protected <R> R update(String tenant, Function<TenantState, R> step) {
        while (true) {
            Tenant known = tenants.get(tenant);
            if (known == null) {
                Tenant fresh = new Tenant();
                Tenant standing = tenants.putIfAbsent(tenant, fresh);
                known = standing == null ? fresh : standing;
            }
            known.lock.lock();
            try {
                if (!known.isForgotten) {
                    return step.apply(known.state);
                }
            } finally {
                forgetUnlessCharged(tenant, known);
                known.lock.unlock();
            }
        }
    }

    /** Keeps a tenant only once a step has charged or leased it: whoever asks for made-up tenants must not fill the memory. */
    private void forgetUnlessCharged(String name, Tenant tenant) {
        if (!tenant.isCharged) {
            tenant.isCharged = !tenant.state.isBlank();
            if (!tenant.isCharged && !tenant.isForgotten) {
                tenant.isForgotten = true;
                tenants.remove(name, tenant);
            }
        }
    }

    @Override
    protected <R> R read(String tenant, Function<TenantState, R> step) {
        Tenant known = tenants.get(tenant);
        if (known == null) {
            return step.apply(new TenantState());
        }
        known.lock.lock();
        try {
            return step.apply(known.state);
        } finally {
            known.lock.unlock();
        }
    }

    @Override
    protected SortedSet<String> tenants() {
        return new TreeSet<>(tenants.keySet());
    }

    /** Takes each in a step of its own: what a step has changed before it throws could not be undone. */
    @Override
    public List<ReserveResult> reserveAll(List<ReserveCommand> commands) {
        return commands.stream().map(this::reserve).toList();
    }

    /** To wait for each other would take longer than to reserve. */
    @Override
    public boolean gainsFromBatches() {
        return false;
    }

    private static final class Tenant {

        private final ReentrantLock lock = new ReentrantLock();
        private final TenantState state = new TenantState();

        /** Whether a step has charged or leased it; then it stays. */
        private boolean isCharged;

        /** Whether it was taken out of the map; then the step belongs to the one that came after it. */
        private boolean isForgotten;
    }
}
