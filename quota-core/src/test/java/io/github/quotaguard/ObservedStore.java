package io.github.quotaguard;

import io.github.quotaguard.store.AccountCounters;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.ExtendCommand;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.SweepResult;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.UsageStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Passes every call on to a real store and counts it; can be broken. A test overrides what it wants answered. */
class ObservedStore implements UsageStore {

    private final UsageStore delegate;
    private final List<Long> extensions = new ArrayList<>();
    private int calls;
    private boolean broken;

    ObservedStore(UsageStore delegate) {
        this.delegate = delegate;
    }

    /** Returns how often any method was called. */
    int calls() {
        return calls;
    }

    /** Returns the sizes that {@code extendTo} was asked for, in their order. */
    List<Long> extensions() {
        return extensions;
    }

    /** Lets every later call throw. */
    void breakDown() {
        broken = true;
    }

    void recover() {
        broken = false;
    }

    private UsageStore delegate() {
        calls++;
        if (broken) {
            throw new UsageStoreException("the database is gone", true, null);
        }
        return delegate;
    }

    @Override
    public ReserveResult reserve(ReserveCommand command) {
        return delegate().reserve(command);
    }

    @Override
    public ExtendResult extendTo(ExtendCommand command) {
        extensions.add(command.bytes());
        return delegate().extendTo(command);
    }

    @Override
    public CommitResult commit(Allocation reservation, long bytes) {
        return delegate().commit(reservation, bytes);
    }

    @Override
    public ReleaseResult release(Allocation reservation) {
        return delegate().release(reservation);
    }

    @Override
    public ReleaseResult abandon(Allocation reservation) {
        return delegate().abandon(reservation);
    }

    @Override
    public DeleteResult delete(DeleteCommand command) {
        return delegate().delete(command);
    }

    @Override
    public AccountCounters usage(AccountId account) {
        return delegate().usage(account);
    }

    @Override
    public Optional<Allocation> find(FileVersion id) {
        return delegate().find(id);
    }

    @Override
    public Optional<Allocation> find(FileVersion id, long generation) {
        return delegate().find(id, generation);
    }

    @Override
    public List<Allocation> versions(String tenant, String file) {
        return delegate().versions(tenant, file);
    }

    @Override
    public SweepResult sweep() {
        return delegate().sweep();
    }

    @Override
    public Page<AccountId> accounts(@Nullable AccountId after, int size) {
        return delegate().accounts(after, size);
    }

    @Override
    public Page<Allocation> allocations(String tenant, @Nullable FileVersion after, int size) {
        return delegate().allocations(tenant, after, size);
    }

    @Override
    public Page<Entry> entries(String tenant, long afterSeq, int size) {
        return delegate().entries(tenant, afterSeq, size);
    }
}
