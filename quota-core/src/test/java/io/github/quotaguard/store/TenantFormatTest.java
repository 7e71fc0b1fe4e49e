package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a state as bytes is, and is not. That nothing is lost on the way is shown by the contract, for a store that keeps
 * them.
 */
class TenantFormatTest {

    private static final Instant NOW = Instant.parse("2026-03-29T01:30:00.123456789Z");
    private static final AccountId USER = new AccountId("acme/user-7");
    private static final Category IMAGE = new Category("image");

    private final TenantState state = new TenantState();

    private Allocation reserve(String version) {
        AllocationSpec spec = new AllocationSpec(
                new FileVersion("acme", "photo", version),
                USER,
                IMAGE,
                OptionalLong.of(100),
                Replacement.NONE,
                Map.of("name", "photo.jpg"),
                NOW,
                "moved",
                "kim");
        List<CounterLimit> limits = USER.lineage().stream()
                .flatMap(account ->
                        Stream.of(CounterLimit.unlimited(account, null), CounterLimit.unlimited(account, IMAGE)))
                .toList();
        ReserveResult result = state.reserve(new ReserveCommand(spec, Duration.ofMinutes(15), limits), NOW);
        return ((ReserveResult.Granted) result).allocation();
    }

    private void fill() {
        state.commit(reserve("v1"), 60, NOW);
        state.release(reserve("v2"), NOW);
        reserve("v2");
        reserve("v3");
    }

    @Test
    void shouldRestoreWhatWasKept() {
        fill();

        TenantState restored = TenantState.fromBytes(state.toBytes());

        assertThat(restored.usage(USER, NOW)).isEqualTo(state.usage(USER, NOW));
        assertThat(restored.allocations(null, 10)).isEqualTo(state.allocations(null, 10));
        assertThat(restored.entries(0, 10)).isEqualTo(state.entries(0, 10));
        assertThat(restored.toBytes()).isEqualTo(state.toBytes());
    }

    @Test
    void shouldRestoreTheStateOfATenantThatWasNeverCharged() {
        TenantState restored = TenantState.fromBytes(new TenantState().toBytes());

        assertThat(restored.accounts()).isEmpty();
        assertThat(restored.toBytes()).isEqualTo(new TenantState().toBytes());
    }

    @Test
    void shouldTellWhetherAStepHasChangedAnything() {
        fill();
        byte[] before = state.toBytes();

        state.find(new FileVersion("acme", "photo", "v1"));
        state.delete(new DeleteCommand(USER, "film", null), NOW);
        assertThat(state.toBytes()).isEqualTo(before);

        state.delete(new DeleteCommand(USER, "photo", "v1"), NOW);
        assertThat(state.toBytes()).isNotEqualTo(before);
    }

    @Test
    void shouldTakeAboutTwoHundredBytesForEachVersionAndForEachEntry() {
        int empty = state.toBytes().length;
        fill();

        int lives = state.allocations(null, 10).items().size() + 1;
        int entries = state.entries(0, 10).items().size();
        assertThat((state.toBytes().length - empty) / (lives + entries)).isBetween(150, 250);
    }

    @Test
    void shouldRefuseWhateverIsDamaged() {
        fill();
        byte[] bytes = state.toBytes();

        for (int i = 0; i < bytes.length; i++) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= 4;
            assertThatIllegalArgumentException().as("byte %s", i).isThrownBy(() -> TenantState.fromBytes(damaged));
            byte[] cut = Arrays.copyOf(bytes, i);
            assertThatIllegalArgumentException().as("cut at %s", i).isThrownBy(() -> TenantState.fromBytes(cut));
        }
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        assertThatIllegalArgumentException().isThrownBy(() -> TenantState.fromBytes(longer));
    }

    @Test
    void shouldRefuseAVersionThatItDoesNotKnow() {
        byte[] bytes = state.toBytes();
        bytes[4] = 2;

        assertThatIllegalArgumentException()
                .isThrownBy(() -> TenantState.fromBytes(bytes))
                .withMessage("state of a tenant in version 2, known is 1");
    }
}
