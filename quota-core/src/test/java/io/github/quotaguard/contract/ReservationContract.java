package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountCounters;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a reservation holds, and how it grows. */
interface ReservationContract extends StoreFixture {

    @Test
    @Checks({Rule.EVERY_ANCESTOR, Rule.CATEGORIES})
    default void shouldHoldBytesAndOneFileAtEveryAncestor() {
        ContractTenant tenant = ContractTenant.of(this);

        tenant.upload("photo", 438_407)
                .by(tenant.account("team/user-7"))
                .category("image")
                .granted();

        Usage held = new Usage(0, 438_407, 0, 1);
        for (String path : List.of("team", "team/user-7")) {
            assertThat(tenant.usage(tenant.account(path))).isEqualTo(held);
            assertThat(tenant.usage(tenant.account(path), "image").reservedBytes())
                    .isEqualTo(438_407);
        }
        assertThat(tenant.usage(tenant.root)).isEqualTo(held);
        assertThat(tenant.usage(tenant.account("team/user-8"))).isEqualTo(Usage.NONE);
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.CATEGORIES)
    default void shouldDescribeTheReservationThatItGrants() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractUpload upload =
                tenant.upload("photo", 100).version("v1").category("image").ttl(Duration.ofMinutes(7));

        Allocation granted = upload.granted();

