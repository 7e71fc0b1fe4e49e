package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.Grace;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The soft limit: it may be passed up to the limit itself until a grace ends, which the store keeps and judges. */
interface GraceContract extends StoreFixture {

    Duration GRACE = Duration.ofDays(5);
    long SOFT = 100;
    long HARD = 200;

    private static ContractTenant withSoftLimit(StoreFixture fixture) {
        ContractTenant tenant = ContractTenant.of(fixture);
        tenant.limits.bytes(tenant.user, HARD).softBytes(tenant.user, SOFT, GRACE);
        return tenant;
    }

    /** Uses 90 bytes of a file and 60 of another, and lets the grace end. */
    private static ContractTenant pastTheGrace(StoreFixture fixture) {
        ContractTenant tenant = withSoftLimit(fixture);
        tenant.upload("base", 90).stored();
        tenant.upload("more", 60).stored();
        tenant.clock.advance(GRACE);
        return tenant;
    }

    private static @Nullable Grace grace(ContractTenant tenant) {
        return grace(tenant, tenant.user);
    }

    private static @Nullable Grace grace(ContractTenant tenant, AccountId account) {
        return tenant.store.usage(account).grace();
    }

    private static Instant endOf(ContractTenant tenant) {
        Grace grace = grace(tenant);
        assertThat(grace).isNotNull();
        return grace.endsAt();
    }

    private static void assertRefused(ContractTenant tenant, ContractUpload upload, long bytes, long used, long held) {
        tenant.assertUnchangedBy(() -> assertThat(upload.refused())
                .containsExactly(new LimitCheck(
                        tenant.user, MetricType.SOFT_BYTES, null, bytes, used, held, SOFT, endOf(tenant))));
    }

