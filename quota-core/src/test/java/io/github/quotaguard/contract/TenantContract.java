package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tenants know nothing of each other. */
interface TenantContract extends StoreFixture {

    private static ContractUpload photo(ContractTenant tenant) {
        return tenant.upload("photo", 100).version("v1").category("image");
    }

    @Test
    @Checks({Rule.SAME_CALL_SAME_RESERVATION, Rule.CATEGORIES, Rule.LEDGER, Rule.TENANTS_APART})
    default void shouldKeepTheSameIdsOfTwoTenantsApart() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractTenant other = ContractTenant.of(this);
        Allocation standing = photo(other).stored();
        other.upload("film", 50).granted();

        other.assertUnchangedBy(() -> {
            Allocation granted = photo(tenant).granted();
            photo(tenant).granted();
            photo(tenant).category("document").conflict();
            tenant.extended(granted, 150);
            tenant.committed(granted, 120);
            tenant.upload("photo", 10)
                    .version("v2")
                    .category("image")
                    .overwriting()
                    .stored();
            store().release(tenant.upload("film", 10).granted());
            tenant.delete("photo");
        });

        assertThat(other.now(standing)).isEqualTo(standing);
        assertThat(tenant.usage(tenant.root)).isEqualTo(Usage.NONE);
        assertThat(other.usage(other.root)).isEqualTo(new Usage(100, 50, 1, 1));
        tenant.assertConserved();
        other.assertConserved();
    }

    @Test
    @Checks({Rule.LIMITS, Rule.TENANTS_APART})
    default void shouldNotRefuseATenantForTheRoomOfAnother() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractTenant other = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100).files(tenant.root, 1);
        other.limits.bytes(other.root, 100).files(other.root, 1);
        photo(other).stored();

        photo(tenant).stored();

        tenant.upload("film", 1).refused();
        other.upload("film", 1).refused();
        other.delete("photo");
        tenant.upload("film", 1).refused();
        other.upload("film", 1).granted();
    }

    @Test
    @Checks({Rule.STORES_CLOCK, Rule.TENANTS_APART})
    default void shouldNotExpireTheReservationsOfAnotherTenantForRoom() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractTenant other = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);
        Allocation overdue = photo(other).granted();
        photo(tenant).granted();
        clock().advance(ContractTenant.PAST_TTL);

        tenant.upload("film", 100).granted();

        assertThat(other.now(overdue).state()).isEqualTo(AllocationState.RESERVED);
        other.committed(overdue, 100);
        other.assertConserved();
    }

    @Test
    @Checks({Rule.ONE_LIFE, Rule.TENANTS_APART})
    default void shouldNotTakeAHandleOfAnotherTenant() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractTenant other = ContractTenant.of(this);
        Allocation theirs = photo(other).granted();
        photo(tenant).granted();
        AllocationSpec mine = photo(tenant).spec();
        Allocation forged = ContractTenant.handle(theirs, mine, theirs.generation());

        tenant.assertUnchangedBy(() -> other.assertUnchangedBy(() -> {
            assertThat(store().commit(forged, 100)).isInstanceOf(CommitResult.Unknown.class);
            assertThat(tenant.extend(forged, 200)).isInstanceOf(ExtendResult.Unknown.class);
            assertThat(store().release(forged)).isEqualTo(ReleaseResult.NO_EFFECT);
            assertThat(store().abandon(forged)).isEqualTo(ReleaseResult.NO_EFFECT);
            assertThat(store().find(mine.id(), theirs.generation())).isEmpty();
        }));
    }

    /** Calls with random parts of what another tenant has, and with what nobody has: both are told the same. */
    @Test
    @Checks({Rule.STORES_CLOCK, Rule.TENANTS_APART})
    default void shouldAnswerForTheThingsOfAnotherTenantAsForThoseOfNobody() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractTenant other = ContractTenant.of(this);
        List<Allocation> theirs = new ArrayList<>();
        for (AllocationState state : AllocationState.values()) {
            theirs.add(other.lifeIn(
                    state, other.upload("f-" + state, 100).version("v1").category("image")));
        }
        tenant.upload("mine", 100).stored();
        ContractUpload nobodys = tenant.upload("nobodys", 100).version("v1");
        List<Object> unknown = new ArrayList<>();
        for (int call = 0; call < 8; call++) {
            unknown.add(answer(tenant, call, nobodys, ContractTenant.unknownLife(theirs.get(0))));
        }
        long seed = RandomUploads.seed();
        Random random = new Random(seed);

        tenant.assertUnchangedBy(() -> other.assertUnchangedBy(() -> {
            for (int i = 0; i < rounds() * 20; i++) {
                Allocation foreign = theirs.get(random.nextInt(theirs.size()));
                ContractUpload taken = tenant.upload(foreign.id().file(), 100).version("v1");
                int call = random.nextInt(unknown.size());
                assertThat(answer(tenant, call, taken, foreign))
                        .as("call %s with -Dquotaguard.contract.seed=%s", call, seed)
                        .isEqualTo(unknown.get(call));
            }
        }));
    }

    private Object answer(ContractTenant tenant, int call, ContractUpload upload, Allocation life) {
        Allocation handle = ContractTenant.handle(life, upload.spec(), life.generation());
        String file = upload.spec().id().file();
        return switch (call) {
            case 0 -> store().commit(handle, life.bytes());
            case 1 -> store().release(handle);
            case 2 -> store().abandon(handle);
            case 3 -> tenant.extend(handle, 200);
            case 4 -> tenant.delete(file);
            case 5 -> tenant.delete(file, "v1");
            case 6 -> List.of(store().find(handle.id()), store().find(handle.id(), life.generation()));
            default -> store().versions(tenant.name, file);
        };
    }

    @Test
    @Checks(Rule.TENANTS_APART)
    default void shouldNotListWhatBelongsToAnotherTenant() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractTenant other = new ContractTenant(store(), clock(), tenant.name + "2");
        Allocation mine = photo(tenant).stored();
        Allocation theirs = photo(other).stored();

        assertThat(tenant.snapshot().allocations()).containsExactly(mine);
        assertThat(other.snapshot().allocations()).containsExactly(theirs);
        assertThat(tenant.entries()).hasSize(1);
        assertThat(other.entries()).hasSize(1);
        assertThat(store().versions(tenant.name, "photo")).containsExactly(mine);
        assertThat(tenant.usage(tenant.root).usedBytes()).isEqualTo(100);
        assertThat(store().usage(new AccountId(tenant.name + "2/user-7"))
                        .total()
                        .usedBytes())
                .isEqualTo(100);
    }

    @Test
    @Checks({Rule.STORES_CLOCK, Rule.TENANTS_APART})
    default void shouldSweepEveryTenant() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractTenant other = ContractTenant.of(this);
        Allocation mine = photo(tenant).granted();
        Allocation theirs = photo(other).granted();
        clock().advance(ContractTenant.PAST_TTL);

        tenant.sweep();

        assertThat(tenant.now(mine).state()).isEqualTo(AllocationState.EXPIRED);
        assertThat(other.now(theirs).state()).isEqualTo(AllocationState.EXPIRED);
        tenant.assertConserved();
        other.assertConserved();
    }
}
