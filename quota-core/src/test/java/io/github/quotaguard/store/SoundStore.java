package io.github.quotaguard.store;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * A store without a fault, for mutants to override one rule of it. It works in memory, and keeps its tenants as bytes on
 * a disk, which is a map that outlives it.
 */
class SoundStore extends TenantStateStore {

    final InstantSource clock;
    final Map<String, byte[]> disk;
    private final Map<String, TenantState> inMemory = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    SoundStore(InstantSource clock, Map<String, byte[]> disk) {
        super(clock);
        this.clock = clock;
        this.disk = disk;
    }

    @Override
    protected <R> R update(String tenant, Function<TenantState, R> step) {
        lock.lock();
        try {
            TenantState state = stateOf(tenant);
            R result = step.apply(state);
            keepOrForget(tenant, state);
            return result;
        } finally {
            lock.unlock();
        }
    }

    @Override
    protected <R> R read(String tenant, Function<TenantState, R> step) {
        lock.lock();
        try {
            return step.apply(stateOf(tenant));
        } finally {
            lock.unlock();
        }
    }

    @Override
    protected SortedSet<String> tenants() {
        return new TreeSet<>(disk.keySet());
    }

    /** Has no shorter way for batches, so that a rule that is broken in {@link #reserve} is broken in them too. */
    @Override
    public List<ReserveResult> reserveAll(List<ReserveCommand> commands) {
        return commands.stream().map(this::reserve).toList();
    }

    /** Keeps nothing of a tenant that was never charged, or that has left. */
    final void keepOrForget(String tenant, TenantState state) {
        if (state.isBlank()) {
            disk.remove(tenant);
        } else {
            keep(tenant, state.toBytes());
        }
    }

    TenantState stateOf(String tenant) {
        return inMemory.computeIfAbsent(tenant, this::onDisk);
    }

    final TenantState onDisk(String tenant) {
        byte[] kept = disk.get(tenant);
        return kept == null ? new TenantState() : TenantState.fromBytes(kept);
    }

    void keep(String tenant, byte[] state) {
        disk.put(tenant, state);
    }
}
