package io.github.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.quotaguard.contract.Capability;
import io.github.quotaguard.contract.Conservation;
import io.github.quotaguard.contract.ContractClock;
import io.github.quotaguard.contract.SettableClock;
import io.github.quotaguard.contract.UsageStoreContract;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.ExtendCommand;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Replacement;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.SweepResult;
import io.github.quotaguard.store.UsageStore;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The contract with races as long as memory allows, and what is particular to this store. */
class InMemoryUsageStoreTest implements UsageStoreContract {

    private static final Duration TTL = Duration.ofMinutes(15);

    private final SettableClock clock = new SettableClock();
    private final InMemoryUsageStore store = new InMemoryUsageStore(clock);

    @Override
    public UsageStore store() {
        return store;
    }

    @Override
    public ContractClock clock() {
        return clock;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(
                Capability.LEDGER,
                Capability.WARNINGS,
                Capability.REPAIR,
                Capability.TEMPORARY_FILES,
                Capability.BACKLOG);
    }

    @Override
    public int rounds() {
        return Integer.getInteger("quotaguard.rounds", 500);
    }

    @Override
    public int threads() {
        return Integer.getInteger("quotaguard.threads", 64);
    }

    private static AllocationSpec spec(String tenant, String file) {
        return new AllocationSpec(
                new FileVersion(tenant, file, FileVersion.NO_VERSION),
                new AccountId(tenant),
                null,
                OptionalLong.of(100),
                Replacement.NONE,
                Map.of(),
                null,
                null,
                null);
    }

    private ReserveResult reserve(String tenant, String file, long maxBytes) {
        return store.reserve(new ReserveCommand(
                spec(tenant, file),
                TTL,
                List.of(new CounterLimit(
                        new AccountId(tenant), null, maxBytes, CounterLimit.UNLIMITED, CounterLimit.UNLIMITED))));
    }

    private Allocation granted(String tenant, String file) {
        return ((ReserveResult.Granted) reserve(tenant, file, CounterLimit.UNLIMITED)).allocation();
    }

    @Test
    void shouldKeepNothingOfATenantThatWasNeverCharged() {
        Instant now = clock.instant();
        Allocation unknown =
                new Allocation(spec("stranger", "photo"), AllocationState.RESERVED, 1, 1, 100, now, now.plus(TTL), now);

        store.usage(new AccountId("stranger"));
        store.find(unknown.id());
        store.versions("stranger", "photo");
        store.allocations("stranger", null, 1);
        store.entries("stranger", 0, 1);
        assertThat(store.commit(unknown, 100)).isInstanceOf(CommitResult.Unknown.class);
        store.release(unknown);
        store.abandon(unknown);
        store.delete(new DeleteCommand(new AccountId("stranger"), "photo", null));
        assertThat(reserve("stranger", "photo", 99)).isInstanceOf(ReserveResult.Refused.class);
        store.sweep();

        assertThat(store.tenants()).isEmpty();
    }

    @Test
    void shouldKeepATenantFromItsFirstChargeOn() {
        Allocation granted = granted("acme", "photo");
        store.release(granted);

        assertThat(store.tenants()).containsExactly("acme");
    }

    @Test
    void shouldListAccountsInTheOrderOfTheirTenants() {
        for (String tenant : List.of("b", "a", "C", "a-b")) {
            granted(tenant, "photo");
        }

        assertThat(store.accounts(null, 10).items()).extracting(AccountId::path).containsExactly("C", "a", "a-b", "b");
        assertThat(store.accounts(new AccountId("a"), 1).items())
                .extracting(AccountId::path)
                .containsExactly("a-b");
    }

    @Test
    void shouldNotLetOneTenantWaitForAnother() throws InterruptedException {
        granted("busy", "photo");
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        AtomicBoolean waited = new AtomicBoolean();
        Thread holder = new Thread(() -> store.update("busy", state -> {
            locked.countDown();
            waited.set(await(done));
            return state;
        }));
        holder.start();
        assertThat(await(locked)).isTrue();

        store.commit(granted("idle", "photo"), 100);

        done.countDown();
        holder.join();
        assertThat(waited).isTrue();
        Conservation.assertHolds(store, "idle");
    }

    @Test
    void shouldNotLetTheFirstUploadOfOneTenantWaitForThatOfAnother() throws InterruptedException {
        assertThat("Aa").as("in one bin of a map").hasSameHashCodeAs("BB");
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        AtomicBoolean waited = new AtomicBoolean();
        Thread first = new Thread(() -> store.update("Aa", state -> {
            running.countDown();
            waited.set(await(done));
            return state;
        }));
        first.start();
        assertThat(await(running)).isTrue();

        store.commit(granted("BB", "photo"), 100);

        done.countDown();
        first.join();
        assertThat(waited).isTrue();
    }

    @Test
    void shouldKeepAChargeThatWaitedForAStepThatChargedNothing() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Thread idle = new Thread(() -> store.update("acme", state -> {
            running.countDown();
            return await(done);
        }));
        Thread charging = new Thread(() -> granted("acme", "photo"));
        idle.start();
        assertThat(await(running)).isTrue();
        charging.start();
        Awaitility.await().until(() -> charging.getState() == Thread.State.WAITING);

        done.countDown();
        idle.join();
        charging.join();

