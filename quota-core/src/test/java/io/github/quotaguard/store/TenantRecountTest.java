package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.contract.Conservation;
import io.github.quotaguard.contract.SettableClock;
import io.github.quotaguard.reconcile.Verifier;
import io.github.quotaguard.reconcile.Violation;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Counters and entries that somebody has falsified. */
class TenantRecountTest {

    private static final AccountId USER = AccountId.of("acme/user-7");
    private static final RepairCause CAUSE = new RepairCause("ops", "incident 7");

    private final SettableClock clock = new SettableClock();
    private final SoundStore store = new SoundStore(clock, new HashMap<>());

    private void stored(String file, long bytes) {
        AllocationSpec spec = new AllocationSpec(
                new FileVersion("acme", file, ""),
                USER,
                new Category("image"),
                OptionalLong.of(bytes),
                Replacement.NONE,
                Map.of(),
                null,
                null,
                null);
        ReserveResult.Granted granted = (ReserveResult.Granted) store.reserve(new ReserveCommand(
                spec, Duration.ofMinutes(1), CounterLimit.unlimitedLineage(USER, new Category("image"))));
        store.commit(granted.allocation(), bytes);
    }

    private void recount() {
        RepairStore repairs = store.repairs().orElseThrow();
        RepairLease lease =
                repairs.lease("acme", Duration.ofMinutes(1), Duration.ZERO).orElseThrow();
        assertThat(repairs.recount(lease, CAUSE)).isNotEmpty();
        assertThat(repairs.recount(lease, CAUSE)).isEmpty();
    }

    @Test
    void shouldSetACounterRightAndEnterIt() {
        stored("photo", 438_407);
        store.stateOf("acme").books.counters.move(USER, null, new Usage(-438_407, 3, -1, 1), clock.instant());
        assertThat(Verifier.of(store).verify("acme"))
                .extracting(Violation::rule)
                .contains(
                        Violation.Rule.USED_IS_SUM_OF_LIVES,
                        Violation.Rule.USED_IS_SUM_OF_ENTRIES,
                        Violation.Rule.RESERVED_IS_SUM_OF_LIVES,
                        Violation.Rule.TOTAL_COVERS_CATEGORIES);

        recount();

        assertThat(store.usage(USER).total()).isEqualTo(new Usage(438_407, 0, 1, 0));
        assertThat(store.entries("acme", 0, 10).items()).last().satisfies(entry -> {
            assertThat(entry.kind()).isEqualTo(EntryKind.ADJUST);
            assertThat(entry.id()).isNull();
            assertThat(entry.bytes()).isZero();
            assertThat(entry.reason())
                    .isEqualTo(
                            "counter 0 bytes, 0 files, reserved 3, 1 -> 438407 bytes, 1 files, reserved 0, 0: incident 7");
        });
        assertThat(Verifier.of(store).verify("acme")).isEmpty();
        Conservation.assertHolds(store, "acme");
    }

    @Test
    void shouldEnterWhatTheLedgerLacks() {
        stored("photo", 10);
        stored("song", 20);
        store.stateOf("acme").books.ledger.entries.remove(1);

        recount();

        assertThat(Verifier.of(store).verify("acme")).isEmpty();
        assertThat(store.entries("acme", 0, 10).items())
                .extracting(Entry::bytes)
                .containsExactly(10L, 20L);
    }
}
