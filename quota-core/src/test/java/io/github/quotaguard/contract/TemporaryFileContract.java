package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.ExpiredFile;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.RetentionStore;
import io.github.quotaguard.store.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Temporary files past their time are found, claimed by one, and freed with all their versions. */
interface TemporaryFileContract extends StoreFixture {

    Duration CLAIM = Duration.ofMinutes(10);

    private static List<ExpiredFile> expired(ContractTenant tenant, int size) {
        RetentionStore retention = tenant.store.retention().orElseThrow();
        List<ExpiredFile> found = new ArrayList<>();
        @Nullable ExpiredFile after = null;
        Page<ExpiredFile> page;
        do {
            page = retention.expired(tenant.name, after, size);
            found.addAll(page.items());
            after = found.isEmpty() ? null : found.get(found.size() - 1);
        } while (page.hasMore());
        return found;
    }

    private static List<String> names(List<ExpiredFile> files) {
        return files.stream().map(ExpiredFile::file).toList();
    }

    /** By the store's clock, which need not be that of the test. */
    private static Instant in(ContractTenant tenant, Duration time) {
        Allocation now = tenant.upload("clock", 0).granted();
        tenant.store.release(now);
        return now.bornAt().plus(time);
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.TEMPORARY_FILES)
    default void shouldFindFilesWhoseVersionsHaveAllExpired() {
        ContractTenant tenant = ContractTenant.of(this);
        Instant hour = in(tenant, Duration.ofHours(1));
        Instant day = in(tenant, Duration.ofDays(1));
        tenant.upload("a", 1).retainUntil(hour).stored();
        tenant.upload("b", 2).version("v1").retainUntil(hour).stored();
        tenant.upload("b", 4).version("v2").retainUntil(hour.plusSeconds(60)).stored();
        tenant.upload("c", 8).version("v1").retainUntil(hour).stored();
        tenant.upload("c", 16).version("v2").retainUntil(day).stored();
        tenant.upload("d", 32).version("v1").retainUntil(hour).stored();
        tenant.upload("d", 64).version("v2").stored();
        tenant.upload("permanent", 128).stored();
        tenant.upload("gone", 256).retainUntil(hour).stored();
        tenant.delete("gone");
        tenant.upload("e", 512).version("v1").retainUntil(hour).stored();

        assertThat(expired(tenant, 2)).isEmpty();
        clock().advance(Duration.ofHours(2));
        tenant.upload("e", 1_024).version("v2").granted();

        for (int size : new int[] {1, 2, 100}) {
            assertThat(names(expired(tenant, size))).as("by %s", size).containsExactlyInAnyOrder("a", "b");
        }
        assertThat(expired(tenant, 100))
                .filteredOn(file -> file.file().equals("b"))
                .singleElement()
                .satisfies(file -> {
                    assertThat(file.bytes()).isEqualTo(6);
                    assertThat(file.account()).isEqualTo(tenant.user);
                    assertThat(file.tenant()).isEqualTo(tenant.name);
                });
        clock().advance(Duration.ofDays(1));
        tenant.sweep();
        assertThat(names(expired(tenant, 2))).containsExactlyInAnyOrder("a", "b", "c", "e");
    }

    @Test
    @Checks({Rule.STORES_CLOCK, Rule.LEDGER})
    @Needs(Capability.TEMPORARY_FILES)
    default void shouldFreeAllVersionsOfWhatWasClaimed() {
        ContractTenant tenant = ContractTenant.of(this);
        RetentionStore retention = store().retention().orElseThrow();
        Instant hour = in(tenant, Duration.ofHours(1));
        tenant.upload("a", 1).version("v1").retainUntil(hour).stored();
        tenant.upload("a", 2).version("v2").retainUntil(hour).stored();
        clock().advance(Duration.ofHours(2));

        List<ExpiredFile> claimed = retention.claim(expired(tenant, 10), CLAIM);
        tenant.upload("a", 4).version("v3").stored();
        List<Allocation> freed = retention.free(claimed, RepairScene.CAUSE);

        assertThat(freed).extracting(Allocation::bytes).containsExactlyInAnyOrder(1L, 2L);
        assertThat(tenant.usage()).isEqualTo(new Usage(4, 0, 1, 0));
        assertThat(tenant.entries())
                .filteredOn(entry -> entry.kind() == EntryKind.DELETE)
                .hasSize(2)
                .allSatisfy(entry -> assertThat(entry.reason()).isEqualTo("incident 7"));
        assertThat(retention.free(claimed, RepairScene.CAUSE)).isEmpty();
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.TEMPORARY_FILES)
    default void shouldLetOneClaimAFileUntilTheClaimIsOver() {
        ContractTenant tenant = ContractTenant.of(this);
        RetentionStore retention = store().retention().orElseThrow();
        tenant.upload("a", 1).retainUntil(in(tenant, Duration.ofHours(1))).stored();
        tenant.upload("b", 1).retainUntil(in(tenant, Duration.ofHours(1))).stored();
        clock().advance(Duration.ofHours(2));
        List<ExpiredFile> found = expired(tenant, 10);

        assertThat(names(retention.claim(found.subList(0, 1), CLAIM))).containsExactly("a");

        assertThat(names(retention.claim(found, CLAIM))).containsExactly("b");
        assertThat(expired(tenant, 10)).isEmpty();
        clock().advance(CLAIM.plusSeconds(1));
        assertThat(names(retention.claim(expired(tenant, 10), CLAIM))).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.TEMPORARY_FILES)
    default void shouldNotClaimWhatIsNotAsItWasListed() {
        ContractTenant tenant = ContractTenant.of(this);
        RetentionStore retention = store().retention().orElseThrow();
        Instant hour = in(tenant, Duration.ofHours(1));
        for (String file : List.of("deleted", "again", "grown")) {
            tenant.upload(file, 1).retainUntil(hour).stored();
        }
        clock().advance(Duration.ofHours(2));
        List<ExpiredFile> found = expired(tenant, 10);
        assertThat(found).hasSize(3);
        tenant.delete("deleted");
        tenant.delete("again");
        tenant.upload("again", 1).stored();
        tenant.upload("grown", 1).version("v2").stored();

        assertThat(retention.claim(found, CLAIM)).isEmpty();
        assertThat(tenant.usage().usedBytes()).isEqualTo(3);
    }
}
