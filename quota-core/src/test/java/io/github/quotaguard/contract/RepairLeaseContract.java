package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.store.RepairLease;
import io.github.quotaguard.store.RepairStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One at a time corrects a tenant, and who has looked at it lets it rest. */
interface RepairLeaseContract extends StoreFixture {

    @Test
    @Checks(Rule.ATOMIC)
    @Needs(Capability.REPAIR)
    default void shouldLeaseATenantToOneAtATime() {
        RepairScene scene = new RepairScene(this);

        try (Race race = new Race(threads())) {
            for (int round = 0; round < rounds(); round++) {
                List<RepairLease> leases = race
                        .run(thread -> Race.retry(
                                () -> scene.repairs.lease(scene.tenant.name, RepairScene.LENGTH, Duration.ZERO)))
                        .stream()
                        .flatMap(Optional::stream)
                        .toList();

                assertThat(leases).hasSize(1);
                scene.repairs.finish(leases.get(0), false);
            }
        }
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.REPAIR)
    default void shouldLeaseAgainWhatIsOverOrGivenBack() {
        RepairScene scene = new RepairScene(this);
        RepairLease first = scene.lease();
        clock().advance(RepairScene.LENGTH.minusSeconds(10));
        assertThat(scene.repairs.renew(first, RepairScene.LENGTH)).isTrue();
        clock().advance(RepairScene.LENGTH.minusSeconds(10));
        assertThat(scene.repairs.lease(scene.tenant.name, RepairScene.LENGTH, Duration.ZERO))
                .isEmpty();
        clock().advance(Duration.ofSeconds(11));

        RepairLease second = scene.lease();

        assertThat(scene.repairs.renew(first, RepairScene.LENGTH)).isFalse();
        scene.repairs.finish(first, true);
        assertThat(scene.repairs.lease(scene.tenant.name, RepairScene.LENGTH, Duration.ZERO))
                .isEmpty();
        scene.repairs.finish(second, false);
        scene.lease();
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.REPAIR)
    default void shouldLetATenantRestThatWasLookedAt() {
        RepairScene scene = new RepairScene(this);
        Duration rest = Duration.ofHours(1);
        RepairLease given =
                scene.repairs.lease(scene.tenant.name, RepairScene.LENGTH, rest).orElseThrow();
        scene.repairs.finish(given, false);
        RepairLease looked =
                scene.repairs.lease(scene.tenant.name, RepairScene.LENGTH, rest).orElseThrow();
        scene.repairs.finish(looked, true);

        assertThat(scene.repairs.lease(scene.tenant.name, RepairScene.LENGTH, rest))
                .isEmpty();
        clock().advance(rest.plusSeconds(1));
        assertThat(scene.repairs.lease(scene.tenant.name, RepairScene.LENGTH, rest))
                .isPresent();
    }

    @Test
    @Needs(Capability.REPAIR)
    default void shouldRefuseLeasesOfALengthThatIsNotAllowed() {
        RepairStore repairs = store().repairs().orElseThrow();
        String tenant = ContractTenant.of(this).name;

        for (Duration length :
                new Duration[] {Duration.ZERO, Duration.ofNanos(-1), RepairStore.MAX_LEASE.plusNanos(1)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> repairs.lease(tenant, length, Duration.ZERO))
                    .withMessageContaining("allowed is more than 0 up to PT1H");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> repairs.lease(tenant, RepairScene.LENGTH, Duration.ofDays(366)))
                .withMessageContaining("allowed are 0 to 365 days");
        assertThatIllegalArgumentException().isThrownBy(() -> repairs.lease("a/b", RepairScene.LENGTH, Duration.ZERO));
    }
}
