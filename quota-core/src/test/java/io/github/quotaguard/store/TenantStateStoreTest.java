package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.quotaguard.memory.InMemoryUsageStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class TenantStateStoreTest {

    private final List<String> updates = new ArrayList<>();
    private Runnable beforeRead = () -> {};
    private int answersOfTheClock = Integer.MAX_VALUE;
    private Instant now = Instant.EPOCH;
    private final InstantSource clock = () -> {
        if (answersOfTheClock-- == 0) {
            throw new IllegalStateException("the clock is broken");
        }
        now = now.plusSeconds(1);
        return now;
    };

    /** Keeps bytes, and keeps nothing if a step throws. */
    private final TenantStateStore store = new TenantStateStore(clock) {

        private final Map<String, byte[]> kept = new HashMap<>();

        @Override
        protected <R> R update(String tenant, Function<TenantState, R> step) {
            updates.add(tenant);
            TenantState state = stateOf(tenant);
            R result = step.apply(state);
            kept.put(tenant, state.toBytes());
            return result;
        }

        @Override
        protected <R> R read(String tenant, Function<TenantState, R> step) {
            beforeRead.run();
            return step.apply(stateOf(tenant));
        }

        @Override
        protected SortedSet<String> tenants() {
            return new TreeSet<>(kept.keySet());
        }

        private TenantState stateOf(String tenant) {
            byte[] bytes = kept.get(tenant);
            return bytes == null ? new TenantState() : TenantState.fromBytes(bytes);
        }
    };

    private static ReserveCommand command(String tenant, String file) {
        AccountId account = new AccountId(tenant);
        AllocationSpec spec = new AllocationSpec(
                new FileVersion(tenant, file, FileVersion.NO_VERSION),
                account,
                null,
                OptionalLong.of(1),
                Replacement.NONE,
                Map.of(),
                null,
                null,
                null);
        CounterLimit limit =
                new CounterLimit(account, null, CounterLimit.UNLIMITED, CounterLimit.UNLIMITED, CounterLimit.UNLIMITED);
        return new ReserveCommand(spec, Duration.ofMinutes(15), List.of(limit));
    }

    private long reserved(String tenant) {
        return store.usage(new AccountId(tenant)).total().reservedBytes();
    }

    @Test
    void shouldKeepNeighboursOfOneTenantInOneStep() {
        List<ReserveResult> results = store.reserveAll(
                List.of(command("a", "1"), command("a", "2"), command("b", "1"), command("a", "3"), command("a", "4")));

        assertThat(results)
                .extracting(result ->
                        ((ReserveResult.Granted) result).allocation().id().toString())
                .containsExactly("a:1", "a:2", "b:1", "a:3", "a:4");
        assertThat(updates).containsExactly("a", "b", "a");
    }

    @Test
    void shouldKeepNothingOfAStepThatThrows() {
        answersOfTheClock = 2;
        assertThatIllegalStateException()
                .isThrownBy(() -> store.reserveAll(List.of(command("b", "1"), command("a", "1"), command("a", "2"))));

        answersOfTheClock = Integer.MAX_VALUE;
        assertThat(reserved("a")).isZero();
        assertThat(reserved("b")).isEqualTo(1);
    }

    /** Whoever comes between the sweep's decision to look and its look. */
    @Test
    void shouldTellTheTimeOfAnExpiryInTheOrderOfTheCommands() {
        store.reserve(command("a", "overdue"));
        now = now.plus(Duration.ofMinutes(16));
        Allocation other = ((ReserveResult.Granted) store.reserve(command("a", "other"))).allocation();
        beforeRead = () -> {
            beforeRead = () -> {};
            store.release(other);
        };

        store.sweep();

        assertThat(store.entries("a", 0, 10).items())
                .hasSize(2)
                .isSortedAccordingTo(Comparator.comparing(Entry::recordedAt));
    }

    @Test
    void shouldGainFromBatchesUnlessAStepCostsNothing() {
        assertThat(store.gainsFromBatches()).isTrue();
        assertThat(new InMemoryUsageStore().gainsFromBatches()).isFalse();
    }
}
