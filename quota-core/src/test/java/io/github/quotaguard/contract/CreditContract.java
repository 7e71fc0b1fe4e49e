package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.Usage;
import org.junit.jupiter.api.Test;

/** The credit that a version to be replaced gives: how far it goes, and that it is void once somebody else used it. */
interface CreditContract extends StoreFixture {

    private static ContractUpload version(ContractTenant tenant, String version, long bytes) {
        return tenant.upload("photo", bytes).version(version);
    }

    private static void assertNotCovered(ContractTenant tenant, Allocation reservation, long bytes) {
        tenant.assertUnchangedBy(() -> {
            CommitResult result = tenant.store.commit(reservation, bytes);
            CommitResult.NotCovered notCovered = ContractTenant.as(CommitResult.NotCovered.class, result);
            assertThat(notCovered.allocation()).isEqualTo(tenant.now(reservation));
            assertThat(notCovered.heldBytes())
                    .isGreaterThan(notCovered.allocation().bytes())
                    .isLessThanOrEqualTo(bytes);
        });
    }

    @Test
    @Checks(Rule.LIMITS)
    default void shouldRefuseWhatDoesNotFitEvenWithTheCredit() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);
        version(tenant, "v1", 80).stored();

        assertThat(version(tenant, "v2", 101).replacing("v1").refused())
                .containsExactly(new LimitCheck(tenant.root, MetricType.BYTES, null, 21, 80, 0, 100));
        version(tenant, "v2", 100).replacing("v1").stored();
        assertThat(tenant.usage()).isEqualTo(new Usage(100, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD})
    default void shouldExtendAReplacementByWhatGoesBeyondTheCredit() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 120);
        version(tenant, "v1", 80).stored();
        Allocation granted = version(tenant, "v2", 100).replacing("v1").granted();
        assertNotCovered(tenant, granted, 101);

        assertThat(tenant.extended(granted, 120).bytes()).isEqualTo(40);
        assertThat(tenant.notExtended(granted, 121))
                .containsExactly(new LimitCheck(tenant.root, MetricType.BYTES, null, 1, 80, 40, 120));

        tenant.committed(granted, 120);
        assertThat(tenant.usage()).isEqualTo(new Usage(120, 0, 1, 0));
        tenant.assertConserved();
    }

    /** What is missing of the credit, as a commit in another transaction than the store's may find, is held as well. */
    @Test
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD})
    default void shouldHoldAtLeastWhatIsAskedForWhateverIsReplaced() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 200);
        version(tenant, "v1", 80).stored();
        Allocation granted = version(tenant, "v2", 100).replacing("v1").granted();

        assertThat(ContractTenant.as(ExtendResult.Extended.class, tenant.extend(granted, 100, 100))
                        .allocation()
                        .bytes())
                .isEqualTo(100);
        assertThat(ContractTenant.as(ExtendResult.Extended.class, tenant.extend(granted, 100, 50))
                        .allocation()
                        .bytes())
                .isEqualTo(100);
        assertThat(ContractTenant.as(ExtendResult.Refused.class, tenant.extend(granted, 100, 121))
                        .exceeded())
                .containsExactly(new LimitCheck(tenant.root, MetricType.BYTES, null, 21, 80, 100, 200));

        tenant.committed(granted, 100);
        assertThat(tenant.usage()).isEqualTo(new Usage(100, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    default void shouldHoldAnUnknownSizeOnlyBeyondTheCredit() {
        ContractTenant tenant = ContractTenant.of(this);
        version(tenant, "v1", 80).stored();
        Allocation granted =
                tenant.uploadOfUnknownSize("photo").version("v2").overwriting().granted();

        assertThat(tenant.extended(granted, 80).bytes()).isZero();
        assertThat(tenant.extended(granted, 100).bytes()).isEqualTo(20);

        tenant.committed(granted, 100);
        assertThat(tenant.usage()).isEqualTo(new Usage(100, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    default void shouldVoidTheCreditOfADeletedVersion() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);
        version(tenant, "v1", 80).stored();
        Allocation granted = version(tenant, "v2", 100).replacing("v1").granted();

        tenant.delete("photo", "v1");
        assertNotCovered(tenant, granted, 100);
        assertThat(tenant.extended(granted, 100).bytes()).isEqualTo(100);

        tenant.committed(granted, 100);
        assertThat(tenant.usage()).isEqualTo(new Usage(100, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.LIMITS)
    default void shouldRefuseAVoidCreditWhenTheRoomIsTaken() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);
        version(tenant, "v1", 80).stored();
        Allocation granted = version(tenant, "v2", 100).replacing("v1").granted();
        tenant.delete("photo", "v1");
        tenant.upload("film", 80).stored();

        assertNotCovered(tenant, granted, 100);
        assertThat(tenant.notExtended(granted, 100))
                .containsExactly(new LimitCheck(tenant.root, MetricType.BYTES, null, 80, 80, 20, 100));

        tenant.committed(granted, 20);
        assertThat(tenant.usage()).isEqualTo(new Usage(100, 0, 2, 0));
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.LIMITS)
    default void shouldGiveTheCreditOfAVersionOnlyOnce() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);
        version(tenant, "v1", 80).stored();
        Allocation second = version(tenant, "v2", 80).replacing("v1").granted();
        Allocation third = version(tenant, "v3", 80).replacing("v1").granted();
        assertThat(tenant.usage()).isEqualTo(new Usage(80, 0, 1, 0));

        tenant.committed(second, 80);
        assertNotCovered(tenant, third, 80);
        assertThat(tenant.notExtended(third, 80))
                .containsExactly(new LimitCheck(tenant.root, MetricType.BYTES, null, 80, 80, 0, 100));

        assertThat(tenant.now(second).state()).isEqualTo(AllocationState.COMMITTED);
        assertThat(tenant.usage()).isEqualTo(new Usage(80, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    default void shouldTakeWhatStandsAtTheCommitForTheCreditOfAnOverwrite() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);
        version(tenant, "v1", 80).stored();
        Allocation second = version(tenant, "v2", 90).overwriting().granted();
        Allocation third = version(tenant, "v3", 90).overwriting().granted();

        tenant.committed(second, 90);
        tenant.committed(third, 90);

        assertThat(store().versions(tenant.name, "photo"))
                .extracting(Allocation::id)
                .containsExactly(third.id());
        assertThat(tenant.usage()).isEqualTo(new Usage(90, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    default void shouldVoidTheCreditOfAnOverwrittenFileThatWasDeleted() {
        ContractTenant tenant = ContractTenant.of(this);
        version(tenant, "v1", 80).stored();
        version(tenant, "v2", 10).stored();
        Allocation granted = version(tenant, "v3", 90).overwriting().granted();
        assertThat(granted.bytes()).isZero();

        tenant.delete("photo", "v1");
        assertNotCovered(tenant, granted, 90);
        assertThat(tenant.extended(granted, 90).bytes()).isEqualTo(80);

        tenant.committed(granted, 90);
        assertThat(tenant.usage()).isEqualTo(new Usage(90, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    default void shouldLetAForcedReplacementTakeAVoidCreditPastTheLimit() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);
        version(tenant, "v1", 80).stored();
        Allocation granted =
                version(tenant, "v2", 100).replacing("v1").forced("migration").granted();
        tenant.delete("photo", "v1");
        tenant.upload("film", 80).stored();
        assertNotCovered(tenant, granted, 100);

        tenant.extended(granted, 100);

        tenant.committed(granted, 100);
        assertThat(tenant.usage()).isEqualTo(new Usage(180, 0, 2, 0));
        tenant.assertConserved();
    }
}
