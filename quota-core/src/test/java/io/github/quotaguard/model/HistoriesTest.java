package io.github.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.quotaguard.contract.SettableClock;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.ExtendCommand;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.UsageStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Breaks one rule of a sound store, and expects the histories to show it in few calls, and again from the seed. */
class HistoriesTest {

    /** Enough for the fault that is the hardest to meet; the seed is always the same, so that it is met each time. */
    private static final int HISTORIES = 20_000;

    private static final long SEED = 1;

    private final SettableClock clock = new SettableClock();
    private final UsageStore sound = new InMemoryUsageStore(clock);

    @Test
    void shouldSeeAReserveThatPassesTheLimits() {
        assertSeen(
                "reserve",
                (ReserveCommand command) ->
                        new ReserveCommand(command.spec(), command.ttl(), withoutLimits(command.limits())));
    }

    @Test
    void shouldSeeADeadlineThatIsTooLate() {
        assertSeen(
                "reserve",
                (ReserveCommand command) ->
                        new ReserveCommand(command.spec(), command.ttl().plusMinutes(1), command.limits()));
    }

    @Test
    void shouldSeeAnExtensionThatPassesTheLimits() {
        assertSeen(
                "extendTo",
                (ExtendCommand command) -> new ExtendCommand(
                        command.reservation(),
                        command.bytes(),
                        command.heldBytes(),
                        command.ttl(),
                        withoutLimits(command.limits())));
    }

    @Test
    void shouldSeeAnExtensionThatHoldsTooLittle() {
        assertSeen(
                "extendTo",
                (ExtendCommand command) ->
                        new ExtendCommand(command.reservation(), command.bytes(), 0, command.ttl(), command.limits()));
    }

    @Test
    void shouldSeeAnEarlierAttemptAbandonALaterOne() {
        assertSeen(
                "abandon",
                (Allocation handle) ->
                        sound.find(handle.id(), handle.generation()).orElse(handle));
    }

    @Test
    void shouldSeeADeleteOfTooManyVersions() {
        assertSeen("delete", (DeleteCommand command) -> new DeleteCommand(command.account(), command.file(), null));
    }

    @Test
    void shouldFindNothingInASoundStore() {
        new Histories(sound, clock::advance, new Tally()).play(1, 100);
    }

    private static List<CounterLimit> withoutLimits(List<CounterLimit> limits) {
        return limits.stream().map(CounterLimit::withoutLimits).toList();
    }

    private <T> void assertSeen(String call, UnaryOperator<T> fault) {
        Histories histories = new Histories(broken(call, fault), clock::advance, new Tally());

        AssertionError seen = catchThrowableOfType(AssertionError.class, () -> histories.play(SEED, HISTORIES));

        assertThat(seen).hasMessageContaining("right was");
        assertThat(seen.getMessage().lines().filter(line -> line.startsWith("  ")))
                .hasSizeBetween(1, 8);
        Matcher seed = Pattern.compile("^seed (-?\\d+):").matcher(seen.getMessage());
        assertThat(seed.find()).isTrue();
        assertThat(catchThrowableOfType(AssertionError.class, () -> histories.play(Long.parseLong(seed.group(1)), 1)))
                .hasMessageStartingWith(seed.group());
    }

    /** Gives a call another argument than its caller did. */
    @SuppressWarnings("unchecked")
    private <T> UsageStore broken(String call, UnaryOperator<T> fault) {
        return (UsageStore) Proxy.newProxyInstance(
                UsageStore.class.getClassLoader(), new Class<?>[] {UsageStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(call)) {
                        arguments[0] = fault.apply((T) arguments[0]);
                    }
                    try {
                        return method.invoke(sound, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
