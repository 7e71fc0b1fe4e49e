package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.ExpiredFile;
import io.github.quotaguard.store.KeepResult;
import io.github.quotaguard.store.RetentionStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A temporary file that is wanted after all is made permanent, or is being cleaned up: exactly one of the two. */
interface KeepContract extends StoreFixture {

    private static Instant anHourFromNow(ContractTenant tenant) {
        Allocation now = tenant.upload("clock", 0).granted();
        tenant.store.release(now);
        return now.bornAt().plus(Duration.ofHours(1));
    }

    @Test
    @Checks(Rule.LEDGER)
    @Needs(Capability.TEMPORARY_FILES)
    default void shouldKeepATemporaryFileForGood() {
        ContractTenant tenant = ContractTenant.of(this);
        RetentionStore retention = store().retention().orElseThrow();
        Instant hour = anHourFromNow(tenant);
        tenant.upload("a", 1).version("v1").retainUntil(hour).stored();
        Allocation uploading =
                tenant.upload("a", 2).version("v2").retainUntil(hour).granted();

        assertThat(retention.keep(tenant.user, "a")).isEqualTo(KeepResult.KEPT);

        tenant.committed(uploading, 2);
        clock().advance(Duration.ofHours(2));
        assertThat(retention.expired(tenant.name, null, 10).items()).isEmpty();
        assertThat(retention.keep(tenant.user, "a")).isEqualTo(KeepResult.PERMANENT);
        assertThat(store().versions(tenant.name, "a"))
                .hasSize(2)
                .allSatisfy(version -> assertThat(version.spec().retainUntil()).isNull());
        tenant.assertConserved();
    }

    @Test
    @Needs(Capability.TEMPORARY_FILES)
    default void shouldNotKeepWhatIsNotThereOrAnothers() {
        ContractTenant tenant = ContractTenant.of(this);
        RetentionStore retention = store().retention().orElseThrow();
        tenant.upload("a", 1).retainUntil(anHourFromNow(tenant)).stored();
        tenant.upload("gone", 1).stored();
        tenant.delete("gone");

        assertThat(retention.keep(tenant.user, "nothing")).isEqualTo(KeepResult.NOT_FOUND);
        assertThat(retention.keep(tenant.user, "gone")).isEqualTo(KeepResult.NOT_FOUND);
        assertThat(retention.keep(tenant.account("user-8"), "a")).isEqualTo(KeepResult.NOT_FOUND);
        assertThat(retention.keep(ContractTenant.of(this).user, "a")).isEqualTo(KeepResult.NOT_FOUND);
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.TEMPORARY_FILES)
    default void shouldNotKeepWhatIsBeingCleanedUp() {
        ContractTenant tenant = ContractTenant.of(this);
        RetentionStore retention = store().retention().orElseThrow();
        tenant.upload("a", 1).retainUntil(anHourFromNow(tenant)).stored();
        clock().advance(Duration.ofHours(2));
        List<ExpiredFile> found = retention.expired(tenant.name, null, 10).items();
        retention.claim(found, Duration.ofMinutes(1));

        assertThat(retention.keep(tenant.user, "a")).isEqualTo(KeepResult.LOST);
        clock().advance(Duration.ofHours(1));
        assertThat(retention.keep(tenant.user, "a")).isEqualTo(KeepResult.LOST);
        retention.free(found, RepairScene.CAUSE);
        assertThat(retention.keep(tenant.user, "a")).isEqualTo(KeepResult.NOT_FOUND);
        tenant.upload("a", 1).retainUntil(anHourFromNow(tenant)).stored();
        assertThat(retention.keep(tenant.user, "a")).isEqualTo(KeepResult.KEPT);
    }

    @Test
    @Checks(Rule.ATOMIC)
    @Needs(Capability.TEMPORARY_FILES)
    default void shouldGiveAFileToTheCleanupOrToWhoKeepsIt() {
        try (Race race = new Race(2)) {
            raceForAFile(race);
        }
    }

    private void raceForAFile(Race race) {
        ContractTenant tenant = ContractTenant.of(this);
        RetentionStore retention = store().retention().orElseThrow();
        for (int round = 0; round < rounds(); round++) {
            String file = "a" + round;
            tenant.upload(file, 1).retainUntil(anHourFromNow(tenant)).stored();
            clock().advance(Duration.ofHours(2));
            List<ExpiredFile> found = retention.expired(tenant.name, null, 100).items().stream()
                    .filter(expired -> expired.file().equals(file))
                    .toList();

            List<Object> answers = race.run(thread -> thread == 0
                    ? retention.claim(found, Duration.ofMinutes(1)).size()
                    : retention.keep(tenant.user, file));

            assertThat(answers).isIn(List.of(1, KeepResult.LOST), List.of(0, KeepResult.KEPT));
        }
    }
}
