package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.Usage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What was acknowledged is there after the store's process has ended. */
interface DurabilityContract extends StoreFixture {

    private static ContractUpload photo(ContractTenant tenant) {
        return tenant.upload("photo", 100).version("v1").category("image");
    }

    private ContractTenant reopened(ContractTenant tenant) {
        reopenOrFail();
        return tenant.in(store());
    }

    private void reopenOrFail() {
        try {
            reopen();
        } catch (Exception e) {
            throw new AssertionError("could not be opened again", e);
        }
    }

    /** Makes one call, ends the store, and expects to find all as it was. */
    private void assertKept(ContractTenant tenant, Consumer<ContractTenant> call) {
        call.accept(tenant);
        TenantSnapshot before = tenant.snapshot();

        ContractTenant after = reopened(tenant);

        assertThat(after.snapshot())
                .as("the books after the store was reopened")
                .isEqualTo(before);
        after.assertConserved();
    }

    @Test
    @Needs(Capability.DURABLE)
    @Checks(Rule.DURABLE)
    default void shouldKeepAReservation() {
        assertKept(ContractTenant.of(this), tenant -> photo(tenant).granted());
    }

    @Test
    @Needs(Capability.DURABLE)
    @Checks({Rule.DURABLE, Rule.EVERY_ANCESTOR})
    default void shouldKeepEverythingThatAnUploadSays() {
        assertKept(
                ContractTenant.of(this),
                tenant -> tenant.upload("\u6F22/\uD83D\uDE00", 100)
                        .version(" v ")
                        .by(tenant.account("team/user-7/laptop"))
                        .category("\u00E9")
                        .overwriting()
                        .metadata(Map.of("name", "S\u00FCd 'x'", "empty", ""))
                        .retainUntil(Instant.parse("2031-05-06T07:08:09.123456Z"))
                        .forced("moved from 'old' server")
                        .stored());
    }

    @Test
    @Needs(Capability.DURABLE)
    @Checks({Rule.SAME_CALL_SAME_RESERVATION, Rule.DURABLE})
    default void shouldKeepARetry() {
        ContractTenant tenant = ContractTenant.of(this);
        photo(tenant).granted();
        clock().advance(ContractTenant.PAST_TTL);

        assertKept(tenant, it -> photo(it).granted());
    }

    @Test
    @Needs(Capability.DURABLE)
    @Checks(Rule.DURABLE)
    default void shouldKeepABatch() {
        assertKept(
                ContractTenant.of(this),
                tenant -> tenant.store.reserveAll(List.of(
                        photo(tenant).command(), tenant.upload("film", 1).command())));
    }

    @Test
    @Needs(Capability.DURABLE)
    @Checks(Rule.DURABLE)
    default void shouldKeepAnExtension() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation growing = tenant.uploadOfUnknownSize("film").granted();
        clock().advance(ContractTenant.PAST_TTL);

