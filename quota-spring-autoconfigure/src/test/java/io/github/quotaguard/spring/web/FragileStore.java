package io.github.quotaguard.spring.web;

import io.github.quotaguard.store.TenantState;
import io.github.quotaguard.store.TenantStateStore;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Clock;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** A store in memory that can not reach one of its tenants: {@code down}. */
class FragileStore extends TenantStateStore {

    private final Map<String, TenantState> tenants = new TreeMap<>();

    FragileStore() {
        super(Clock.systemUTC());
    }

    @Override
    protected synchronized <R> R update(String tenant, Function<TenantState, R> step) {
        if (tenant.equals("down")) {
            throw new UsageStoreException("SELECT * FROM quota_counter on 10.1.2.3", true, null);
        }
        return step.apply(tenants.computeIfAbsent(tenant, name -> new TenantState()));
    }

    @Override
    protected <R> R read(String tenant, Function<TenantState, R> step) {
        return update(tenant, step);
    }

    @Override
    protected synchronized SortedSet<String> tenants() {
        return new TreeSet<>(tenants.keySet());
    }
}
