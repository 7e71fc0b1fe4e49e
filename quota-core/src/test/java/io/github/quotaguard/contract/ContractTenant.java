package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.ExtendCommand;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.Replacement;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A tenant of one test, with the limits in force for it. Its uploads are those of {@link #user} unless they say. */
final class ContractTenant {

    static final Duration TTL = Duration.ofMinutes(15);
    static final Duration PAST_TTL = TTL.plusMinutes(1);

    final UsageStore store;
    final ContractClock clock;
    final String name;
    final AccountId root;
    final AccountId user;
    final ContractLimits limits;

    ContractTenant(UsageStore store, ContractClock clock, String name) {
        this(store, clock, name, new ContractLimits());
    }

    private ContractTenant(UsageStore store, ContractClock clock, String name, ContractLimits limits) {
        this.store = store;
        this.clock = clock;
        this.name = name;
        this.root = new AccountId(name);
        this.user = account("user-7");
        this.limits = limits;
    }

    static ContractTenant of(StoreFixture fixture) {
        return new ContractTenant(fixture.store(), fixture.clock(), "t-" + UUID.randomUUID());
    }

    /** Returns the same tenant as another store knows it. */
    ContractTenant in(UsageStore other) {
        return new ContractTenant(other, clock, name, limits);
    }

    AccountId account(String path) {
        return new AccountId(name + "/" + path);
    }

    ContractUpload upload(String file, long bytes) {
        return upload(file, OptionalLong.of(bytes));
    }

    ContractUpload uploadOfUnknownSize(String file) {
        return upload(file, OptionalLong.empty());
    }

    private ContractUpload upload(String file, OptionalLong bytes) {
        FileVersion id = new FileVersion(name, file, FileVersion.NO_VERSION);
        return new ContractUpload(
                this, new AllocationSpec(id, user, null, bytes, Replacement.NONE, Map.of(), null, null, null), TTL);
    }

    /** Returns a handle that has the shape of {@code like}, on a life that never was. */
    static Allocation handle(Allocation like, AllocationSpec spec, long generation) {
        return new Allocation(
                spec,
                AllocationState.RESERVED,
                generation,
                like.attempt(),
                like.bytes(),
                like.bornAt(),
                like.deadline(),
                like.bornAt());
    }

    static Allocation unknownLife(Allocation like) {
        return handle(like, like.spec(), like.generation() ^ 1);
    }

    /** Brings the life that {@code upload} begins into a state, and returns it as it is then. */
    Allocation lifeIn(AllocationState state, ContractUpload upload) {
        Allocation reserved = upload.granted();
        switch (state) {
            case RESERVED -> {}
            case COMMITTED -> committed(reserved, upload.spec().bytes());
            case RELEASED -> store.release(reserved);
            case EXPIRED -> {
                clock.advance(PAST_TTL);
                sweep();
            }
            case DELETED -> {
                committed(reserved, upload.spec().bytes());
                store.delete(new DeleteCommand(
                        reserved.account(), reserved.id().file(), reserved.id().version()));
            }
        }
        Allocation life = now(reserved);
        assertThat(life.state()).isEqualTo(state);
        assertThat(life.generation()).isEqualTo(reserved.generation());
        return life;
    }

    Allocation now(Allocation handle) {
        return store.find(handle.id()).orElseThrow(() -> new AssertionError("not found: " + handle.id()));
    }

    ExtendResult extend(Allocation handle, long bytes) {
        return extend(handle, bytes, 0);
    }

    ExtendResult extend(Allocation handle, long bytes, long heldBytes) {
        return store.extendTo(new ExtendCommand(handle, bytes, heldBytes, TTL, limits.of(handle.spec())));
    }

    Allocation extended(Allocation handle, long bytes) {
        return as(ExtendResult.Extended.class, extend(handle, bytes)).allocation();
    }

    /** Expects that a reservation can not be extended and changes in nothing but its deadline. */
    List<LimitCheck> notExtended(Allocation handle, long bytes) {
        TenantSnapshot before = snapshot();
        List<LimitCheck> exceeded =
                as(ExtendResult.Refused.class, extend(handle, bytes)).exceeded();
        assertThat(snapshot().withoutDeadlines()).isEqualTo(before.withoutDeadlines());
        return exceeded;
    }

    Allocation committed(Allocation handle, long bytes) {
        return as(CommitResult.Committed.class, store.commit(handle, bytes)).allocation();
    }

    DeleteResult delete(String file) {
        return store.delete(new DeleteCommand(user, file, null));
    }

    DeleteResult delete(String file, String version) {
        return store.delete(new DeleteCommand(user, file, version));
    }

    Usage usage() {
        return usage(user);
    }

    Usage usage(AccountId account) {
        return store.usage(account).total();
    }

    Usage usage(AccountId account, @Nullable String category) {
        return store.usage(account).of(category == null ? null : new Category(category));
    }

    List<Entry> entries() {
        return snapshot().entries();
    }

    List<Entry> entries(Allocation life) {
        return entries().stream()
                .filter(entry -> entry.generation() == life.generation())
                .toList();
    }

    TenantSnapshot snapshot() {
        return TenantSnapshot.of(store, name);
    }

    void sweep() {
        for (int i = 0; i < 10_000; i++) {
            if (store.sweep().isIdle()) {
                return;
            }
        }
        throw new AssertionError("sweep found something to do for 10,000 times");
    }

    void assertUnchangedBy(Runnable call) {
        TenantSnapshot before = snapshot();
        call.run();
        assertThat(snapshot()).as("the books, which the call must not change").isEqualTo(before);
    }

    void assertConserved() {
        Conservation.assertHolds(store, name);
    }

    static <T> T as(Class<T> type, Object result) {
        assertThat(result).isInstanceOf(type);
        return type.cast(result);
    }
}
