package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What a state has left to look at later. */
class TenantStateTest {

    private static final Instant NOW = Instant.parse("2026-03-29T01:30:00Z");
    private static final Duration TTL = Duration.ofMinutes(15);
    private static final AccountId ACME = new AccountId("acme");

    private final TenantState state = new TenantState();

    private Allocation reserve(String file, Duration ttl) {
        AllocationSpec spec = new AllocationSpec(
                new FileVersion("acme", file, FileVersion.NO_VERSION),
                ACME,
                null,
                OptionalLong.of(100),
                Replacement.NONE,
                Map.of(),
                null,
                null,
                null);
        ReserveCommand command = new ReserveCommand(spec, ttl, List.of(CounterLimit.unlimited(ACME, null)));
        return ((ReserveResult.Granted) state.reserve(command, NOW)).allocation();
    }

    @Test
    void shouldHaveNothingToExpireOnceEveryUploadIsCommitted() {
        state.commit(reserve("photo", TTL), 100, NOW);
        state.commit(reserve("film", TTL), 100, NOW);

        assertThat(state.isSweepDue(NOW.plus(TTL))).isFalse();
    }

    @Test
    void shouldHaveNothingToExpireBeforeADeadlineThatWasMovedForward() {
        reserve("photo", TTL);
        reserve("photo", TTL.multipliedBy(2));

        assertThat(state.isSweepDue(NOW.plus(TTL))).isFalse();
        assertThat(state.isSweepDue(NOW.plus(TTL.multipliedBy(2)))).isTrue();
    }

    @Test
    void shouldExpireInTimeWhatARenewalHasPutFirst() {
        reserve("renewed", TTL);
        Allocation first = reserve("first", TTL.multipliedBy(2));
        reserve("renewed", TTL.multipliedBy(3));

        assertThat(state.sweep(NOW.plus(TTL.multipliedBy(2)), 10).expired()).isEqualTo(1);

        assertThat(state.find(first.id()))
                .hasValueSatisfying(life -> assertThat(life.state()).isEqualTo(AllocationState.EXPIRED));
    }

    @Test
    void shouldExpireTheEarliestFirst() {
        Allocation late = reserve("late", TTL.multipliedBy(2));
        Allocation early = reserve("early", TTL);

        assertThat(state.sweep(NOW.plus(TTL.multipliedBy(3)), 1).expired()).isEqualTo(1);

        assertThat(state.find(early.id()))
                .hasValueSatisfying(life -> assertThat(life.state()).isEqualTo(AllocationState.EXPIRED));
        assertThat(state.find(late.id()))
                .hasValueSatisfying(life -> assertThat(life.state()).isEqualTo(AllocationState.RESERVED));
    }
}
