package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Deadlines: judged by the store's clock alone, and only by a sweep or where room is needed. */
interface ExpiryContract extends StoreFixture {

    @Test
    default void shouldNotExpireBeforeTheDeadline() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation granted = tenant.upload("photo", 100).granted();
        clock().advance(ContractTenant.TTL.minusMinutes(2));

        tenant.sweep();

        assertThat(tenant.now(granted).state()).isEqualTo(AllocationState.RESERVED);
        assertThat(tenant.usage()).isEqualTo(new Usage(0, 100, 0, 1));
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    default void shouldExpireWhatIsOverdueInASweep() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.upload("photo", 40).category("image").stored();
        Allocation granted = tenant.upload("film", 100).category("image").granted();
        clock().advance(ContractTenant.PAST_TTL);

        tenant.sweep();

        assertThat(tenant.now(granted).state()).isEqualTo(AllocationState.EXPIRED);
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(40, 0, 1, 0));
        assertThat(tenant.usage(tenant.user, "image").reservedBytes()).isZero();
        assertThat(tenant.entries(granted)).singleElement().satisfies(entry -> {
            assertThat(entry.kind()).isEqualTo(EntryKind.EXPIRE);
            assertThat(entry.bytes()).isZero();
            assertThat(entry.files()).isZero();
        });
        assertThat(store().versions(tenant.name, "film")).isEmpty();
        tenant.assertConserved();
    }

    @Test
    default void shouldHoldAnOverdueReservationUntilSomebodyExpiresIt() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 200);
        Allocation overdue = tenant.upload("photo", 100).granted();
        clock().advance(ContractTenant.PAST_TTL);

        tenant.upload("film", 100).granted();

        assertThat(tenant.now(overdue)).extracting(Allocation::state).isEqualTo(AllocationState.RESERVED);
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(0, 200, 0, 2));
        tenant.assertConserved();
    }

    @Test
    default void shouldCommitAnOverdueReservationThatNobodyHasExpired() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation overdue = tenant.upload("photo", 100).granted();
        clock().advance(Duration.ofDays(6));

        tenant.committed(overdue, 100);
        tenant.sweep();

        assertThat(tenant.now(overdue).state()).isEqualTo(AllocationState.COMMITTED);
        assertThat(tenant.usage()).isEqualTo(new Usage(100, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.LEDGER)
    default void shouldReleaseAnOverdueReservationThatNobodyHasExpired() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation overdue = tenant.upload("photo", 100).granted();
        clock().advance(ContractTenant.PAST_TTL);

        assertThat(store().release(overdue)).isEqualTo(ReleaseResult.RELEASED);
        tenant.sweep();

        assertThat(tenant.now(overdue).state()).isEqualTo(AllocationState.RELEASED);
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    default void shouldSaveAnExtendedReservationFromTheSweep() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation early = tenant.upload("early", 100).granted();
        Allocation overdue = tenant.upload("overdue", 100).granted();
        clock().advance(Duration.ofMinutes(10));
        tenant.extended(early, 100);
        clock().advance(Duration.ofMinutes(10));
        tenant.extended(overdue, 110);

        tenant.sweep();

        assertThat(tenant.now(early).state()).isEqualTo(AllocationState.RESERVED);
        assertThat(tenant.now(overdue).state()).isEqualTo(AllocationState.RESERVED);
        clock().advance(ContractTenant.PAST_TTL);
        tenant.sweep();
        assertThat(tenant.now(early).state()).isEqualTo(AllocationState.EXPIRED);
        assertThat(tenant.now(overdue).state()).isEqualTo(AllocationState.EXPIRED);
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.STORES_CLOCK})
    default void shouldSaveAReservationFromTheSweepEvenIfItCanNotGrow() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);
        Allocation granted = tenant.upload("photo", 100).granted();
        clock().advance(Duration.ofMinutes(20));

        tenant.notExtended(granted, 101);
        tenant.sweep();

        Allocation renewed = tenant.now(granted);
        assertThat(renewed.state()).isEqualTo(AllocationState.RESERVED);
        assertThat(Duration.between(renewed.bornAt(), renewed.deadline()))
                .isBetween(Duration.ofMinutes(35), Duration.ofMinutes(40));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.SAME_CALL_SAME_RESERVATION, Rule.STORES_CLOCK})
    default void shouldSaveARetriedReservationFromTheSweep() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation first = tenant.upload("photo", 100).granted();
        clock().advance(Duration.ofMinutes(20));

        Allocation second = tenant.upload("photo", 100).granted();
        tenant.sweep();

        assertThat(second.generation()).isEqualTo(first.generation());
        assertThat(Duration.between(second.bornAt(), second.deadline()))
                .isBetween(Duration.ofMinutes(35), Duration.ofMinutes(40));
        assertThat(tenant.now(first)).isEqualTo(second);
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.STORES_CLOCK})
    default void shouldExpireOverdueReservationsBeforeItRefuses() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 300).files(tenant.root, 3);
        Allocation overdue =
                tenant.upload("a", 100).by(tenant.account("user-8")).granted();
        Allocation alsoOverdue = tenant.upload("b", 100).granted();
        clock().advance(ContractTenant.PAST_TTL);
        Allocation live = tenant.upload("c", 100).granted();

        tenant.upload("d", 200).granted();

        assertThat(tenant.now(overdue).state()).isEqualTo(AllocationState.EXPIRED);
        assertThat(tenant.now(alsoOverdue).state()).isEqualTo(AllocationState.EXPIRED);
        assertThat(tenant.now(live).state()).isEqualTo(AllocationState.RESERVED);
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(0, 300, 0, 2));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.STORES_CLOCK})
    default void shouldExpireOverdueReservationsBeforeItRefusesAFile() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.files(tenant.user, 1);
        Allocation overdue = tenant.upload("a", 100).granted();
        clock().advance(ContractTenant.PAST_TTL);

        tenant.upload("b", 100).granted();

        assertThat(tenant.now(overdue).state()).isEqualTo(AllocationState.EXPIRED);
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.STORES_CLOCK})
    default void shouldExpireOverdueReservationsBeforeItRefusesAnExtension() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 200);
        Allocation overdue = tenant.upload("a", 100).granted();
        clock().advance(ContractTenant.PAST_TTL);
        Allocation growing = tenant.upload("b", 100).granted();

        assertThat(tenant.extended(growing, 200).bytes()).isEqualTo(200);

        assertThat(tenant.now(overdue).state()).isEqualTo(AllocationState.EXPIRED);
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    default void shouldExpireAnOverdueReservationThatIsInTheWay() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation sameId = tenant.upload("photo", 100).granted();
        Allocation sameFile = tenant.upload("film", 100).version("v1").granted();
        clock().advance(ContractTenant.PAST_TTL);

        Allocation otherSize = tenant.upload("photo", 60).granted();
        Allocation otherOwner = tenant.upload("film", 60)
                .version("v2")
                .by(tenant.account("user-8"))
                .granted();

        assertThat(otherSize.generation()).isNotEqualTo(sameId.generation());
        assertThat(tenant.now(sameFile).state()).isEqualTo(AllocationState.EXPIRED);
        assertThat(tenant.now(otherOwner)).isEqualTo(otherOwner);
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(0, 120, 0, 2));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.STORES_CLOCK})
    default void shouldNotExpireTheReservationThatIsExtended() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 200);
        Allocation other = tenant.upload("a", 100).granted();
        Allocation growing = tenant.upload("b", 100).granted();
        clock().advance(ContractTenant.PAST_TTL);

        Allocation extended = tenant.extended(growing, 200);

        assertThat(extended.generation()).isEqualTo(growing.generation());
        assertThat(extended.bytes()).isEqualTo(200);
        assertThat(tenant.now(other).state()).isEqualTo(AllocationState.EXPIRED);
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(0, 200, 0, 1));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.STORES_CLOCK})
    default void shouldRefuseWhatDoesNotFitEvenThen() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 200);
        tenant.upload("a", 100).granted();
        clock().advance(ContractTenant.PAST_TTL);
        tenant.upload("b", 50).granted();

        assertThat(tenant.upload("c", 151).refused())
                .singleElement()
                .satisfies(check -> assertThat(check.reserved()).isEqualTo(50));

        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(0, 50, 0, 1));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.SAME_CALL_SAME_RESERVATION, Rule.STORES_CLOCK})
    default void shouldNotMoveADeadlinePastTheRetention() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractUpload upload = tenant.upload("photo", 100).ttl(UsageStore.RETENTION);
        Allocation granted = upload.granted();
        assertThat(Duration.between(granted.bornAt(), granted.deadline())).isEqualTo(UsageStore.RETENTION);
        clock().advance(Duration.ofDays(6));
        Allocation retried = upload.granted();
        assertThat(Duration.between(retried.bornAt(), retried.deadline())).isEqualTo(UsageStore.RETENTION);

        clock().advance(Duration.ofDays(1).minusMinutes(5));
        Allocation extended = tenant.extended(granted, 200);

        assertThat(Duration.between(extended.bornAt(), extended.deadline())).isEqualTo(UsageStore.RETENTION);
        clock().advance(Duration.ofMinutes(6));
        tenant.sweep();
        assertThat(tenant.now(granted).state()).isEqualTo(AllocationState.EXPIRED);
        tenant.assertConserved();
    }
}
