package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CommandsTest {

    private static final AccountId ACME = AccountId.of("acme");
    private static final AccountId USER = AccountId.of("acme/user-7");
    private static final Category IMAGE = new Category("image");
    private static final Duration TTL = Duration.ofMinutes(15);
    private static final AllocationSpec PLAIN = new AllocationSpec(
            new FileVersion("acme", "photo-1", ""),
            USER,
            null,
            OptionalLong.of(10),
            Replacement.NONE,
            Map.of(),
            null,
            null,
            null);
    private static final AllocationSpec OF_IMAGE = PLAIN.withCategory(IMAGE);
    private static final List<CounterLimit> TOTALS =
            List.of(CounterLimit.unlimited(ACME, null), CounterLimit.unlimited(USER, null));
    private static final List<CounterLimit> WITH_CATEGORY = List.of(
            CounterLimit.unlimited(ACME, null),
            CounterLimit.unlimited(ACME, IMAGE),
            CounterLimit.unlimited(USER, null),
            CounterLimit.unlimited(USER, IMAGE));

    @Test
    void shouldNameEveryCounterThatFollowsFromAccountAndCategory() {
        assertThat(new ReserveCommand(PLAIN, TTL, TOTALS).limits()).isEqualTo(TOTALS);
        assertThat(new ReserveCommand(OF_IMAGE, TTL, WITH_CATEGORY).limits()).isEqualTo(WITH_CATEGORY);
    }

    @Test
    void shouldRefuseAMissingCounter() {
        for (int missing = 0; missing < WITH_CATEGORY.size(); missing++) {
            List<CounterLimit> limits = new ArrayList<>(WITH_CATEGORY);
            limits.remove(missing);
            shouldBeRefused(OF_IMAGE, limits);
        }
        shouldBeRefused(PLAIN, List.of());
        shouldBeRefused(OF_IMAGE, TOTALS);
    }

    @Test
    void shouldRefuseACounterThatIsThereTwice() {
        for (int twice = 0; twice < WITH_CATEGORY.size(); twice++) {
            List<CounterLimit> limits = new ArrayList<>(WITH_CATEGORY);
            limits.add(twice, WITH_CATEGORY.get(twice));
            shouldBeRefused(OF_IMAGE, limits);
        }
    }

    @Test
    void shouldRefuseAForeignCounter() {
        shouldBeRefused(PLAIN, WITH_CATEGORY);
        shouldBeRefused(
                PLAIN,
                List.of(CounterLimit.unlimited(ACME, null), CounterLimit.unlimited(AccountId.of("acme/user-8"), null)));
        shouldBeRefused(
                PLAIN, List.of(CounterLimit.unlimited(ACME, null), CounterLimit.unlimited(USER, null), TOTALS.get(0)));
    }

    @Test
    void shouldRefuseCountersInAnotherOrderAndSayWhichIsRight() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReserveCommand(PLAIN, TTL, List.of(TOTALS.get(1), TOTALS.get(0))))
                .withMessage("limit 0 has to be that of acme, total: ancestors first, totals before categories");
    }

    @Test
    void shouldLiveAtLeastANanosecondAndAtMostTheRetention() {
        for (Duration bad : List.of(Duration.ZERO, Duration.ofNanos(-1), UsageStore.RETENTION.plusNanos(1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new ReserveCommand(PLAIN, bad, TOTALS))
                    .withMessageContaining("time to live is " + bad);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new ExtendCommand(reservation(), 10, 0, bad, TOTALS))
                    .withMessageContaining("time to live is " + bad);
        }
        assertThat(new ReserveCommand(PLAIN, UsageStore.RETENTION, TOTALS).ttl())
                .isEqualTo(Duration.ofDays(7));
        assertThatNullPointerException()
                .isThrownBy(() -> new ReserveCommand(PLAIN, null, TOTALS))
                .withMessage("ttl");
    }

    @Test
    void shouldExtendOnlyWithTheCountersOfTheReservation() {
        assertThat(new ExtendCommand(reservation(), Long.MAX_VALUE, 0, TTL, TOTALS).bytes())
                .isEqualTo(Long.MAX_VALUE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ExtendCommand(reservation(), 10, 0, TTL, WITH_CATEGORY));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ExtendCommand(reservation(), 10, 0, TTL, TOTALS.subList(0, 1)));
    }

    @Test
    void shouldNotExtendToLessThanNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ExtendCommand(reservation(), -1, 0, TTL, TOTALS))
                .withMessageContaining("size is -1 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ExtendCommand(reservation(), 10, -1, TTL, TOTALS))
                .withMessageContaining("size is -1 bytes");
    }

    @Test
    void shouldDeleteOnlyByIdsThatAreAllowed() {
        assertThat(new DeleteCommand(USER, "photo-1", null).version()).isNull();
        assertThat(new DeleteCommand(USER, "photo-1", "").version()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> new DeleteCommand(USER, "", null));
        assertThatIllegalArgumentException().isThrownBy(() -> new DeleteCommand(USER, "x".repeat(256), null));
        assertThatIllegalArgumentException().isThrownBy(() -> new DeleteCommand(USER, "photo-1", "\n"));
        assertThatNullPointerException().isThrownBy(() -> new DeleteCommand(null, "photo-1", null));
    }

    @Test
    void shouldSelectForDeletionByAccountFileAndVersion() {
        assertThat(new DeleteCommand(USER, "photo-1", null).selects(reservation()))
                .isTrue();
        assertThat(new DeleteCommand(USER, "photo-1", "").selects(reservation()))
                .isTrue();
        assertThat(new DeleteCommand(USER, "photo-1", "v1").selects(reservation()))
                .isFalse();
        assertThat(new DeleteCommand(USER, "photo-2", null).selects(reservation()))
                .isFalse();
        assertThat(new DeleteCommand(ACME, "photo-1", null).selects(reservation()))
                .isFalse();
    }

    @Test
    void shouldKeepItsOwnCopyOfTheLimits() {
        List<CounterLimit> limits = new ArrayList<>(TOTALS);
        ReserveCommand command = new ReserveCommand(PLAIN, TTL, limits);

        limits.clear();

        assertThat(command.limits()).isEqualTo(TOTALS);
    }

    private static void shouldBeRefused(AllocationSpec spec, List<CounterLimit> limits) {
        assertThatIllegalArgumentException().as("%s", limits).isThrownBy(() -> new ReserveCommand(spec, TTL, limits));
    }

    private static Allocation reservation() {
        Instant now = Instant.parse("2026-11-21T10:00:00Z");
        return new Allocation(PLAIN, AllocationState.RESERVED, 4711, 1, 10, now, now.plus(TTL), now);
    }
}
