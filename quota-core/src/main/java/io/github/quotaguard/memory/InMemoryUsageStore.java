package io.github.quotaguard.memory;

import io.github.quotaguard.store.TenantState;
import io.github.quotaguard.store.TenantStateStore;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
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
     * @param clock by which deadlines are set and judged
     */
    public InMemoryUsageStore(InstantSource clock) {
        super(clock);
    }

    @Override
    protected <R> R update(String tenant, Function<TenantState, R> step) {
        Tenant known = tenants.get(tenant);
        return known == null ? updateUncharged(tenant, step) : known.run(step);
    }

    /** Keeps the tenant only if the step charged it: whoever asks for made-up tenants must not fill the memory. */
    private <R> R updateUncharged(String tenant, Function<TenantState, R> step) {
        List<R> result = new ArrayList<>(1);
        tenants.compute(tenant, (name, standing) -> {
            Tenant known = standing == null ? new Tenant() : standing;
            result.add(known.run(step));
            return known.isCharged() ? known : null;
        });
        return result.get(0);
    }

    @Override
    protected <R> R read(String tenant, Function<TenantState, R> step) {
        Tenant known = tenants.get(tenant);
        return known == null ? step.apply(new TenantState()) : known.run(step);
    }

    @Override
    protected SortedSet<String> tenants() {
        return new TreeSet<>(tenants.keySet());
    }

    /** To wait for each other would take longer than to reserve. */
    @Override
    public boolean gainsFromBatches() {
        return false;
    }

    private static final class Tenant {

        private final ReentrantLock lock = new ReentrantLock();
        private final TenantState state = new TenantState();

        boolean isCharged() {
            return run(charged -> !charged.accounts().isEmpty());
        }

        <R> R run(Function<TenantState, R> step) {
            lock.lock();
            try {
                return step.apply(state);
            } finally {
                lock.unlock();
            }
        }
    }
}
