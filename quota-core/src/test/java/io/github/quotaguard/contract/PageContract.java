package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.Page;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports, page by page: everything once, whatever the size of the page. */
interface PageContract extends StoreFixture {

    /** Leaves 7 allocations and 7 entries. */
    private static ContractTenant withRecords(StoreFixture fixture) {
        ContractTenant tenant = ContractTenant.of(fixture);
        for (int i = 0; i < 3; i++) {
            tenant.upload("photo", 10).version("v" + i).stored();
        }
        tenant.upload("film", 10).granted();
        tenant.upload("film-2", 10).by(tenant.account("user-8/laptop")).stored();
        tenant.lifeIn(AllocationState.RELEASED, tenant.upload("song", 10));
        tenant.lifeIn(AllocationState.DELETED, tenant.upload("text", 10));
        return tenant;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 6, 7, 8, Page.MAX_SIZE})
    default void shouldListEachAllocationOnce(int size) {
        ContractTenant tenant = withRecords(this);

        List<Allocation> all = TenantSnapshot.allocations(store(), tenant.name, size);

        assertThat(all)
                .extracting(allocation ->
                        allocation.id().file() + "@" + allocation.id().version() + " " + allocation.state())
                .containsExactlyInAnyOrder(
                        "photo@v0 COMMITTED",
                        "photo@v1 COMMITTED",
                        "photo@v2 COMMITTED",
                        "film@ RESERVED",
                        "film-2@ COMMITTED",
                        "song@ RELEASED",
                        "text@ DELETED");
        assertThat(all)
                .allSatisfy(allocation -> assertThat(tenant.now(allocation)).isEqualTo(allocation));
        assertThat(all).isEqualTo(TenantSnapshot.allocations(store(), tenant.name, Page.MAX_SIZE));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 6, 7, 8, Page.MAX_SIZE})
    @Checks(Rule.LEDGER)
    default void shouldListEachEntryOnceOldestFirst(int size) {
        ContractTenant tenant = withRecords(this);

        List<Entry> all = TenantSnapshot.entries(store(), tenant.name, size);

        assertThat(all)
                .extracting(entry -> entry.seq() + " " + entry.kind() + " "
                        + entry.id().file() + "@" + entry.id().version())
                .containsExactly(
                        "1 COMMIT photo@v0",
                        "2 COMMIT photo@v1",
                        "3 COMMIT photo@v2",
                        "4 COMMIT film-2@",
                        "5 RELEASE song@",
                        "6 COMMIT text@",
                        "7 DELETE text@");
    }

    @ParameterizedTest
    @ValueSource(ints = {97, Page.MAX_SIZE})
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.TENANTS_APART})
    default void shouldListEachAccountThatWasChargedOnce(int size) {
        ContractTenant tenant = withRecords(this);
        ContractTenant alike = new ContractTenant(store(), clock(), tenant.name + "-2");
        alike.limits.bytes(alike.root, 5);
        alike.upload("photo", 5).granted();
        alike.upload("film", 5).by(alike.account("refused")).refused();

        List<AccountId> all = TenantSnapshot.accounts(store(), size);

        assertThat(all).doesNotHaveDuplicates();
        assertThat(all)
                .filteredOn(account -> account.path().startsWith(tenant.name))
                .containsExactlyInAnyOrder(
                        tenant.root,
                        tenant.user,
                        tenant.account("user-8"),
                        tenant.account("user-8/laptop"),
                        alike.root,
                        alike.user);
    }

    @Test
    default void shouldStillListAnAccountThatHoldsNothingAnyMore() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.lifeIn(AllocationState.RELEASED, tenant.upload("photo", 10));

        assertThat(TenantSnapshot.accounts(store(), Page.MAX_SIZE)).contains(tenant.root, tenant.user);
    }

    @Test
    @Checks(Rule.LEDGER)
    default void shouldSayWhetherThereIsMore() {
        ContractTenant tenant = withRecords(this);

        assertThat(store().allocations(tenant.name, null, 7).hasMore()).isFalse();
        assertThat(store().allocations(tenant.name, null, 6).hasMore()).isTrue();
        assertThat(store().allocations(tenant.name, null, 6).items()).hasSize(6);
        assertThat(store().entries(tenant.name, 0, 7).hasMore()).isFalse();
        assertThat(store().entries(tenant.name, 0, 6).hasMore()).isTrue();
        assertThat(store().entries(tenant.name, 1, 6).hasMore()).isFalse();
        assertThat(store().entries(tenant.name, 7, 1)).isEqualTo(new Page<Entry>(List.of(), false));
        assertThat(store().entries(tenant.name, Long.MAX_VALUE, 1)).isEqualTo(new Page<Entry>(List.of(), false));
    }

    @Test
    @Checks(Rule.LEDGER)
    default void shouldListTheEntriesAfterAnyNumber() {
        ContractTenant tenant = withRecords(this);
        List<Entry> all = tenant.entries();

        for (long after : new long[] {Long.MIN_VALUE, -1, 0, 1, 6, 7, 8, Long.MAX_VALUE - 1, Long.MAX_VALUE}) {
            assertThat(store().entries(tenant.name, after, Page.MAX_SIZE).items())
                    .isEqualTo(all.stream().filter(entry -> entry.seq() > after).toList());
        }
        assertThat(all).hasSize(7);
    }

    @Test
    @Checks(Rule.LIMITS)
    default void shouldListNothingOfATenantThatWasNeverCharged() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 0);
        tenant.upload("photo", 1).refused();

        assertThat(store().allocations(tenant.name, null, 1)).isEqualTo(new Page<Allocation>(List.of(), false));
        assertThat(store().entries(tenant.name, 0, 1)).isEqualTo(new Page<Entry>(List.of(), false));
        assertThat(TenantSnapshot.accounts(store(), Page.MAX_SIZE)).doesNotContain(tenant.root, tenant.user);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, Page.MAX_SIZE + 1, Integer.MAX_VALUE})
    default void shouldRefuseAPageSizeOutsideItsRange(int size) {
        ContractTenant tenant = withRecords(this);

        assertThatIllegalArgumentException().isThrownBy(() -> store().accounts(null, size));
        assertThatIllegalArgumentException().isThrownBy(() -> store().allocations(tenant.name, null, size));
        assertThatIllegalArgumentException().isThrownBy(() -> store().entries(tenant.name, 0, size));
    }
}
