package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.Grace;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for a reserve that comes alone holds for each that comes in a list. */
interface BatchMemberContract extends StoreFixture {

    private static List<ReserveResult> reserveAll(ContractTenant tenant, ContractUpload... uploads) {
        return tenant.store.reserveAll(
                Stream.of(uploads).map(ContractUpload::command).toList());
    }

    private static Allocation granted(ReserveResult result) {
        return ContractTenant.as(ReserveResult.Granted.class, result).allocation();
    }

    private static ReserveResult refused(LimitCheck exceeded) {
        return new ReserveResult.Refused(List.of(exceeded));
    }

    @Test
    @Checks(Rule.LIMITS)
    default void shouldHoldEachOfABatchToTheLimitOfAFile() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytesPerFile(tenant.user, 50);

        List<ReserveResult> results = reserveAll(tenant, tenant.upload("a", 50), tenant.upload("b", 51));

        assertThat(granted(results.get(0)).bytes()).isEqualTo(50);
        assertThat(results.get(1))
                .isEqualTo(refused(new LimitCheck(tenant.user, MetricType.FILE_BYTES, null, 51, 0, 0, 50)));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.CATEGORIES})
    default void shouldHoldEachOfABatchToTheLimitOfItsCategory() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.user, "image", 10);

        List<ReserveResult> results = reserveAll(
                tenant,
                tenant.upload("a", 6).category("image"),
                tenant.upload("b", 6).category("image"),
                tenant.upload("c", 6).category("text"));

        assertThat(granted(results.get(0)).bytes()).isEqualTo(6);
        assertThat(results.get(1))
                .isEqualTo(refused(
                        new LimitCheck(tenant.user, MetricType.CATEGORY_BYTES, new Category("image"), 6, 0, 6, 10)));
        assertThat(granted(results.get(2)).bytes()).isEqualTo(6);
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.GRACE)
    default void shouldBeginAGraceWithinABatch() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.softBytes(tenant.user, 100, GraceContract.GRACE);

        List<ReserveResult> results = reserveAll(tenant, tenant.upload("a", 50), tenant.upload("b", 60));

        Instant passed = granted(results.get(1)).bornAt();
        assertThat(tenant.store.usage(tenant.user).grace())
                .isEqualTo(new Grace(passed.plus(GraceContract.GRACE), false));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.GRACE, Rule.STORES_CLOCK})
    default void shouldRefuseEachOfABatchOnceItsGraceIsOver() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.softBytes(tenant.user, 100, GraceContract.GRACE);
        Instant passed = tenant.upload("base", 101).stored().since();
        clock().advance(GraceContract.GRACE.plus(Duration.ofMinutes(1)));

        List<ReserveResult> results = reserveAll(
                tenant,
                tenant.upload("a", 1),
                tenant.upload("b", 1).by(tenant.root),
                tenant.upload("c", 1).forced("moved"));

        assertThat(results.get(0)).isInstanceOf(ReserveResult.Refused.class);
        assertThat(granted(results.get(1)).bornAt()).isAfter(passed);
        assertThat(granted(results.get(2)).bornAt()).isAfter(passed);
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.SAME_CALL_SAME_RESERVATION, Rule.STORES_CLOCK})
    default void shouldRenewWhatABatchReservesAgain() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation first = tenant.upload("film", 100).granted();
        clock().advance(Duration.ofMinutes(5));

        List<ReserveResult> results = reserveAll(tenant, tenant.upload("song", 1), tenant.upload("film", 100));

        Allocation again = granted(results.get(1));
        assertThat(again.generation()).isEqualTo(first.generation());
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(Duration.between(again.bornAt(), again.deadline()))
                .isBetween(Duration.ofMinutes(20), Duration.ofMinutes(25));
        assertThat(tenant.now(again)).isEqualTo(again);
        assertThat(tenant.usage()).isEqualTo(new Usage(0, 101, 0, 2));
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    default void shouldNotLetWhatIsOverdueBeInTheWayOfABatch() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation overdue = tenant.upload("film", 100).granted();
        clock().advance(ContractTenant.PAST_TTL);

        List<ReserveResult> results = reserveAll(tenant, tenant.upload("song", 1), tenant.upload("film", 101));

        assertThat(granted(results.get(1)).generation()).isNotEqualTo(overdue.generation());
        assertThat(tenant.usage()).isEqualTo(new Usage(0, 102, 0, 2));
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.CATEGORIES)
    default void shouldKeepEverythingThatEachOfABatchSays() {
        ContractTenant tenant = ContractTenant.of(this);
        List<ContractUpload> uploads = List.of(
                tenant.uploadOfUnknownSize("plain").by(tenant.root),
                tenant.upload("full", 100)
                        .version("v1")
                        .category("image")
                        .overwriting()
                        .metadata(Map.of("name", "S\u00FCd 'x'", "empty", ""))
                        .retainUntil(Instant.parse("2031-05-06T07:08:09.123456Z"))
                        .forced("moved")
                        .actor("admin"));

        List<ReserveResult> results = reserveAll(tenant, uploads.toArray(ContractUpload[]::new));

        assertThat(results)
                .extracting(result -> tenant.now(granted(result)).spec())
                .containsExactlyElementsOf(
                        uploads.stream().map(ContractUpload::spec).toList());
        tenant.assertConserved();
    }
}