        assertThat(store.usage(new AccountId("acme")).total().reservedBytes()).isEqualTo(100);
        assertThat(store.tenants()).containsExactly("acme");
    }

    @Test
    void shouldKeepNothingOfATenantWhoseFirstStepFailed() {
        assertThatIllegalStateException()
                .isThrownBy(() -> store.update("stranger", state -> {
                    throw new IllegalStateException();
                }));

        assertThat(store.tenants()).isEmpty();
    }

    /** What a step has changed could not be undone if it threw later. */
    @Test
    void shouldTakeEachOfABatchInAStepOfItsOwn() {
        AccountId acme = new AccountId("acme");
        List<CounterLimit> limits = List.of(CounterLimit.unlimited(acme, null));
        AtomicLong seenBetween = new AtomicLong();
        List<ReserveCommand> batch = new AbstractList<>() {
            @Override
            public ReserveCommand get(int index) {
                if (index == 1) {
                    seenBetween.set(CompletableFuture.supplyAsync(() -> store.usage(acme))
                            .orTimeout(10, TimeUnit.SECONDS)
                            .join()
                            .total()
                            .reservedBytes());
                }
                return new ReserveCommand(spec("acme", "photo-" + index), TTL, limits);
            }

            @Override
            public int size() {
                return 2;
            }
        };

        assertThat(store.reserveAll(batch)).hasSize(2);

        assertThat(seenBetween).hasValue(100);
    }

    @Test
    void shouldTellTimesInTheOrderOfTheCommands() throws InterruptedException {
        AtomicLong ticks = new AtomicLong();
        InMemoryUsageStore ticking = new InMemoryUsageStore(() -> Instant.ofEpochSecond(ticks.incrementAndGet()));
        List<CounterLimit> limits = List.of(CounterLimit.unlimited(new AccountId("acme"), null));
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            String prefix = i + "-";
            threads[i] = new Thread(() -> {
                for (int n = 0; n < 1_000; n++) {
                    ReserveResult result = ticking.reserve(new ReserveCommand(spec("acme", prefix + n), TTL, limits));
                    ticking.release(((ReserveResult.Granted) result).allocation());
                }
            });
        }
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(ticking.entries("acme", 0, 8_000).items())
                .hasSize(8_000)
                .isSortedAccordingTo(Comparator.comparing(Entry::recordedAt));
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void shouldExpireAtTheDeadlineAndNotBefore() {
        Allocation granted = granted("acme", "photo");
        clock.advance(TTL.minusNanos(1));
        assertThat(store.sweep()).isEqualTo(new SweepResult(0, 0, 0));

        clock.advance(Duration.ofNanos(1));

        assertThat(store.sweep()).isEqualTo(new SweepResult(1, 0, 0));
        assertThat(store.sweep().isIdle()).isTrue();
        assertThat(store.find(granted.id()))
                .hasValueSatisfying(life -> assertThat(life.since()).isEqualTo(granted.deadline()));
    }

    @Test
    void shouldExpireAtADeadlineThatWasMovedBack() {
        Allocation granted = granted("acme", "photo");
        List<CounterLimit> limits = List.of(CounterLimit.unlimited(granted.account(), null));
        store.extendTo(new ExtendCommand(granted, 100, 0, Duration.ofMinutes(1), limits));

        clock.advance(Duration.ofMinutes(1));

        assertThat(store.sweep()).isEqualTo(new SweepResult(1, 0, 0));
        clock.advance(TTL);
        assertThat(store.sweep().isIdle()).isTrue();
    }

    @Test
    void shouldForgetADayAfterTheRetentionAndNotBefore() {
        Allocation granted = granted("acme", "photo");
        store.release(granted);
        clock.advance(UsageStore.RETENTION.plusDays(1).minusNanos(1));
        assertThat(store.sweep()).isEqualTo(new SweepResult(0, 0, 0));

        clock.advance(Duration.ofNanos(1));

        assertThat(store.sweep()).isEqualTo(new SweepResult(0, 0, 1));
        assertThat(store.find(granted.id())).isEmpty();
    }

    @Test
    void shouldSweepInBatchesOverAllTenants() {
        for (int i = 0; i < 1_250; i++) {
            granted("a", "f" + i);
            granted("b", "f" + i);
        }
        clock.advance(TTL);

        assertThat(store.sweep()).isEqualTo(new SweepResult(1_000, 0, 0));
        assertThat(store.sweep()).isEqualTo(new SweepResult(1_000, 0, 0));
        assertThat(store.sweep()).isEqualTo(new SweepResult(500, 0, 0));
        assertThat(store.sweep().isIdle()).isTrue();
        Conservation.assertHolds(store, "a");
        Conservation.assertHolds(store, "b");
    }

    @Test
    void shouldForgetInBatchesOverAllTenants() {
        for (int i = 0; i < 600; i++) {
            store.release(granted("a", "f" + i));
            store.release(granted("b", "f" + i));
            store.release(granted("c", "f" + i));
        }
        clock.advance(UsageStore.RETENTION.plusDays(1));

        assertThat(store.sweep()).isEqualTo(new SweepResult(0, 0, 1_000));
        assertThat(store.sweep()).isEqualTo(new SweepResult(0, 0, 800));
        assertThat(store.sweep().isIdle()).isTrue();
    }

    @Test
    void shouldTakeTheSystemsClockUnlessToldOtherwise() {
        Instant before = Instant.now();
        InMemoryUsageStore onSystemClock = new InMemoryUsageStore();

        ReserveResult result = onSystemClock.reserve(new ReserveCommand(
                spec("acme", "photo"), TTL, List.of(CounterLimit.unlimited(new AccountId("acme"), null))));

        assertThat(((ReserveResult.Granted) result).allocation().bornAt()).isBetween(before, Instant.now());
    }
}
