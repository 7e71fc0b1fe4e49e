package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.Usage;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Many threads at once on one tenant. */
interface RaceContract extends StoreFixture {

    @Test
    @Checks(
            value = {Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.TENANTS_APART},
            byChance = Rule.ATOMIC)
    default void shouldGiveTheLastByteToOneOfMany() {
        try (Race race = new Race(threads())) {
            for (int round = 0; round < rounds(); round++) {
                ContractTenant tenant = ContractTenant.of(this);
                tenant.limits.bytes(tenant.root, 1_000);
                tenant.upload("stored", 600).stored();
                tenant.upload("reserved", 399).granted();

                List<ReserveResult> results = race.run(thread -> tenant.upload("next-" + thread, 1)
                        .by(tenant.account("user-" + thread % 4))
                        .reserve());

                assertOneWinner(results);
                assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(600, 400, 1, 2));
                tenant.assertConserved();
            }
        }
    }

    @Test
    @Checks(
            value = {Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.TENANTS_APART},
            byChance = Rule.ATOMIC)
    default void shouldGiveTheLastFileToOneOfMany() {
        try (Race race = new Race(threads())) {
            for (int round = 0; round < rounds() / 4 + 1; round++) {
                ContractTenant tenant = ContractTenant.of(this);
                tenant.limits.files(tenant.user, 2);
                tenant.upload("stored", 600).stored();

                List<ReserveResult> results = race.run(
                        thread -> tenant.upload("next-" + thread, thread).reserve());

                assertOneWinner(results);
                assertThat(tenant.usage(tenant.root).reservedFiles()).isEqualTo(1);
                tenant.assertConserved();
            }
        }
    }

    @Test
    @Checks(
            value = {Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.TENANTS_APART},
            byChance = Rule.ATOMIC)
    default void shouldExtendOneOfManyIntoTheLastByte() {
        try (Race race = new Race(threads())) {
            for (int round = 0; round < rounds() / 4 + 1; round++) {
                ContractTenant tenant = ContractTenant.of(this);
                tenant.limits.bytes(tenant.root, threads() * 10L + 1);
                List<Allocation> growing =
                        race.run(thread -> tenant.upload("f" + thread, 10).granted());

                List<ExtendResult> results = race.run(thread -> tenant.extend(growing.get(thread), 11));

                assertThat(results)
                        .filteredOn(ExtendResult.Extended.class::isInstance)
                        .hasSize(1);
                assertThat(results)
                        .filteredOn(ExtendResult.Refused.class::isInstance)
                        .hasSize(threads() - 1);
                assertThat(tenant.usage(tenant.root).reservedBytes()).isEqualTo(threads() * 10L + 1);
                tenant.assertConserved();
            }
        }
    }

    @Test
    @Checks(
            value = Rule.LEDGER,
            byChance = {Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.ATOMIC})
    default void shouldNeverGrantMoreThanTheLimitAtOnce() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.limits.bytes(tenant.root, 1);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.min(25L * rounds(), 500));
        AtomicInteger inside = new AtomicInteger();
        try (Race race = new Race(4)) {
            List<Integer> most = race.run(thread -> {
                Random random = new Random(thread);
                int seen = 0;
                for (int i = 0; i == 0 || System.nanoTime() < end; i++) {
                    ReserveResult result = tenant.upload("f" + thread, 1).reserve();
                    if (result instanceof ReserveResult.Granted granted) {
                        seen = Math.max(seen, inside.incrementAndGet());
                        for (int spins = random.nextInt(500); spins > 0; spins--) {
                            Thread.onSpinWait();
                        }
                        inside.decrementAndGet();
                        store().release(granted.allocation());
                    }
                }
                return seen;
            });

            assertThat(most)
                    .as("reservations of the only byte that a thread saw at once")
                    .allMatch(seen -> seen <= 1)
                    .contains(1);
        }
        assertThat(tenant.usage(tenant.root)).isEqualTo(Usage.NONE);
        tenant.assertConserved();
    }

    private void assertOneWinner(List<ReserveResult> results) {
        assertThat(results).filteredOn(ReserveResult.Granted.class::isInstance).hasSize(1);
        assertThat(results).filteredOn(ReserveResult.Refused.class::isInstance).hasSize(threads() - 1);
    }

    @Test
    @Checks(
            value = {Rule.SAME_CALL_SAME_RESERVATION, Rule.TENANTS_APART},
            byChance = Rule.ATOMIC)
    default void shouldReserveOnceForManyIdenticalCalls() {
        try (Race race = new Race(threads())) {
            for (int round = 0; round < rounds() / 4 + 1; round++) {
                ContractTenant tenant = ContractTenant.of(this);
                tenant.limits.bytes(tenant.root, 100).files(tenant.root, 1);

                List<Allocation> granted = race.run(thread -> ContractTenant.as(
                                ReserveResult.Granted.class,
                                tenant.upload("photo", 100).reservePatiently())
                        .allocation());

                assertThat(granted)
                        .extracting(Allocation::generation)
                        .containsOnly(granted.get(0).generation());
                assertThat(granted).extracting(Allocation::attempt).doesNotHaveDuplicates();
                assertThat(tenant.now(granted.get(0)).attempt()).isEqualTo(threads());
                assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(0, 100, 0, 1));
                tenant.assertConserved();
            }
        }
    }

    @Test
    @Checks(value = Rule.TENANTS_APART, byChance = Rule.ATOMIC)
    default void shouldCommitAndDeleteOnceForManyIdenticalCalls() {
        try (Race race = new Race(threads())) {
            for (int round = 0; round < rounds() / 4 + 1; round++) {
                ContractTenant tenant = ContractTenant.of(this);
                Allocation granted = tenant.upload("photo", 100).granted();

                race.run(thread -> tenant.committed(granted, 70));
                assertThat(tenant.usage()).isEqualTo(new Usage(70, 0, 1, 0));

                List<DeleteResult> deletions = race.run(thread -> tenant.delete("photo"));
                assertThat(deletions.stream()
                                .mapToInt(it -> it.deleted().size())
                                .sum())
                        .isEqualTo(1);
                assertThat(tenant.entries())
                        .extracting(it -> it.kind())
                        .containsExactly(EntryKind.COMMIT, EntryKind.DELETE);
                tenant.assertConserved();
            }
        }
    }

    @Test
    @Checks(value = Rule.LEDGER, byChance = Rule.ATOMIC)
    default void shouldNeverRefuseWhatFits() {
        try (Race race = new Race(threads())) {
            ContractTenant tenant = ContractTenant.of(this);
            tenant.limits.bytes(tenant.root, threads() * 7L).files(tenant.root, threads());

            race.run(thread -> {
                AccountId account = tenant.account("user-" + thread % 3);
                for (int i = 0; i < rounds() / 2 + 1; i++) {
                    ContractUpload upload =
                            tenant.upload("f" + thread, 7).by(account).category("image");
                    ReserveResult result = upload.reservePatiently();
                    Allocation granted = ContractTenant.as(ReserveResult.Granted.class, result)
                            .allocation();
                    if (i % 2 == 0) {
                        store().release(granted);
                    } else {
                        tenant.committed(granted, 7);
                        store().delete(new DeleteCommand(account, "f" + thread, null));
                    }
                }
                return account;
            });

            assertThat(tenant.usage(tenant.root)).isEqualTo(Usage.NONE);
            tenant.assertConserved();
        }
    }

    @Test
    @Checks(value = Rule.TENANTS_APART, byChance = Rule.ATOMIC)
    default void shouldChargeExactlyWhatStandsAfterARaceOfOverwrites() {
        try (Race race = new Race(threads())) {
            for (int round = 0; round < rounds() / 2 + 1; round++) {
                ContractTenant tenant = ContractTenant.of(this);
                tenant.upload("photo", 50).version("v").stored();

                List<Allocation> stored = race.run(thread -> overwrite(tenant, thread));

                assertThat(stored).hasSize(threads());
                List<Allocation> standing = store().versions(tenant.name, "photo");
                assertThat(standing)
                        .isNotEmpty()
                        .allSatisfy(it -> assertThat(it.state()).isEqualTo(AllocationState.COMMITTED));
                assertThat(tenant.usage(tenant.root))
                        .isEqualTo(new Usage(
                                standing.stream().mapToLong(Allocation::bytes).sum(), 0, 1, 0));
                tenant.assertConserved();

                tenant.upload("photo", 1).version("last").overwriting().stored();
                assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(1, 0, 1, 0));
                tenant.assertConserved();
            }
        }
    }

    private static Allocation overwrite(ContractTenant tenant, int thread) {
        long bytes = 40L + thread;
        Allocation granted = ContractTenant.as(
                        ReserveResult.Granted.class,
                        tenant.upload("photo", bytes)
                                .version("v" + thread)
                                .overwriting()
                                .reservePatiently())
                .allocation();
        for (int i = 0; i < 1_000; i++) {
            CommitResult result = Race.retry(() -> tenant.store.commit(granted, bytes));
            if (result instanceof CommitResult.Committed committed) {
                return committed.allocation();
            }
            assertThat(result).isInstanceOf(CommitResult.NotCovered.class);
            assertThat(Race.<ExtendResult>retry(() -> tenant.extend(granted, bytes)))
                    .isInstanceOfAny(ExtendResult.Extended.class, ExtendResult.Busy.class);
        }
        throw new AssertionError("not covered for 1,000 times");
    }
}
