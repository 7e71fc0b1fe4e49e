package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Reserves that go to the store as one list are answered as if they came one after the other. */
interface BatchContract extends StoreFixture {

    private List<ReserveResult> reserveAll(ContractUpload... uploads) {
        return store().reserveAll(
                        Stream.of(uploads).map(ContractUpload::command).toList());
    }

    private static List<String> names(List<ReserveResult> results) {
        return results.stream().map(result -> result.getClass().getSimpleName()).toList();
    }

    private static Allocation granted(ReserveResult result) {
        return ContractTenant.as(ReserveResult.Granted.class, result).allocation();
    }

    @Test
    @Checks({Rule.BATCHES, Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.SAME_CALL_SAME_RESERVATION})
    default void shouldReserveABatchOneByOne() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractTenant other = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);

        List<ReserveResult> results = reserveAll(
                tenant.upload("a", 60),
                other.upload("b", 60),
                tenant.upload("c", 60),
                tenant.upload("a", 60),
                tenant.upload("d", 40));

        assertThat(names(results)).containsExactly("Granted", "Granted", "Refused", "Granted", "Granted");
        assertThat(granted(results.get(3)).attempt()).isEqualTo(2);
        assertThat(granted(results.get(3)).generation())
                .isEqualTo(granted(results.get(0)).generation());
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(0, 100, 0, 2));
        assertThat(other.usage(other.root)).isEqualTo(new Usage(0, 60, 0, 1));
        tenant.assertConserved();
        other.assertConserved();
    }

    @Test
    default void shouldAnswerNothingToAnEmptyBatch() {
        assertThat(store().reserveAll(List.of())).isEmpty();
    }

    @Test
    @Checks(Rule.BATCHES)
    default void shouldGiveEachOfABatchWhatItAskedFor() {
        ContractTenant tenant = ContractTenant.of(this);
        List<ContractUpload> uploads = IntStream.range(0, 300)
                .mapToObj(i -> tenant.upload("f" + i * 7_919 % 300, 299 - i))
                .toList();

        List<ReserveResult> results = reserveAll(uploads.toArray(ContractUpload[]::new));

        assertThat(results)
                .extracting(result -> granted(result).spec())
                .containsExactlyElementsOf(
                        uploads.stream().map(ContractUpload::spec).toList());
        assertThat(results)
                .allSatisfy(result -> assertThat(tenant.now(granted(result))).isEqualTo(granted(result)));
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(0, 300 * 299 / 2, 0, 300));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.BATCHES, Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD})
    default void shouldGiveTheLastRoomToThoseWhoAreFirstInABatch() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);

        List<ReserveResult> results = reserveAll(
                tenant.upload("a", 50),
                tenant.upload("b", 40),
                tenant.upload("c", 20),
                tenant.upload("d", 10),
                tenant.upload("e", 10));

        assertThat(names(results)).containsExactly("Granted", "Granted", "Refused", "Granted", "Refused");
        assertThat(results.get(2))
                .isEqualTo(new ReserveResult.Refused(
                        List.of(new LimitCheck(tenant.root, MetricType.BYTES, null, 20, 0, 90, 100))));
        assertThat(results.get(4))
                .isEqualTo(new ReserveResult.Refused(
                        List.of(new LimitCheck(tenant.root, MetricType.BYTES, null, 10, 0, 100, 100))));
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(0, 100, 0, 3));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.BATCHES, Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD})
    default void shouldGiveTheLastPlaceOfAFileToWhoIsFirstInABatch() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.files(tenant.user, 1);

        List<ReserveResult> results = reserveAll(
                tenant.upload("photo", 3).version("v1"),
                tenant.upload("photo", 2).version("v2"),
                tenant.upload("film", 1));

        assertThat(names(results)).containsExactly("Granted", "Granted", "Refused");
        tenant.committed(granted(results.get(0)), 3);
        tenant.committed(granted(results.get(1)), 2);
        assertThat(tenant.usage()).isEqualTo(new Usage(5, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD})
    default void shouldChangeNothingByABatchThatIsRefused() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100).bytes(tenant.user, "image", 10);
        tenant.upload("held", 80).granted();
        tenant.upload("image", 10).category("image").granted();

        tenant.assertUnchangedBy(() -> assertThat(names(reserveAll(
                        tenant.upload("a", 11),
                        tenant.upload("b", 11).category("image"),
                        tenant.upload("c", 11).by(tenant.root))))
                .containsExactly("Refused", "Refused", "Refused"));
    }

    @Test
    @Checks(Rule.BATCHES)
    default void shouldTellAConflictWithinABatch() {
        ContractTenant tenant = ContractTenant.of(this);

        List<ReserveResult> results = reserveAll(
                tenant.upload("photo", 2),
                tenant.upload("photo", 1),
                tenant.upload("photo", 2).version("v1").by(tenant.root),
                tenant.upload("film", 3));

        assertThat(names(results)).containsExactly("Granted", "Conflict", "Conflict", "Granted");
        Allocation standing = granted(results.get(0));
        assertThat(results.get(1)).isEqualTo(new ReserveResult.Conflict(standing));
        assertThat(results.get(2)).isEqualTo(new ReserveResult.Conflict(standing));
        assertThat(tenant.usage()).isEqualTo(new Usage(0, 5, 0, 2));
        tenant.assertConserved();
    }

    @Test
    default void shouldKnowWhatIsStoredAlreadyWithinABatch() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractUpload photo = tenant.upload("photo", 60);
        Allocation stored = photo.stored();

        List<ReserveResult> results = reserveAll(tenant.upload("film", 30), photo, tenant.upload("photo", 61));

        assertThat(names(results)).containsExactly("Granted", "AlreadyStored", "Conflict");
        assertThat(results.get(1)).isEqualTo(new ReserveResult.AlreadyStored(stored));
        assertThat(tenant.usage()).isEqualTo(new Usage(60, 30, 1, 1));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.BATCHES, Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD})
    default void shouldCreditWhatIsReplacedWithinABatch() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);
        tenant.upload("photo", 60).version("v1").stored();

        List<ReserveResult> results = reserveAll(
                tenant.upload("photo", 90).version("v2").replacing("v1"),
                tenant.upload("film", 20),
                tenant.upload("song", 10));

        assertThat(names(results)).containsExactly("Granted", "Refused", "Granted");
        assertThat(granted(results.get(0)).bytes()).isEqualTo(30);
        tenant.committed(granted(results.get(0)), 90);
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(90, 10, 1, 1));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.BATCHES, Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD})
    default void shouldForceOneOfABatchAndNotTheNext() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 10);

        List<ReserveResult> results = reserveAll(
                tenant.upload("a", 4),
                tenant.upload("b", 100).forced("moved"),
                tenant.upload("c", 1),
                tenant.upload("d", 0));

        assertThat(names(results)).containsExactly("Granted", "Granted", "Refused", "Granted");
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(0, 104, 0, 3));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.EVERY_ANCESTOR, Rule.CATEGORIES})
    default void shouldHoldABatchAtEveryAncestorAndCategory() {
        ContractTenant tenant = ContractTenant.of(this);

        List<ReserveResult> results = reserveAll(
                tenant.upload("a", 1).by(tenant.root),
                tenant.upload("b", 2).by(tenant.account("team")).category("image"),
                tenant.upload("c", 4).by(tenant.account("team/user-7")).category("image"),
                tenant.upload("d", 8).by(tenant.account("team/user-7/laptop")).category("text"),
                tenant.upload("e", 16).by(tenant.account("team/user-7")));

        assertThat(names(results)).containsOnly("Granted");
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(0, 31, 0, 5));
        assertThat(tenant.usage(tenant.root, "image").reservedBytes()).isEqualTo(6);
        assertThat(tenant.usage(tenant.account("team"))).isEqualTo(new Usage(0, 30, 0, 4));
        assertThat(tenant.usage(tenant.account("team"), "text").reservedBytes()).isEqualTo(8);
        assertThat(tenant.usage(tenant.account("team/user-7"))).isEqualTo(new Usage(0, 28, 0, 3));
        assertThat(tenant.usage(tenant.account("team/user-7"), "image").reservedBytes())
                .isEqualTo(4);
        assertThat(tenant.usage(tenant.account("team/user-7/laptop"))).isEqualTo(new Usage(0, 8, 0, 1));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.STORES_CLOCK, Rule.BATCHES, Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD})
    default void shouldMakeRoomForABatchOfWhatIsOverdue() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);
        tenant.upload("stored", 10).stored();
        tenant.upload("overdue", 90).granted();
        clock().advance(ContractTenant.PAST_TTL);

        List<ReserveResult> results = reserveAll(tenant.upload("a", 60), tenant.upload("b", 30), tenant.upload("c", 1));

        assertThat(names(results)).containsExactly("Granted", "Granted", "Refused");
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(10, 90, 1, 2));
        tenant.assertConserved();
    }

    @Test
    @Checks(
            value = {Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD},
            byChance = Rule.ATOMIC)
    default void shouldNotPassALimitWithBatchesAtOnce() {
        int batch = 5;
        try (Race race = new Race(threads())) {
            for (int round = 0; round < rounds() / 4 + 1; round++) {
                ContractTenant tenant = ContractTenant.of(this);
                int places = threads() * batch / 2;
                tenant.limits.bytes(tenant.root, places);

                List<List<ReserveResult>> results = race.run(thread -> {
                    List<ContractUpload> uploads = new ArrayList<>();
                    for (int i = 0; i < batch; i++) {
                        uploads.add(tenant.upload("f" + thread + "-" + i, 1).by(tenant.account("user-" + i)));
                    }
                    return Race.retry(() -> reserveAll(uploads.toArray(ContractUpload[]::new)));
                });

                assertThat(results.stream().flatMap(List::stream))
                        .filteredOn(ReserveResult.Granted.class::isInstance)
                        .hasSize(places);
                assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(0, places, 0, places));
                tenant.assertConserved();
            }
        }
    }
}