    @Test
    @Checks(Rule.GRACE)
    default void shouldBeginTheGraceWithTheChargeThatPassesTheSoftLimit() {
        ContractTenant tenant = withSoftLimit(this);
        tenant.upload("base", 60).stored();
        tenant.upload("held", 40).granted();
        assertThat(grace(tenant)).isNull();

        Allocation passing = tenant.upload("next", 1).granted();

        assertThat(grace(tenant)).isEqualTo(new Grace(passing.bornAt().plus(GRACE), false));
        assertThat(grace(tenant, tenant.root)).isNull();
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.STORES_CLOCK})
    default void shouldAdmitUpToTheLimitItselfWhileTheGraceRuns() {
        ContractTenant tenant = withSoftLimit(this);
        tenant.upload("base", 90).stored();
        tenant.upload("more", 60).granted();
        tenant.clock.advance(GRACE.minus(Duration.ofMinutes(1)));
        tenant.sweep();

        tenant.upload("again", 60).granted();
        assertThat(tenant.upload("next", 51).refused())
                .containsExactly(new LimitCheck(tenant.user, MetricType.BYTES, null, 51, 90, 60, HARD));
        tenant.upload("next", 50).granted();
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.GRACE, Rule.STORES_CLOCK})
    default void shouldRefuseWhateverGrowsOnceTheGraceIsOver() {
        ContractTenant tenant = pastTheGrace(this);

        assertThat(endOf(tenant))
                .isEqualTo(tenant.now(tenant.upload("more", 60).alreadyStored())
                        .bornAt()
                        .plus(GRACE));
        assertRefused(tenant, tenant.upload("next", 1), 1, 150, 0);
        assertRefused(tenant, tenant.upload("empty", 0), 0, 150, 0);
        assertRefused(tenant, tenant.uploadOfUnknownSize("unknown"), 0, 150, 0);
        assertRefused(tenant, tenant.upload("base", 1).version("v2"), 1, 150, 0);
        assertRefused(tenant, tenant.upload("base", 91).version("v2").overwriting(), 1, 150, 0);
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.SAME_CALL_SAME_RESERVATION, Rule.LEDGER})
    default void shouldLetPassWhateverDoesNotGrowOnceTheGraceIsOver() {
        ContractTenant tenant = withSoftLimit(this);
        tenant.upload("base", 90).stored();
        ContractUpload ending = tenant.upload("ending", 30).ttl(GRACE);
        Allocation held = ending.granted();
        Allocation given = tenant.upload("given", 20).ttl(GRACE).granted();
        tenant.clock.advance(GRACE);

        Allocation again = ending.granted();
        assertThat(again.generation()).isEqualTo(held.generation());
        tenant.upload("base", 90).version("v2").overwriting().stored();
        tenant.committed(held, 30);
        assertThat(tenant.store.release(given)).isEqualTo(ReleaseResult.RELEASED);
        assertThat(tenant.usage()).isEqualTo(new Usage(120, 0, 2, 0));
        assertThat(tenant.delete("base").deleted()).hasSize(1);
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.GRACE)
    default void shouldBeginAnotherGraceOnceUseWasAtTheSoftLimit() {
        ContractTenant tenant = pastTheGrace(this);
        Instant first = endOf(tenant);

        tenant.delete("more");
        tenant.upload("next", 10).stored();
        assertThat(grace(tenant)).isNull();
        Allocation passing = tenant.upload("last", 100).granted();

        assertThat(endOf(tenant)).isEqualTo(passing.bornAt().plus(GRACE)).isAfter(first);
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.GRACE)
    default void shouldBeginAnotherGraceWithTheSameChargeThatPassesTheSoftLimitAgain() {
        ContractTenant tenant = pastTheGrace(this);
        tenant.delete("more");

        Allocation passing = tenant.upload("last", 110).granted();

        assertThat(grace(tenant)).isEqualTo(new Grace(passing.bornAt().plus(GRACE), false));
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.GRACE)
    default void shouldNotMoveAGraceThatRuns() {
        ContractTenant tenant = withSoftLimit(this);
        tenant.upload("base", 150).stored();
        tenant.clock.advance(Duration.ofDays(3));
        Instant end = endOf(tenant);

        tenant.limits.softBytes(tenant.user, SOFT, GRACE.multipliedBy(10));
        tenant.upload("next", 10).stored();
        tenant.limits.softBytes(tenant.user, SOFT / 2, Duration.ofHours(1));
        tenant.upload("last", 10).stored();

        assertThat(grace(tenant)).isEqualTo(new Grace(end, false));
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.GRACE)
    default void shouldEndAGraceByARaisedSoftLimit() {
        ContractTenant tenant = pastTheGrace(this);

        tenant.limits.softBytes(tenant.user, 160, GRACE);
        tenant.upload("next", 10).stored();
        assertThat(grace(tenant)).isNull();
        tenant.limits.softBytes(tenant.user, SOFT, GRACE);
        Allocation passing = tenant.upload("last", 1).granted();

        assertThat(grace(tenant)).isEqualTo(new Grace(passing.bornAt().plus(GRACE), false));
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.GRACE)
    default void shouldEndAGraceWhereTheSoftLimitIsGone() {
        ContractTenant tenant = pastTheGrace(this);
        assertThat(grace(tenant)).isNotNull();

        tenant.limits.noSoftBytes(tenant.user);
        tenant.upload("next", 10).stored();

        assertThat(grace(tenant)).isNull();
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.GRACE)
    default void shouldBeginTheGraceWithTheFirstGrowthWhereTheSoftLimitWasLowered() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.upload("base", 150).stored();
        tenant.limits.bytes(tenant.user, HARD).softBytes(tenant.user, SOFT, GRACE);

        tenant.upload("base", 140).version("v2").overwriting().stored();
        assertThat(grace(tenant)).isNull();
        Allocation growing = tenant.upload("empty", 0).granted();

        assertThat(grace(tenant)).isEqualTo(new Grace(growing.bornAt().plus(GRACE), false));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.GRACE, Rule.STORES_CLOCK})
    default void shouldJudgeAnExtensionLikeAReserve() {
        ContractTenant tenant = withSoftLimit(this);
        Allocation growing = tenant.uploadOfUnknownSize("film").ttl(GRACE).granted();
        tenant.extended(growing, SOFT);
        assertThat(grace(tenant)).isNull();
        tenant.extended(growing, SOFT + 1);
        tenant.clock.advance(GRACE);

        assertThat(tenant.notExtended(growing, SOFT + 3))
                .containsExactly(
                        new LimitCheck(tenant.user, MetricType.SOFT_BYTES, null, 2, 0, SOFT + 1, SOFT, endOf(tenant)));
        assertThat(tenant.extended(growing, SOFT).bytes()).isEqualTo(SOFT + 1);
        tenant.committed(growing, SOFT + 1);
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.GRACE, Rule.STORES_CLOCK})
    default void shouldKeepAGraceForEachAccountOfThePath() {
        ContractTenant tenant = ContractTenant.of(this);
        AccountId other = tenant.account("user-8");
        tenant.limits.softBytes(tenant.root, SOFT, GRACE).softBytes(tenant.user, 50, GRACE.multipliedBy(2));
        tenant.upload("base", 60).stored();
        tenant.upload("others", 60).by(other).stored();
        tenant.clock.advance(GRACE);

        assertThat(tenant.upload("next", 1).refused())
                .extracting(LimitCheck::account, LimitCheck::metric)
                .containsExactly(tuple(tenant.root, MetricType.SOFT_BYTES));
        assertThat(grace(tenant)).extracting(Grace::isOver).isEqualTo(false);
        assertThat(grace(tenant, other)).isNull();
        tenant.clock.advance(GRACE);
        assertThat(tenant.upload("next", 1).refused())
                .extracting(LimitCheck::account)
                .containsExactly(tenant.root, tenant.user);
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.GRACE, Rule.STORES_CLOCK})
    default void shouldLetAForcedUploadPassAndBeginTheGrace() {
        ContractTenant tenant = withSoftLimit(this);
        tenant.upload("base", 90).stored();

        Allocation first =
                tenant.upload("first", 60).forced("restored by support").stored();
        assertThat(grace(tenant)).isEqualTo(new Grace(first.bornAt().plus(GRACE), false));
        tenant.clock.advance(GRACE);
        assertRefused(tenant, tenant.upload("next", 1), 1, 150, 0);
        tenant.upload("second", 300).forced("restored by support").stored();

        assertThat(tenant.usage().usedBytes()).isEqualTo(450);
        tenant.assertConserved();
    }

    @Test
    @Needs(Capability.DURABLE)
    @Checks({Rule.GRACE, Rule.STORES_CLOCK, Rule.DURABLE})
    default void shouldKeepTheGraceWhenTheStoreIsReopened() throws Exception {
        ContractTenant tenant = withSoftLimit(this);
        tenant.upload("base", 150).stored();
        Grace before = grace(tenant);

        reopen();

        ContractTenant after = tenant.in(store());
        assertThat(before).isNotNull().isEqualTo(grace(after));
        after.clock.advance(GRACE);
        assertRefused(after, after.upload("next", 1), 1, 150, 0);
    }

    @Test
    @Checks(
            value = {Rule.GRACE, Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.STORES_CLOCK},
            byChance = Rule.ATOMIC)
    default void shouldAdmitNothingAboveTheSoftLimitWhileOthersDelete() {
        try (Race race = new Race(threads())) {
            ContractTenant tenant = withSoftLimit(this);
            tenant.limits.bytes(tenant.user, SOFT + 3L * threads());
            tenant.upload("base", SOFT + 1).stored();
            for (int i = 0; i < threads(); i++) {
                tenant.upload("old-" + i, 1).stored();
            }
            tenant.clock.advance(GRACE);

            List<ReserveResult> early = race.run(thread -> {
                Race.retry(() -> tenant.delete("old-" + thread));
                return tenant.upload("new-" + thread, 1).reservePatiently();
            });
            assertThat(early).hasOnlyElementsOfType(ReserveResult.Refused.class);
            assertThat(tenant.usage()).isEqualTo(new Usage(SOFT + 1, 0, 1, 0));

            tenant.delete("base");
            tenant.upload("base", SOFT).stored();
            List<ReserveResult> late =
                    race.run(thread -> tenant.upload("late-" + thread, 4).reservePatiently());
            long admitted = late.stream()
                    .filter(ReserveResult.Granted.class::isInstance)
                    .count();
            assertThat(admitted).isEqualTo(3L * threads() / 4);
            assertThat(grace(tenant)).extracting(Grace::isOver).isEqualTo(false);
            tenant.assertConserved();
        }
    }
}