        assertKept(tenant, it -> it.extended(growing, 150));
    }

    @Test
    @Needs(Capability.DURABLE)
    @Checks(Rule.DURABLE)
    default void shouldKeepACommit() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation granted = photo(tenant).granted();

        assertKept(tenant, it -> it.committed(granted, 60));
    }

    @Test
    @Needs(Capability.DURABLE)
    @Checks(Rule.DURABLE)
    default void shouldKeepAReplacement() {
        ContractTenant tenant = ContractTenant.of(this);
        photo(tenant).stored();
        Allocation replacing = photo(tenant).version("v2").replacing("v1").granted();

        assertKept(tenant, it -> it.committed(replacing, 100));
    }

    @Test
    @Needs(Capability.DURABLE)
    @Checks({Rule.DURABLE, Rule.LEDGER})
    default void shouldKeepARelease() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation released = photo(tenant).granted();
        assertKept(tenant, it -> it.store.release(released));

        ContractTenant next = reopened(tenant);
        Allocation abandoned = photo(next).granted();
        assertKept(next, it -> it.store.abandon(abandoned));
    }

    @Test
    @Needs(Capability.DURABLE)
    @Checks(Rule.DURABLE)
    default void shouldKeepADeletion() {
        ContractTenant tenant = ContractTenant.of(this);
        photo(tenant).stored();

        assertKept(tenant, it -> it.delete("photo"));
    }

    @Test
    @Needs(Capability.DURABLE)
    @Checks({Rule.STORES_CLOCK, Rule.DURABLE})
    default void shouldKeepWhatASweepHasDone() {
        ContractTenant tenant = ContractTenant.of(this);
        photo(tenant).granted();
        clock().advance(ContractTenant.PAST_TTL);
        assertKept(tenant, ContractTenant::sweep);

        ContractTenant next = reopened(tenant);
        clock().advance(RetentionContract.LONG_FORGOTTEN);
        assertKept(next, ContractTenant::sweep);
        assertThat(reopened(next).snapshot().allocations()).isEmpty();
    }

    @Test
    @Needs(Capability.DURABLE)
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.SAME_CALL_SAME_RESERVATION, Rule.DURABLE})
    default void shouldGoOnWithWhatWasReserved() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100).files(tenant.root, 2);
        Allocation granted = photo(tenant).granted();

        ContractTenant after = reopened(tenant);

        Allocation retried = photo(after).granted();
        assertThat(retried.generation()).isEqualTo(granted.generation());
        assertThat(retried.attempt()).isEqualTo(2);
        assertThat(after.upload("film", 1).refused())
                .containsExactly(new LimitCheck(after.root, MetricType.BYTES, null, 1, 0, 100, 100));
        assertThat(store().abandon(granted)).isEqualTo(ReleaseResult.NO_EFFECT);
        after.committed(granted, 100);
        assertThat(after.usage(after.root)).isEqualTo(new Usage(100, 0, 1, 0));
        after.assertConserved();
    }

    @Test
    @Needs(Capability.DURABLE)
    @Checks({Rule.COMMIT_ASKS_FOR_THE_STATE, Rule.RELEASE_ONCE, Rule.ONE_LIFE})
    default void shouldRepeatNothingOfWhatWasDone() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation stored = photo(tenant).stored();
        Allocation deleted = tenant.lifeIn(AllocationState.DELETED, tenant.upload("text", 10));
        Allocation earlier = tenant.lifeIn(AllocationState.RELEASED, tenant.upload("film", 10));
        tenant.upload("film", 20).granted();

        ContractTenant after = reopened(tenant);

        after.assertUnchangedBy(() -> {
            assertThat(photo(after).alreadyStored()).isEqualTo(stored);
            assertThat(after.committed(stored, 100)).isEqualTo(stored);
            assertThat(store().commit(deleted, 10)).isEqualTo(new CommitResult.Ended(deleted));
            assertThat(store().commit(earlier, 10)).isInstanceOf(CommitResult.Ended.class);
            assertThat(store().release(earlier)).isEqualTo(ReleaseResult.NO_EFFECT);
            assertThat(after.delete("text").deleted()).isEmpty();
        });
    }

    @Test
    @Needs(Capability.DURABLE)
    @Checks({Rule.STORES_CLOCK, Rule.DURABLE, Rule.LEDGER})
    default void shouldStillExpireAndForget() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation granted = photo(tenant).granted();
        Allocation released = tenant.lifeIn(AllocationState.RELEASED, tenant.upload("film", 10));
        clock().advance(ContractTenant.PAST_TTL);

        ContractTenant after = reopened(tenant);
        after.sweep();
        assertThat(after.now(granted).state()).isEqualTo(AllocationState.EXPIRED);
        assertThat(after.now(released).state()).isEqualTo(AllocationState.RELEASED);
        after.assertConserved();

        ContractTenant later = reopened(after);
        clock().advance(RetentionContract.LONG_FORGOTTEN);
        later.sweep();
        assertThat(later.snapshot().allocations()).isEmpty();
        later.assertConserved();
    }

    @Test
    @Needs(Capability.DURABLE)
    @Checks({Rule.DURABLE, Rule.TENANTS_APART})
    default void shouldKeepEveryTenant() {
        List<ContractTenant> tenants = List.of(ContractTenant.of(this), ContractTenant.of(this));
        tenants.forEach(tenant -> photo(tenant).granted());

        reopenOrFail();

        List<AccountId> accounts = TenantSnapshot.accounts(store(), Page.MAX_SIZE);
        for (ContractTenant tenant : tenants) {
            assertThat(accounts).contains(tenant.root, tenant.user);
            assertThat(tenant.in(store()).usage()).isEqualTo(new Usage(0, 100, 0, 1));
        }
    }

    @Test
    @Needs(Capability.DURABLE)
    @Checks(value = Rule.DURABLE, byChance = Rule.ATOMIC)
    default void shouldKeepWhatManyWereToldAtOnce() {
        ContractTenant tenant = ContractTenant.of(this);
        List<Allocation> stored;
        try (Race race = new Race(threads())) {
            stored = race.run(thread -> tenant.upload("f" + thread, thread).stored());
        }

        ContractTenant after = reopened(tenant);

        assertThat(after.snapshot().allocations()).containsExactlyInAnyOrderElementsOf(stored);
        after.assertConserved();
    }
}
