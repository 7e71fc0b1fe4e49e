package io.github.quotaguard.store;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The retention of a {@link TenantStateStore}: each call is one step on the state of a tenant. */
final class TenantStateRetention implements RetentionStore {

    private final TenantStateStore store;
    private final InstantSource clock;
    private final SettlementListeners listeners;

    TenantStateRetention(TenantStateStore store, InstantSource clock, SettlementListeners listeners) {
        this.store = store;
        this.clock = clock;
        this.listeners = listeners;
    }

    @Override
    public Page<ExpiredFile> expired(String tenant, @Nullable ExpiredFile after, int size) {
        AccountId.requireTenant(tenant);
        Page.requireSize(size);
        return store.read(
                tenant, state -> Page.of(state.books.retention.expired(after, size + 1, clock.instant()), size));
    }

    @Override
    public List<ExpiredFile> claim(List<ExpiredFile> files, Duration length) {
        RetentionStore.requireFiles(files);
        RetentionStore.requireLength(length);
        return files.isEmpty()
                ? files
                : store.update(
                        files.get(0).tenant(), state -> state.books.retention.claim(files, length, clock.instant()));
    }

    @Override
    public List<Allocation> free(List<ExpiredFile> files, RepairCause cause) {
        RetentionStore.requireFiles(files);
        if (files.isEmpty()) {
            return List.of();
        }
        String tenant = files.get(0).tenant();
        List<Allocation> freed =
                store.update(tenant, state -> state.books.retention.free(files, cause, clock.instant()));
        listeners.tell(tenant);
        return freed;
    }

    @Override
    public KeepResult keep(AccountId account, String file) {
        FileVersion.requireFile(file);
        return store.update(account.tenant(), state -> state.books.retention.keep(account, file));
    }
}
