package io.github.quotaguard.contract;

import static io.github.quotaguard.contract.RepairScene.adopt;
import static io.github.quotaguard.contract.RepairScene.remove;
import static io.github.quotaguard.contract.RepairScene.replace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Balance;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.Correction;
import io.github.quotaguard.store.CorrectionResult;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.LedgerStore;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.RepairLease;
import io.github.quotaguard.store.Usage;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Corrections change what is recorded, with an entry, and only what still is as it was. */
interface CorrectionContract extends StoreFixture {

    @Test
    @Needs(Capability.REPAIR)
    default void shouldAdoptAFileOfATenantThatWasNeverCharged() {
        RepairScene scene = new RepairScene(this);
        ContractTenant tenant = scene.tenant;

        assertThat(scene.correct(adopt(tenant.upload("photo", 438_407).category("image"))))
                .containsExactly(CorrectionResult.MADE);

        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(438_407, 0, 1, 0));
        assertThat(tenant.usage(tenant.user, "image")).isEqualTo(new Usage(438_407, 0, 1, 0));
        assertThat(store().versions(tenant.name, "photo"))
                .singleElement()
                .satisfies(life -> assertThat(life.state()).isEqualTo(AllocationState.COMMITTED));
        assertThat(tenant.entries()).singleElement().satisfies(entry -> {
            assertThat(entry.kind()).isEqualTo(EntryKind.ADOPT);
            assertThat(entry.bytes()).isEqualTo(438_407);
            assertThat(entry.actor()).isEqualTo("ops");
            assertThat(entry.reason()).isEqualTo("0 -> 438407 bytes: incident 7");
        });
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.COMMIT_ASKS_FOR_THE_STATE)
    @Needs(Capability.REPAIR)
    default void shouldEndTheRecordOfAFileThatIsGone() {
        RepairScene scene = new RepairScene(this);
        ContractTenant tenant = scene.tenant;
        Allocation reserved = tenant.upload("photo", 10).granted();
        Allocation stored = tenant.committed(reserved, 10);

        assertThat(scene.correct(remove(stored))).containsExactly(CorrectionResult.MADE);

        assertThat(tenant.usage()).isEqualTo(Usage.NONE);
        assertThat(tenant.entries(stored)).last().satisfies(entry -> {
            assertThat(entry.kind()).isEqualTo(EntryKind.REMOVE);
            assertThat(entry.bytes()).isEqualTo(-10);
            assertThat(entry.reason()).isEqualTo("10 -> 0 bytes: incident 7");
        });
        assertThat(store().commit(reserved, 10)).isInstanceOf(CommitResult.Ended.class);
        assertThat(tenant.delete("photo").deleted()).isEmpty();
        tenant.upload("photo", 11).stored();
        tenant.assertConserved();
    }

    @Test
    @Needs(Capability.REPAIR)
    default void shouldAdoptVersionsOfAFileTogetherInOneAccountAndCategoryAlone() {
        RepairScene scene = new RepairScene(this);
        ContractTenant tenant = scene.tenant;

        assertThat(scene.correct(
                        adopt(tenant.upload("photo", 1).version("1").category("image")),
                        adopt(tenant.upload("photo", 2).version("2").category("text")),
                        adopt(tenant.upload("photo", 4).version("3").category("image"))))
                .containsExactly(CorrectionResult.MADE, CorrectionResult.CONFLICT, CorrectionResult.MADE);

        assertThat(tenant.usage(tenant.user)).isEqualTo(new Usage(5, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    @Needs(Capability.REPAIR)
    default void shouldReplaceTheRecordOfAFileThatHasAnotherSizeOrCategory() {
        RepairScene scene = new RepairScene(this);
        ContractTenant tenant = scene.tenant;
        Allocation stored = tenant.upload("photo", 10).category("image").stored();

        assertThat(scene.correct(replace(stored, tenant.upload("photo", 25).category("text"))))
                .containsExactly(CorrectionResult.MADE);

        assertThat(tenant.usage(tenant.user, "image")).isEqualTo(Usage.NONE);
        assertThat(tenant.usage(tenant.root, "text")).isEqualTo(new Usage(25, 0, 1, 0));
        assertThat(tenant.entries())
                .extracting(entry -> entry.kind() + " " + entry.bytes() + " " + entry.reason())
                .containsExactly(
                        "COMMIT 10 null",
                        "REMOVE -10 10 -> 25 bytes: incident 7",
                        "ADOPT 25 10 -> 25 bytes: incident 7");
        tenant.assertConserved();
    }

    @Test
    @Needs(Capability.REPAIR)
    default void shouldChangeNothingOfARecordThatIsNotAsItWas() {
        RepairScene scene = new RepairScene(this);
        ContractTenant tenant = scene.tenant;
        Allocation earlier = tenant.upload("photo", 10).stored();
        tenant.delete("photo");
        tenant.upload("photo", 10).stored();
        tenant.upload("song", 5).granted();
        RepairLease lease = scene.lease();

        tenant.assertUnchangedBy(() -> assertThat(scene.repairs.correct(
                        lease,
                        List.of(
                                remove(earlier),
                                replace(earlier, tenant.upload("photo", 20)),
                                adopt(tenant.upload("photo", 10)),
                                adopt(tenant.upload("song", 5))),
                        RepairScene.CAUSE))
                .containsOnly(CorrectionResult.CHANGED)
                .hasSize(4));
    }

    @Test
    @Checks(Rule.CATEGORIES)
    @Needs(Capability.REPAIR)
    default void shouldKeepTheVersionsOfAFileInOneAccount() {
        RepairScene scene = new RepairScene(this);
        ContractTenant tenant = scene.tenant;
        tenant.upload("photo", 10).version("v1").category("image").stored();

        assertThat(scene.correct(
                        adopt(tenant.upload("photo", 20).version("v2").category("text")),
                        adopt(tenant.upload("photo", 20)
                                .version("v3")
                                .category("image")
                                .by(tenant.account("user-8"))),
                        adopt(tenant.upload("photo", 40).version("v4").category("image")),
                        adopt(tenant.upload("new", 1).version("v1")),
                        adopt(tenant.upload("new", 2).version("v2"))))
                .containsExactly(
                        CorrectionResult.CONFLICT,
                        CorrectionResult.CONFLICT,
                        CorrectionResult.MADE,
                        CorrectionResult.MADE,
                        CorrectionResult.MADE);

        assertThat(tenant.usage()).isEqualTo(new Usage(53, 0, 2, 0));
        tenant.assertConserved();
    }

    /** Each would keep the others where they are, if they were judged one by one. */
    @Test
    @Checks(Rule.CATEGORIES)
    @Needs(Capability.REPAIR)
    default void shouldMoveAllVersionsOfAFileToAnotherCategoryTogether() {
        RepairScene scene = new RepairScene(this);
        ContractTenant tenant = scene.tenant;
        Allocation first =
                tenant.upload("photo", 10).version("v1").category("image").stored();
        Allocation second =
                tenant.upload("photo", 20).version("v2").category("image").stored();
        Allocation third =
                tenant.upload("song", 40).version("v1").category("image").stored();
        Allocation fourth =
                tenant.upload("song", 80).version("v2").category("image").stored();

        assertThat(scene.correct(
                        replace(first, tenant.upload("photo", 10).version("v1").category("text")),
                        replace(second, tenant.upload("photo", 25).version("v2").category("text")),
                        replace(third, tenant.upload("song", 40).version("v1").category("text")),
                        replace(fourth, tenant.upload("song", 80).version("v2").category("film"))))
                .containsExactly(
                        CorrectionResult.MADE,
                        CorrectionResult.MADE,
                        CorrectionResult.CONFLICT,
                        CorrectionResult.CONFLICT);

        assertThat(tenant.usage(tenant.user, "text")).isEqualTo(new Usage(35, 0, 1, 0));
        assertThat(tenant.usage(tenant.user, "image")).isEqualTo(new Usage(120, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    @Needs(Capability.REPAIR)
    default void shouldRecordWhatPassesTheLimits() {
        RepairScene scene = new RepairScene(this);
        ContractTenant tenant = scene.tenant;
        tenant.limits.bytes(tenant.user, 10);

        assertThat(scene.correct(adopt(tenant.upload("photo", 1_000)))).containsExactly(CorrectionResult.MADE);

        assertThat(tenant.usage().usedBytes()).isEqualTo(1_000);
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.REPAIR)
    default void shouldCorrectNothingForWhoHasNotGotTheLease() {
        RepairScene scene = new RepairScene(this);
        ContractTenant tenant = scene.tenant;
        Allocation stored = tenant.upload("photo", 10).stored();
        RepairLease over = scene.lease();
        clock().advance(RepairScene.LENGTH.plusSeconds(1));
        RepairLease other = scene.lease();

        tenant.assertUnchangedBy(() -> {
            assertThat(scene.repairs.correct(over, List.of(remove(stored)), RepairScene.CAUSE))
                    .containsExactly(CorrectionResult.NOT_LEASED);
            assertThat(scene.repairs.recount(over, RepairScene.CAUSE)).isEmpty();
            assertThat(scene.repairs.purge(over)).isZero();
        });
        assertThat(scene.repairs.correct(
                        other, List.of(remove(store().find(stored.id()).orElseThrow())), RepairScene.CAUSE))
                .containsExactly(CorrectionResult.MADE);
    }

    @Test
    @Needs(Capability.REPAIR)
    default void shouldRefuseCorrectionsOfAnotherTenantAndTooManyOfThem() {
        RepairScene scene = new RepairScene(this);
        ContractTenant other = ContractTenant.of(this);
        RepairLease lease = scene.lease();
        Correction foreign = adopt(other.upload("photo", 1));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> scene.repairs.correct(lease, List.of(foreign), RepairScene.CAUSE))
                .withMessageContaining("is not of tenant");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> scene.repairs.correct(
                        lease, Collections.nCopies(1_001, adopt(scene.tenant.upload("a", 1))), RepairScene.CAUSE))
                .withMessage("1001 corrections at once, allowed are 1000");
        assertThat(other.usage()).isEqualTo(Usage.NONE);
    }

    @Test
    @Needs(Capability.REPAIR)
    default void shouldSayWhatIsRecordedAndThatItIsEven() {
        RepairScene scene = new RepairScene(this);
        ContractTenant tenant = scene.tenant;
        List<FileVersion> live = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            live.add(tenant.upload("f" + i, i).version("v" + i % 2).stored().id());
        }
        Allocation reserved = tenant.upload("held", 100).granted();
        live.add(reserved.id());
        Allocation gone = tenant.upload("gone", 3).stored();
        tenant.delete("gone");

        assertThat(scene.repairs.settled(tenant.name, List.of(reserved.id(), gone.id(), live.get(0))))
                .extracting(Allocation::id)
                .containsExactlyInAnyOrder(reserved.id(), gone.id(), live.get(0));
        assertThat(scene.repairs.standing(tenant.name, List.of(reserved.id(), gone.id(), live.get(0))))
                .extracting(life -> life.id() + " " + life.state())
                .containsExactlyInAnyOrder(
                        reserved.id() + " RESERVED", gone.id() + " DELETED", live.get(0) + " COMMITTED");
        assertThat(pages(scene, 3)).containsExactlyInAnyOrderElementsOf(live);
        assertThat(scene.repairs.balances(tenant.name)).hasSize(2).allMatch(Balance::isEven);
        assertThat(scene.repairs.balances(tenant.name).get(0).lives()).isEqualTo(new Usage(21, 100, 7, 1));
        assertThat(scene.repairs.recount(scene.lease(), RepairScene.CAUSE)).isEmpty();
        tenant.assertConserved();
    }

    private static List<FileVersion> pages(RepairScene scene, int size) {
        List<FileVersion> ids = new ArrayList<>();
        @Nullable FileVersion after = null;
        Page<Allocation> page;
        do {
            page = scene.repairs.live(scene.tenant.name, after, size);
            page.items().forEach(life -> ids.add(life.id()));
            after = ids.get(ids.size() - 1);
        } while (page.hasMore());
        return ids;
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.REPAIR)
    default void shouldRollUpCorrectionsLikeUploads() {
        RepairScene scene = new RepairScene(this);
        ContractTenant tenant = scene.tenant;
        scene.correct(adopt(tenant.upload("a", 10)), adopt(tenant.upload("b", 20)));
        scene.correct(remove(store().versions(tenant.name, "a").get(0)));
        clock().advance(LedgerStore.ROLL_UP_AGE.plusHours(2));
        LedgerStore ledger = store().ledger().orElseThrow();

        ledger.rollUp(
                tenant.name, scene.repairs.now().minus(LedgerStore.ROLL_UP_AGE).truncatedTo(ChronoUnit.HOURS), 100);

        assertThat(tenant.entries()).extracting("kind").containsOnly(EntryKind.ROLLUP);
        assertThat(tenant.usage()).isEqualTo(new Usage(20, 0, 1, 0));
        assertThat(scene.repairs.balances(tenant.name)).allMatch(Balance::isEven);
    }
}
