package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.Usage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Versions that the commit of another one deletes. */
interface ReplacementContract extends StoreFixture {

    private static ContractUpload version(ContractTenant tenant, String version, long bytes) {
        return tenant.upload("photo", bytes).category("image").version(version);
    }

    @ParameterizedTest
    @CsvSource({"100, 130, 30", "100, 100, 0", "100, 40, 0", "0, 40, 40", "100, 0, 0"})
    @Checks(Rule.CATEGORIES)
    default void shouldHoldOnlyWhatTheNewVersionNeedsBeyondTheOld(long oldBytes, long newBytes, long held) {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, Math.max(oldBytes, newBytes)).files(tenant.root, 1);
        Allocation old = version(tenant, "v1", oldBytes).stored();

        Allocation granted = version(tenant, "v2", newBytes).replacing("v1").granted();
        assertThat(granted.bytes()).isEqualTo(held);
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(oldBytes, held, 1, 0));
        assertThat(tenant.now(old)).isEqualTo(old);

        Allocation committed = tenant.committed(granted, newBytes);
        assertThat(committed.bytes()).isEqualTo(newBytes);
        assertThat(tenant.now(old).state()).isEqualTo(AllocationState.DELETED);
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(newBytes, 0, 1, 0));
        assertThat(tenant.usage(tenant.user, "image").usedBytes()).isEqualTo(newBytes);
        tenant.assertConserved();
    }

    @Test
    default void shouldRecordTheDeletionAndTheCommitTogether() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation old = version(tenant, "v1", 100).stored();

        Allocation stored = version(tenant, "v2", 130).replacing("v1").stored();

        assertThat(tenant.entries(old)).extracting(Entry::kind).containsExactly(EntryKind.COMMIT, EntryKind.DELETE);
        assertThat(tenant.entries(stored)).extracting(Entry::kind).containsExactly(EntryKind.COMMIT);
        assertThat(tenant.entries().stream().mapToLong(Entry::bytes).sum()).isEqualTo(130);
        assertThat(tenant.entries().stream().mapToInt(Entry::files).sum()).isEqualTo(1);
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.LEDGER)
    default void shouldReplaceNothingUntilItIsCommitted() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation old = version(tenant, "v1", 100).stored();

        store().release(version(tenant, "v2", 130).replacing("v1").granted());

        assertThat(tenant.now(old)).isEqualTo(old);
        assertThat(tenant.usage()).isEqualTo(new Usage(100, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    default void shouldReplaceTheVersionWithoutAName() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation old = version(tenant, "", 100).stored();
        Allocation other = version(tenant, "v1", 10).stored();

        version(tenant, "v2", 130).replacing("").stored();

        assertThat(tenant.now(old).state()).isEqualTo(AllocationState.DELETED);
        assertThat(tenant.now(other)).isEqualTo(other);
        assertThat(tenant.usage()).isEqualTo(new Usage(140, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    default void shouldHoldEverythingWhenThereIsNothingToReplace() {
        ContractTenant tenant = ContractTenant.of(this);

        Allocation granted = version(tenant, "v2", 130).replacing("v1").granted();

        assertThat(tenant.usage()).isEqualTo(new Usage(0, 130, 0, 1));
        tenant.committed(granted, 130);
        tenant.assertConserved();
    }

    @Test
    default void shouldOverwriteEveryVersionThatStands() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation first = version(tenant, "v1", 100).stored();
        Allocation second = version(tenant, "v2", 20).stored();
        Allocation reserved = version(tenant, "v3", 3).granted();

        Allocation granted = version(tenant, "v4", 130).overwriting().granted();
        assertThat(granted.bytes()).isEqualTo(10);
        tenant.committed(granted, 130);

        assertThat(List.of(tenant.now(first).state(), tenant.now(second).state()))
                .containsOnly(AllocationState.DELETED);
        assertThat(tenant.now(reserved)).isEqualTo(reserved);
        assertThat(tenant.usage()).isEqualTo(new Usage(130, 3, 1, 0));
        tenant.assertConserved();
    }

    @Test
    default void shouldOverwriteWhatWasStoredInTheMeantime() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation granted = version(tenant, "v2", 100).overwriting().granted();
        Allocation meanwhile = version(tenant, "v1", 50).stored();

        tenant.committed(granted, 100);

        assertThat(tenant.now(meanwhile).state()).isEqualTo(AllocationState.DELETED);
        assertThat(tenant.usage()).isEqualTo(new Usage(100, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    default void shouldLeaveOneVersionAfterOverwritesInTurn() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 120);

        for (int i = 1; i <= 10; i++) {
            version(tenant, "v" + i, 100 + i).overwriting().stored();
            assertThat(tenant.usage()).isEqualTo(new Usage(100 + i, 0, 1, 0));
        }

        assertThat(store().versions(tenant.name, "photo"))
                .extracting(allocation -> allocation.id().version())
                .containsExactly("v10");
        tenant.assertConserved();
    }

    @Test
    default void shouldNotReplaceAgainWhenACommitIsRepeated() {
        ContractTenant tenant = ContractTenant.of(this);
        version(tenant, "v1", 100).stored();
        Allocation replaced = version(tenant, "v2", 100).replacing("v1").stored();
        Allocation overwritten =
                tenant.upload("film", 100).version("v2").overwriting().stored();
        version(tenant, "v1", 50).stored();
        tenant.upload("film", 50).version("v1").stored();

        tenant.assertUnchangedBy(() -> {
            tenant.committed(replaced, 100);
            tenant.committed(overwritten, 100);
        });
        assertThat(tenant.usage()).isEqualTo(new Usage(300, 0, 2, 0));
        tenant.assertConserved();
    }

    @Test
    default void shouldNotReplaceAVersionOfAnotherFile() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation other = tenant.upload("film", 100).version("v1").stored();

        assertThat(version(tenant, "v2", 100).replacing("v1").stored().bytes()).isEqualTo(100);
        version(tenant, "v3", 100).overwriting().stored();

        assertThat(tenant.now(other)).isEqualTo(other);
        assertThat(tenant.usage()).isEqualTo(new Usage(200, 0, 2, 0));
        tenant.assertConserved();
    }

    @Test
    default void shouldNotLetAVersionReplaceItself() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation stored = version(tenant, "v1", 100).stored();

        tenant.assertUnchangedBy(() -> {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> version(tenant, "v1", 100).replacing("v1"));
            assertThat(version(tenant, "v1", 100).overwriting().conflict()).isEqualTo(stored);
        });
    }

    @Test
    default void shouldReplaceTheLargestFileByTheLargest() {
        ContractTenant tenant = ContractTenant.of(this);
        version(tenant, "v1", Long.MAX_VALUE).stored();

        Allocation granted =
                version(tenant, "v2", Long.MAX_VALUE).replacing("v1").granted();
        assertThat(granted.bytes()).isZero();
        tenant.committed(granted, Long.MAX_VALUE);

        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(Long.MAX_VALUE, 0, 1, 0));
        tenant.delete("photo");
        assertThat(tenant.usage(tenant.root)).isEqualTo(Usage.NONE);
        tenant.assertConserved();
    }
}
