package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Random calls from many threads. */
interface StormContract extends StoreFixture {

    int STORM_THREADS = 8;
    int STORM_PHASES = 4;

    @Test
    @Checks(
            byChance = {
                Rule.LIMITS,
                Rule.LIMITS_COUNT_WHAT_IS_HELD,
                Rule.SAME_CALL_SAME_RESERVATION,
                Rule.COMMIT_ASKS_FOR_THE_STATE,
                Rule.RELEASE_ONCE,
                Rule.LEDGER,
                Rule.ATOMIC
            })
    default void shouldKeepItsBooksInAStorm(TestReporter reporter) {
        long seed = RandomUploads.seed();
        reporter.publishEntry("quotaguard.contract.seed", Long.toString(seed));
        try {
            storm(seed);
        } catch (AssertionError e) {
            throw new AssertionError("storm with -Dquotaguard.contract.seed=" + seed + ": " + e.getMessage(), e);
        }
    }

    private void storm(long seed) {
        ContractTenant tenant = ContractTenant.of(this);
        RandomUploads.limit(tenant);
        AtomicReferenceArray<Allocation> handles = new AtomicReferenceArray<>(24);
        try (Race race = new Race(STORM_THREADS)) {
            for (int phase = 0; phase < STORM_PHASES; phase++) {
                long phaseSeed = seed + phase * 1_000L;
                race.run(thread -> {
                    Random random = new Random(phaseSeed + thread);
                    for (int i = 0; i < rounds(); i++) {
                        stepOrLose(tenant, handles, random);
                    }
                    return thread;
                });
                tenant.assertConserved();
                clock().advance(phase % 2 == 0 ? Duration.ofMinutes(10) : ContractTenant.PAST_TTL);
            }
        }
        for (Allocation allocation : tenant.snapshot().allocations()) {
            store().release(allocation);
            store().delete(new DeleteCommand(
                    allocation.account(), allocation.id().file(), null));
        }
        assertThat(tenant.usage(tenant.root)).isEqualTo(Usage.NONE);
        tenant.assertConserved();
    }

    private void stepOrLose(ContractTenant tenant, AtomicReferenceArray<Allocation> handles, Random random) {
        try {
            step(tenant, handles, random);
        } catch (UsageStoreException e) {
            if (!e.isRetryable()) {
                throw e;
            }
        }
    }

    private void step(ContractTenant tenant, AtomicReferenceArray<Allocation> handles, Random random) {
        int slot = random.nextInt(handles.length());
        int action = random.nextInt(16);
        Allocation handle = handles.get(slot);
        if (handle == null || action < 5) {
            ReserveResult result = RandomUploads.next(tenant, random).reserve();
            if (result instanceof ReserveResult.Granted granted) {
                handles.set(slot, granted.allocation());
            } else if (result instanceof ReserveResult.Refused refused) {
                assertThat(refused.exceeded()).isNotEmpty().allMatch(check -> check.isExceeded());
            }
            assertWithinLimits(tenant);
            return;
        }
        switch (action) {
            case 5, 6, 7, 8 ->
                assertThat(store().commit(handle, random.nextLong(handle.bytes() + 1)))
                        .isNotInstanceOf(CommitResult.Unknown.class);
            case 9 -> store().release(handle);
            case 10 -> store().abandon(handle);
            case 11 -> tenant.extend(handle, random.nextInt(250));
            case 12 -> store().sweep();
            case 13 -> store().delete(new DeleteCommand(handle.account(), RandomUploads.file(random), null));
            default ->
                store().delete(new DeleteCommand(handle.account(), handle.id().file(), RandomUploads.version(random)));
        }
    }

    private static void assertWithinLimits(ContractTenant tenant) {
        Usage usage = tenant.usage(tenant.root);
        assertThat(usage.usedBytes()).isNotNegative();
        assertThat(usage.reservedBytes()).isNotNegative();
        assertThat(usage.usedBytes() + usage.reservedBytes()).isLessThanOrEqualTo(RandomUploads.ROOT_BYTES);
    }
}
