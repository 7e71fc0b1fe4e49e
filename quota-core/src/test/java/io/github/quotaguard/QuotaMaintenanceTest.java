package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.contract.SettableClock;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.SweepResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuotaMaintenanceTest {

    private final SettableClock clock = new SettableClock();
    private final InMemoryUsageStore store = new InMemoryUsageStore(clock);
    private final QuotaPolicy policy = QuotaPolicy.fixed(QuotaLimits.ofBytes(100));
    private final UploadGuard guard =
            UploadGuard.builder(store).policy(policy).clock(clock).build();

    @Test
    void shouldDoAllThatIsDueAndSayWhatItDid() {
        List<WarningEvent> told = new ArrayList<>();
        QuotaMaintenance maintenance = QuotaMaintenance.builder(store)
                .warnings(WarningMonitor.builder(store)
                        .policy(policy)
                        .listener(told::add)
                        .build())
                .rollUpAfter(Duration.ofDays(30))
                .build();
        guard.reserve(Upload.of("a", "photo", 90)).commit();
        guard.reserve(Upload.of("b", "held", 10));
        assertThat(maintenance.maintain().warnings()).isEqualTo(1);
        clock.advance(Duration.ofDays(40));

        MaintenanceResult result = maintenance.maintain();

        assertThat(result.swept().expired()).isEqualTo(1);
        assertThat(result.rolledUp()).isEqualTo(1);
        assertThat(told).hasSize(1);
        assertThat(store.entries("a", 0, 10).items()).extracting("kind").containsExactly(EntryKind.ROLLUP);
        assertThat(store.usage(AccountId.of("a")).total().usedBytes()).isEqualTo(90);
        clock.advance(Duration.ofDays(10));
        assertThat(maintenance.maintain().swept().pruned()).isEqualTo(1);
        assertThat(maintenance.maintain()).isEqualTo(new MaintenanceResult(new SweepResult(0, 0, 0), 0, 0));
    }

    @Test
    void shouldForgetATenantThatHasLeft() {
        guard.reserve(Upload.of("a/b", "photo", 90)).commit();
        guard.reserve(Upload.of("c", "photo", 90)).commit();

        assertThat(QuotaMaintenance.builder(store).build().purge("a")).isPositive();

        assertThat(store.usage(AccountId.of("a")).total().usedBytes()).isZero();
        assertThat(store.usage(AccountId.of("c")).total().usedBytes()).isEqualTo(90);
    }

    @Test
    void shouldNotRollUpWhatMayStillBeAskedFor() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QuotaMaintenance.builder(store).rollUpAfter(Duration.ofDays(8)))
                .withMessageContaining("allowed are 9 days");
    }
}
