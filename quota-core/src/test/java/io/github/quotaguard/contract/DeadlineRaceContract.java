package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.ReserveResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several ends of one life at once: exactly one wins, and the losers learn which. */
interface DeadlineRaceContract extends StoreFixture {

    private static List<Allocation> overdue(ContractTenant tenant, int count) {
        List<Allocation> overdue = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            overdue.add(tenant.upload("f" + i, 100).granted());
        }
        tenant.clock.advance(ContractTenant.PAST_TTL);
        return overdue;
    }

    @Test
    @Checks(byChance = {Rule.COMMIT_ASKS_FOR_THE_STATE, Rule.RELEASE_ONCE, Rule.LEDGER, Rule.ATOMIC})
    default void shouldEndAReservationOnceWhenCommitReleaseAndSweepRace() {
        ContractTenant tenant = ContractTenant.of(this);
        List<Allocation> overdue = overdue(tenant, rounds());
        try (Race race = new Race(3)) {
            for (Allocation life : overdue) {
                List<Object> results = race.run(thread -> switch (thread) {
                    case 0 -> store().commit(life, 60);
                    case 1 -> store().release(life);
                    default -> store().sweep();
                });

                assertAgreed(tenant.now(life), (CommitResult) results.get(0), (ReleaseResult) results.get(1));
            }
        }
        tenant.sweep();
        tenant.assertConserved();
    }

    private static void assertAgreed(Allocation life, CommitResult commit, ReleaseResult release) {
        switch (life.state()) {
            case COMMITTED -> {
                assertThat(commit).isEqualTo(new CommitResult.Committed(life));
                assertThat(release).isNotEqualTo(ReleaseResult.RELEASED);
            }
            case RELEASED -> {
                assertThat(commit).isEqualTo(new CommitResult.Ended(life));
                assertThat(release).isEqualTo(ReleaseResult.RELEASED);
            }
            case EXPIRED -> {
                assertThat(commit).isEqualTo(new CommitResult.Ended(life));
                assertThat(release).isEqualTo(ReleaseResult.NO_EFFECT);
            }
            case RESERVED, DELETED -> throw new AssertionError("ended as " + life);
        }
    }

    @Test
    @Checks(
            value = Rule.LIMITS,
            byChance = {Rule.TENANTS_APART, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.COMMIT_ASKS_FOR_THE_STATE, Rule.ATOMIC
            })
    default void shouldNotLoseACommitToAnUploadThatNeedsRoom() {
        try (Race race = new Race(4)) {
            for (int round = 0; round < rounds(); round++) {
                ContractTenant tenant = ContractTenant.of(this);
                tenant.limits.bytes(tenant.root, 150);
                Allocation overdue = overdue(tenant, 1).get(0);

                List<Object> results = race.run(thread -> thread == 0
                        ? store().commit(overdue, 100)
                        : tenant.upload("next-" + thread, 100).reservePatiently());

                long granted = results.stream()
                        .filter(ReserveResult.Granted.class::isInstance)
                        .count();
                boolean committed = tenant.now(overdue).state() == AllocationState.COMMITTED;
                assertThat(results.get(0) instanceof CommitResult.Committed).isEqualTo(committed);
                assertThat(granted).isEqualTo(committed ? 0 : 1);
                tenant.assertConserved();
            }
        }
    }
}
