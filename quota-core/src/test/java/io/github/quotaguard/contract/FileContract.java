package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.Usage;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Files are counted, not their versions; the bytes of every version are. */
interface FileContract extends StoreFixture {

    private static ContractUpload version(ContractTenant tenant, String version, long bytes) {
        return tenant.upload("photo", bytes).version(version);
    }

    @Test
    default void shouldCountTheVersionsOfAFileOnce() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation first = version(tenant, "v1", 10).granted();
        Allocation second = version(tenant, "v2", 20).granted();
        assertThat(tenant.usage()).isEqualTo(new Usage(0, 30, 0, 1));

        tenant.committed(second, 20);
        assertThat(tenant.usage()).isEqualTo(new Usage(20, 10, 1, 0));

        tenant.committed(first, 10);
        assertThat(tenant.usage()).isEqualTo(new Usage(30, 0, 1, 0));

        version(tenant, "v3", 40).granted();
        assertThat(tenant.usage()).isEqualTo(new Usage(30, 40, 1, 0));
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(30, 40, 1, 0));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD})
    default void shouldAdmitAFurtherVersionWhenTheFileLimitIsReached() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.files(tenant.root, 2).files(tenant.user, 2);
        version(tenant, "v1", 10).stored();
        tenant.upload("film", 10).version("v1").granted();

        assertThat(tenant.upload("song", 10).refused())
                .containsExactlyInAnyOrder(
                        new LimitCheck(tenant.root, MetricType.FILES, null, 1, 1, 1, 2),
                        new LimitCheck(tenant.user, MetricType.FILES, null, 1, 1, 1, 2));
        version(tenant, "v2", 10).stored();
        tenant.upload("film", 10).version("v2").stored();

        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(30, 10, 2, 0));
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.LIMITS)
    default void shouldCountAFileUntilItsLastVersionIsDeleted() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.files(tenant.user, 1);
        version(tenant, "v1", 10).stored();
        version(tenant, "v2", 20).stored();

        tenant.delete("photo", "v1");
        assertThat(tenant.usage()).isEqualTo(new Usage(20, 0, 1, 0));
        tenant.upload("film", 1).refused();

        tenant.delete("photo", "v2");
        assertThat(tenant.usage()).isEqualTo(Usage.NONE);
        tenant.upload("film", 1).granted();
        assertThat(tenant.entries().stream().limit(4).map(Entry::files)).containsExactly(1, 0, 0, -1);
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD})
    default void shouldHoldTheFileOfAVersionStillReserved() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.files(tenant.user, 1);
        version(tenant, "v1", 10).stored();
        Allocation second = version(tenant, "v2", 20).granted();

        tenant.delete("photo", "v1");
        assertThat(tenant.usage()).isEqualTo(new Usage(0, 20, 0, 1));
        tenant.upload("film", 1).refused();

        tenant.committed(second, 20);
        assertThat(tenant.usage()).isEqualTo(new Usage(20, 0, 1, 0));
        tenant.assertConserved();
    }

    @ParameterizedTest
    @EnumSource(names = {"RELEASED", "EXPIRED"})
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.STORES_CLOCK, Rule.LEDGER})
    default void shouldHoldTheFileUntilItsLastReservationEnds(AllocationState end) {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.files(tenant.user, 1);
        Allocation second = version(tenant, "v2", 20).ttl(Duration.ofHours(1)).granted();
        tenant.lifeIn(end, version(tenant, "v1", 10));

        assertThat(tenant.usage()).isEqualTo(new Usage(0, 20, 0, 1));
        tenant.upload("film", 1).refused();

        store().release(second);
        assertThat(tenant.usage()).isEqualTo(Usage.NONE);
        tenant.upload("film", 1).granted();
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.LEDGER)
    default void shouldPassTheHeldFileOnToAnotherReservedVersion() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation first = version(tenant, "v1", 10).granted();
        Allocation second = version(tenant, "v2", 20).granted();
        Allocation third = version(tenant, "v3", 40).granted();

        store().release(first);
        assertThat(tenant.usage()).isEqualTo(new Usage(0, 60, 0, 1));
        store().release(third);
        assertThat(tenant.usage()).isEqualTo(new Usage(0, 20, 0, 1));
        tenant.committed(second, 20);
        assertThat(tenant.usage()).isEqualTo(new Usage(20, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.LEDGER)
    default void shouldHoldNoFileForAReservedVersionOfAStoredOne() {
        ContractTenant tenant = ContractTenant.of(this);
        version(tenant, "v1", 10).stored();
        Allocation second = version(tenant, "v2", 20).granted();

        assertThat(tenant.usage()).isEqualTo(new Usage(10, 20, 1, 0));
        store().release(second);
        assertThat(tenant.usage()).isEqualTo(new Usage(10, 0, 1, 0));
        tenant.assertConserved();
    }

    @ParameterizedTest
    @EnumSource(names = {"RESERVED", "COMMITTED"})
    @Checks(Rule.CATEGORIES)
    default void shouldKeepAFileInOneAccountAndCategory(AllocationState state) {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation standing = tenant.lifeIn(state, version(tenant, "v1", 10).category("image"));
        ContractUpload next = version(tenant, "v2", 10).category("image");

        tenant.assertUnchangedBy(() -> {
            assertThat(next.by(tenant.account("user-8")).conflict()).isEqualTo(standing);
            assertThat(next.by(tenant.root).conflict()).isEqualTo(standing);
            assertThat(next.category("document").conflict()).isEqualTo(standing);
            assertThat(next.category(null).conflict()).isEqualTo(standing);
        });
        next.granted();
        tenant.assertConserved();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"RESERVED", "COMMITTED"},
            mode = Mode.EXCLUDE)
    @Checks({Rule.STORES_CLOCK, Rule.LEDGER})
    default void shouldLetAFileMoveWhenNoVersionOfItLives(AllocationState state) {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.lifeIn(state, version(tenant, "v1", 10).category("image"));

        version(tenant, "v2", 20).by(tenant.account("user-8")).stored();

        assertThat(tenant.usage()).isEqualTo(Usage.NONE);
        assertThat(tenant.usage(tenant.account("user-8"))).isEqualTo(new Usage(20, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    default void shouldLeaveReservedVersionsAloneWhenAFileIsDeleted() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation stored = version(tenant, "v1", 10).stored();
        Allocation reserved = version(tenant, "v2", 20).granted();

        var result = tenant.delete("photo");

        assertThat(result.deleted()).extracting(Allocation::id).containsExactly(stored.id());
        assertThat(result.reserved()).extracting(Allocation::id).containsExactly(reserved.id());
        assertThat(tenant.now(reserved)).isEqualTo(reserved);
        tenant.committed(reserved, 20);
        tenant.assertConserved();
    }

    @Test
    default void shouldListTheLiveVersionsOfAFile() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation third = version(tenant, "v3", 10).stored();
        Allocation first = version(tenant, "v1", 20).granted();
        Allocation none = version(tenant, "", 40).stored();
        tenant.lifeIn(AllocationState.RELEASED, version(tenant, "v2", 80));
        tenant.lifeIn(AllocationState.DELETED, version(tenant, "v4", 80));
        tenant.upload("photo2", 160).stored();

        assertThat(store().versions(tenant.name, "photo")).containsExactly(none, first, third);
        assertThat(store().versions(tenant.name, "phot")).isEmpty();
    }
}
