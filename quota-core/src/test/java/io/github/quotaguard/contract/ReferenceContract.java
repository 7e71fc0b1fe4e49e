package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AccountUsage;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.ReserveResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** A long random walk, alone, step by step beside the store in memory: every answer has to be the same. */
interface ReferenceContract extends StoreFixture {

    int SLOTS = 10;

    @Test
    @Checks(
            byChance = {
                Rule.LIMITS,
                Rule.LIMITS_COUNT_WHAT_IS_HELD,
                Rule.SAME_CALL_SAME_RESERVATION,
                Rule.COMMIT_ASKS_FOR_THE_STATE,
                Rule.RELEASE_ONCE,
                Rule.ONE_LIFE,
                Rule.STORES_CLOCK,
                Rule.CATEGORIES,
                Rule.LEDGER,
                Rule.TENANTS_APART
            })
    default void shouldAnswerLikeTheReference(TestReporter reporter) {
        long seed = RandomUploads.seed();
        reporter.publishEntry("quotaguard.contract.seed", Long.toString(seed));
        for (int walk = 0; walk < 3; walk++) {
            walk(new Random(seed + walk), "walk %d with -Dquotaguard.contract.seed=%d".formatted(walk, seed));
        }
    }

    private void walk(Random random, String walk) {
        ContractTenant tenant = ContractTenant.of(this);
        SettableClock time = new SettableClock();
        ContractTenant reference = new ContractTenant(new InMemoryUsageStore(time), time, tenant.name);
        RandomUploads.limit(tenant);
        RandomUploads.limit(reference);
        @Nullable Allocation[] handles = new Allocation[SLOTS];
        @Nullable Allocation[] expected = new Allocation[SLOTS];
        for (int step = 0; step < rounds() * 5; step++) {
            long seed = random.nextLong();
            String answer = step(tenant, handles, new Random(seed));
            String right = step(reference, expected, new Random(seed));
            assertThat(answer).as("step %d of %s", step, walk).isEqualTo(right);
            assertThat(usage(tenant))
                    .as("usage after step %d of %s: %s", step, walk, right)
                    .isEqualTo(usage(reference));
        }
        assertThat(records(tenant)).as("records after %s", walk).isEqualTo(records(reference));
        tenant.assertConserved();
    }

    private static String step(ContractTenant tenant, @Nullable Allocation[] handles, Random random) {
        int slot = random.nextInt(handles.length);
        Allocation handle = handles[slot];
        int action = random.nextInt(32);
        if (handle == null || action < 12) {
            ContractUpload upload = RandomUploads.next(tenant, random);
            ReserveResult result = upload.reserve();
            if (result instanceof ReserveResult.Granted granted) {
                handles[slot] = granted.allocation();
            }
            return "reserve " + upload.spec().id() + ": " + describe(result);
        }
        long bytes = random.nextInt(250);
        return switch (action) {
            case 12, 13, 14, 15, 16, 17 ->
                "commit %d: %s".formatted(bytes, describe(tenant.store.commit(handle, bytes)));
            case 18, 19 -> "release: " + tenant.store.release(handle);
            case 20, 21 -> "abandon: " + tenant.store.abandon(handle);
            case 22, 23, 24, 25 -> "extend %d: %s".formatted(bytes, describe(tenant.extend(handle, bytes)));
            case 26 -> {
                tenant.clock.advance(Duration.ofMinutes(7));
                tenant.sweep();
                yield "sweep";
            }
            case 27, 28 ->
                "delete file: "
                        + describe(tenant.store.delete(
                                new DeleteCommand(handle.account(), RandomUploads.file(random), null)));
            default ->
                "delete version: "
                        + describe(tenant.store.delete(new DeleteCommand(
                                handle.account(), handle.id().file(), RandomUploads.version(random))));
        };
    }

    private static String usage(ContractTenant tenant) {
        StringBuilder text = new StringBuilder();
        for (AccountId account : List.of(tenant.root, tenant.account("a"), tenant.account("b"))) {
            AccountUsage usage = tenant.store.usage(account);
            text.append(usage.total()).append(usage.of(new Category("image"))).append('\n');
        }
        return text.toString();
    }

    private static List<String> records(ContractTenant tenant) {
        List<String> records = new ArrayList<>(texts(tenant.snapshot().allocations(), ReferenceContract::describe));
        records.addAll(texts(
                tenant.entries(),
                entry -> "%s %s %d %s".formatted(entry.kind(), entry.id(), entry.bytes(), entry.reason())));
        return records;
    }

    private static <T> List<String> texts(Collection<T> items, Function<T, String> text) {
        return items.stream().map(text).sorted().toList();
    }

    private static String describe(Allocation life) {
        return "%s %s bytes=%d attempt=%d".formatted(life.id(), life.state(), life.bytes(), life.attempt());
    }

    private static String describe(DeleteResult result) {
        return "%s %s"
                .formatted(
                        texts(result.deleted(), ReferenceContract::describe),
                        texts(result.reserved(), ReferenceContract::describe));
    }

    private static String describe(ReserveResult result) {
        if (result instanceof ReserveResult.Granted granted) {
            return "granted " + describe(granted.allocation());
        }
        if (result instanceof ReserveResult.AlreadyStored stored) {
            return "already stored " + describe(stored.allocation());
        }
        if (result instanceof ReserveResult.Refused refused) {
            return "refused " + texts(refused.exceeded(), Object::toString);
        }
        return result.getClass().getSimpleName();
    }

    private static String describe(ExtendResult result) {
        if (result instanceof ExtendResult.Extended extended) {
            return "extended " + describe(extended.allocation());
        }
        if (result instanceof ExtendResult.Refused refused) {
            return "refused " + texts(refused.exceeded(), Object::toString);
        }
        if (result instanceof ExtendResult.Ended ended) {
            return "ended " + ended.allocation().state();
        }
        return result.getClass().getSimpleName();
    }

    private static String describe(CommitResult result) {
        if (result instanceof CommitResult.Committed committed) {
            return "committed " + describe(committed.allocation());
        }
        if (result instanceof CommitResult.NotCovered notCovered) {
            return "not covered " + notCovered.heldBytes() + " " + describe(notCovered.allocation());
        }
        if (result instanceof CommitResult.Conflict conflict) {
            return "conflict " + describe(conflict.allocation());
        }
        if (result instanceof CommitResult.Ended ended) {
            return "ended " + ended.allocation().state();
        }
        return result.getClass().getSimpleName();
    }
}