        assertThat(granted.spec()).isEqualTo(upload.spec());
        assertThat(granted.state()).isEqualTo(AllocationState.RESERVED);
        assertThat(granted.generation()).isPositive();
        assertThat(granted.attempt()).isEqualTo(1);
        assertThat(granted.bytes()).isEqualTo(100);
        assertThat(granted.since()).isEqualTo(granted.bornAt());
        assertThat(Duration.between(granted.bornAt(), granted.deadline())).isEqualTo(Duration.ofMinutes(7));
        assertThat(store().find(granted.id())).contains(granted);
        assertThat(store().find(granted.id(), granted.generation())).contains(granted);
        assertThat(store().find(granted.id(), granted.generation() ^ 1)).isEmpty();
        assertThat(store().versions(tenant.name, "photo")).containsExactly(granted);
    }

    @Test
    default void shouldGiveEachLifeAGenerationOfItsOwn() {
        ContractTenant tenant = ContractTenant.of(this);

        Allocation first = tenant.upload("photo", 1).granted();
        Allocation other = tenant.upload("film", 1).granted();
        store().release(first);
        Allocation second = tenant.upload("photo", 1).granted();

        assertThat(List.of(first.generation(), other.generation(), second.generation()))
                .doesNotHaveDuplicates()
                .allMatch(generation -> generation > 0);
    }

    @Test
    default void shouldKeepMetadataRetentionAndReason() {
        ContractTenant tenant = ContractTenant.of(this);
        Map<String, String> metadata = new HashMap<>(Map.of(
                "name", "Ferien 'S\u00FCd' \"2026\" \\ 50 %.jpg",
                "empty", "",
                "emoji \uD83D\uDE00", "=&;,:{}[]\u00A0",
                "wide", "\u6F22".repeat(500)));
        for (int i = metadata.size(); i < 16; i++) {
            metadata.put("key-" + i, "value");
        }
        Instant retainUntil = Instant.parse("2031-05-06T07:08:09.123456Z");

        Allocation stored = tenant.upload("photo", 100)
                .metadata(metadata)
                .retainUntil(retainUntil)
                .forced("moved from 'old' server")
                .stored();

        assertThat(List.of(
                        stored,
                        tenant.now(stored),
                        tenant.snapshot().allocations().get(0)))
                .allSatisfy(allocation -> {
                    assertThat(allocation.spec().metadata()).isEqualTo(metadata);
                    assertThat(allocation.spec().retainUntil()).isEqualTo(retainUntil);
                    assertThat(allocation.spec().forcedReason()).isEqualTo("moved from 'old' server");
                });
        assertThat(tenant.entries()).singleElement().satisfies(entry -> {
            assertThat(entry.metadata()).isEqualTo(metadata);
            assertThat(entry.reason()).isEqualTo("moved from 'old' server");
        });
    }

    @Test
    default void shouldHoldNothingForAnUnknownSizeUntilItIsExtended() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.user, 100);

        Allocation granted = tenant.uploadOfUnknownSize("film").granted();
        assertThat(granted.bytes()).isZero();
        assertThat(tenant.usage()).isEqualTo(new Usage(0, 0, 0, 1));

        Allocation extended = tenant.extended(granted, 60);
        assertThat(extended.bytes()).isEqualTo(60);
        assertThat(extended.spec().declaredBytes()).isEmpty();
        assertThat(tenant.usage()).isEqualTo(new Usage(0, 60, 0, 1));

        tenant.committed(extended, 55);
        assertThat(tenant.usage()).isEqualTo(new Usage(55, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    default void shouldExtendToASizeAndNotByIt() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 150);
        Allocation granted = tenant.upload("film", 100).granted();

        assertThat(tenant.extended(granted, 150).bytes()).isEqualTo(150);
        assertThat(tenant.extended(granted, 150).bytes()).isEqualTo(150);

        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(0, 150, 0, 1));
        assertThat(tenant.now(granted).generation()).isEqualTo(granted.generation());
        tenant.assertConserved();
    }

    @Test
    default void shouldNeverShrinkAReservation() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation granted = tenant.upload("film", 100).granted();

        assertThat(tenant.extended(granted, 40).bytes()).isEqualTo(100);
        assertThat(tenant.extended(granted, 0).bytes()).isEqualTo(100);

        assertThat(tenant.usage()).isEqualTo(new Usage(0, 100, 0, 1));
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD})
    default void shouldHoldWhatAReservationHeldWhenItCanNotGrow() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 120);
        Allocation granted = tenant.upload("film", 100).granted();

        assertThat(tenant.notExtended(granted, 121))
                .containsExactly(new LimitCheck(tenant.root, MetricType.BYTES, null, 21, 0, 100, 120));

        tenant.committed(granted, 100);
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    default void shouldRenewAFullAccountsReservation() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);
        Allocation granted = tenant.upload("film", 100).granted();
        clock().advance(Duration.ofMinutes(5));

        Allocation renewed = tenant.extended(granted, 100);

        assertThat(Duration.between(renewed.bornAt(), renewed.deadline()))
                .isBetween(Duration.ofMinutes(20), Duration.ofMinutes(25));
    }

    @Test
    default void shouldReportNothingForAnAccountThatWasNeverCharged() {
        ContractTenant tenant = ContractTenant.of(this);

        assertThat(store().usage(tenant.user))
                .isEqualTo(new AccountCounters(tenant.user, Usage.NONE, Map.of(), null, null));
        assertThat(store().find(tenant.upload("photo", 1).spec().id())).isEmpty();
        assertThat(store().versions(tenant.name, "photo")).isEmpty();
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    default void shouldSayWhenAnAccountLastChanged() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation granted = tenant.upload("photo", 100).granted();
        assertThat(store().usage(tenant.root).updatedAt()).isNotNull();
        clock().advance(Duration.ofMinutes(10));

        tenant.committed(granted, 100);

        Allocation committed = tenant.now(granted);
        assertThat(List.of(tenant.root, tenant.user))
                .allSatisfy(account -> assertThat(Duration.between(
                                committed.bornAt(), store().usage(account).updatedAt()))
                        .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(15)));
    }

    @Test
    default void shouldAdmitAnEmptyFile() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 0).bytesPerFile(tenant.root, 0).files(tenant.root, 1);

        Allocation stored = tenant.upload("empty", 0).stored();

        assertThat(stored.bytes()).isZero();
        assertThat(tenant.usage()).isEqualTo(new Usage(0, 0, 1, 0));
        assertThat(tenant.entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.files()).isEqualTo(1));
        tenant.assertConserved();
    }
}
