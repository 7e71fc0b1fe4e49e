package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.Usage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What commit, release and delete charge, give back and write into the ledger. */
interface SettlementContract extends StoreFixture {

    @Test
    @Checks({Rule.EVERY_ANCESTOR, Rule.CATEGORIES})
    default void shouldChargeWhatWasHeldAtEveryAncestor() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation granted = tenant.upload("photo", 438_407)
                .by(tenant.account("team/user-7"))
                .category("image")
                .granted();

        Allocation committed = tenant.committed(granted, 438_407);

        assertThat(committed.state()).isEqualTo(AllocationState.COMMITTED);
        assertThat(committed.bytes()).isEqualTo(438_407);
        assertThat(committed.generation()).isEqualTo(granted.generation());
        assertThat(committed.since()).isAfterOrEqualTo(committed.bornAt());
        assertThat(tenant.now(granted)).isEqualTo(committed);
        for (String path : List.of("team", "team/user-7")) {
            assertThat(tenant.usage(tenant.account(path))).isEqualTo(new Usage(438_407, 0, 1, 0));
            assertThat(tenant.usage(tenant.account(path), "image").usedBytes()).isEqualTo(438_407);
        }
        assertThat(tenant.usage(tenant.root, "image").usedBytes()).isEqualTo(438_407);
        tenant.assertConserved();
    }

    @Test
    default void shouldGiveBackWhatWasHeldBeyondTheCommit() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);
        Allocation granted = tenant.upload("photo", 100).granted();

        assertThat(tenant.committed(granted, 30).bytes()).isEqualTo(30);

        assertThat(tenant.usage()).isEqualTo(new Usage(30, 0, 1, 0));
        tenant.upload("film", 70).granted();
        tenant.assertConserved();
    }

    @Test
    default void shouldCommitMoreOnlyAfterAnExtension() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 150);
        Allocation granted = tenant.upload("photo", 100).granted();

        tenant.assertUnchangedBy(() -> {
            CommitResult result = store().commit(granted, 101);
            assertThat(ContractTenant.as(CommitResult.NotCovered.class, result).allocation())
                    .isEqualTo(granted);
        });
        tenant.extended(granted, 101);

        tenant.committed(granted, 101);
        assertThat(tenant.usage()).isEqualTo(new Usage(101, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    default void shouldCommitWithAnyHandleOnTheLife() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation granted = tenant.upload("photo", 100).granted();
        tenant.extended(granted, 200);

        Allocation committed = tenant.committed(granted, 180);

        assertThat(tenant.now(granted)).isEqualTo(committed);
        assertThat(tenant.usage()).isEqualTo(new Usage(180, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.LEDGER)
    default void shouldGiveEverythingBackOnRelease() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100).files(tenant.root, 1);
        Allocation granted = tenant.upload("photo", 100).category("image").granted();

        assertThat(store().release(granted)).isEqualTo(ReleaseResult.RELEASED);

        assertThat(tenant.usage(tenant.root)).isEqualTo(Usage.NONE);
        assertThat(tenant.usage(tenant.user, "image")).isEqualTo(Usage.NONE);
        assertThat(tenant.now(granted).state()).isEqualTo(AllocationState.RELEASED);
        tenant.upload("film", 100).granted();
        tenant.assertConserved();
    }

    @Test
    default void shouldGiveEverythingBackOnAbandon() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation granted = tenant.upload("photo", 100).granted();

        assertThat(store().abandon(granted)).isEqualTo(ReleaseResult.RELEASED);

        assertThat(tenant.usage(tenant.root)).isEqualTo(Usage.NONE);
        assertThat(tenant.now(granted).state()).isEqualTo(AllocationState.RELEASED);
        tenant.assertConserved();
    }

    @Test
    default void shouldGiveEverythingBackOnDelete() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 100);
        Allocation stored = tenant.upload("photo", 100).category("image").stored();

        DeleteResult result = tenant.delete("photo");

        assertThat(result.deleted()).singleElement().satisfies(deleted -> {
            assertThat(deleted.id()).isEqualTo(stored.id());
            assertThat(deleted.generation()).isEqualTo(stored.generation());
            assertThat(deleted).isEqualTo(tenant.now(stored));
        });
        assertThat(result.freedBytes()).isEqualTo(100);
        assertThat(result.reserved()).isEmpty();
        assertThat(tenant.usage(tenant.root)).isEqualTo(Usage.NONE);
        assertThat(tenant.usage(tenant.root, "image")).isEqualTo(Usage.NONE);
        assertThat(tenant.now(stored).state()).isEqualTo(AllocationState.DELETED);
        assertThat(store().versions(tenant.name, "photo")).isEmpty();
        tenant.upload("film", 100).granted();
        tenant.assertConserved();
    }

    @Test
    default void shouldDeleteOneVersionOrAll() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.upload("photo", 10).stored();
        tenant.upload("photo", 20).version("v2").stored();
        tenant.upload("photo", 40).version("v3").stored();
        tenant.upload("film", 80).stored();

        assertThat(tenant.delete("photo", "v2").freedBytes()).isEqualTo(20);
        assertThat(tenant.usage().usedBytes()).isEqualTo(130);
        assertThat(tenant.delete("photo", "").freedBytes()).isEqualTo(10);
        assertThat(tenant.usage().usedBytes()).isEqualTo(120);
        tenant.upload("photo", 1).version("v4").stored();
        assertThat(tenant.delete("photo").freedBytes()).isEqualTo(41);
        assertThat(tenant.usage()).isEqualTo(new Usage(80, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    default void shouldDeleteOnlyForTheAccountThatOwnsTheFile() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.upload("photo", 10).by(tenant.account("user-8")).stored();
        tenant.upload("film", 10).by(tenant.root).stored();

        tenant.assertUnchangedBy(() -> {
            assertThat(tenant.delete("photo").deleted()).isEmpty();
            assertThat(tenant.delete("film", "").deleted()).isEmpty();
        });
    }

    @Test
    @Checks(Rule.LEDGER)
    default void shouldRecordEachEndAtOnce() {
        ContractTenant tenant = ContractTenant.of(this);

        Allocation stored =
                tenant.upload("photo", 100).version("v1").category("image").granted();
        assertThat(tenant.entries()).isEmpty();

        tenant.committed(stored, 70);
        Entry commit = onlyEntry(tenant, stored);
        assertThat(commit.seq()).isEqualTo(1);
        assertThat(commit.kind()).isEqualTo(EntryKind.COMMIT);
        assertThat(commit.id()).isEqualTo(stored.id());
        assertThat(commit.account()).isEqualTo(tenant.user);
        assertThat(commit.category()).isEqualTo(stored.category());
        assertThat(commit.bytes()).isEqualTo(70);
        assertThat(commit.files()).isEqualTo(1);
        assertThat(commit.reason()).isNull();
        assertThat(commit.metadata()).isEmpty();
        assertThat(Duration.between(commit.recordedAt(), commit.settledAt()).abs())
                .isLessThan(Duration.ofMinutes(1));

        Allocation released = tenant.upload("film", 50).granted();
        store().release(released);
        Entry release = onlyEntry(tenant, released);
        assertThat(release.seq()).isEqualTo(2);
        assertThat(release.kind()).isEqualTo(EntryKind.RELEASE);
        assertThat(release.bytes()).isZero();
        assertThat(release.files()).isZero();
        assertThat(release.category()).isNull();

        tenant.delete("photo");
        Entry delete = tenant.entries(stored).get(1);
        assertThat(delete.seq()).isEqualTo(3);
        assertThat(delete.kind()).isEqualTo(EntryKind.DELETE);
        assertThat(delete.bytes()).isEqualTo(-70);
        assertThat(delete.files()).isEqualTo(-1);
        assertThat(tenant.entries()).containsExactly(commit, release, delete);
        tenant.assertConserved();
    }

    @Test
    default void shouldKeepHeldRoomWhenALimitIsLowered() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation granted = tenant.upload("photo", 100).granted();

        tenant.limits.bytes(tenant.root, 10).bytesPerFile(tenant.root, 10).files(tenant.root, 0);

        tenant.committed(granted, 100);
        assertThat(tenant.usage()).isEqualTo(new Usage(100, 0, 1, 0));
        tenant.assertConserved();
    }

    private static Entry onlyEntry(ContractTenant tenant, Allocation life) {
        List<Entry> entries = tenant.entries(life);
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }
}
