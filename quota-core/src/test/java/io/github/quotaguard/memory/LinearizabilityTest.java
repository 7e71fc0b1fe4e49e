package io.github.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Replacement;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.TenantState;
import io.github.quotaguard.store.TenantStateStore;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Every answer that threads get together from a tenant with little room is one that they could get in some order, one
 * after the other; Lincheck looks for a run in which it is not.
 */
class LinearizabilityTest {

    private static final long LIMIT = 10;

    @Test
    void shouldAnswerAsIfOneByOneUnderStress() {
        stress(5).check(Calls.class);
    }

    @Test
    void shouldAnswerAsIfOneByOneWhereverThreadsAreSwitched() {
        schedules().check(Calls.class);
    }

    @Test
    void shouldSeeAReserveThatChecksFirstAndActsLater() {
        assertThatThrownBy(() -> schedules().check(CheckThenAct.class)).isInstanceOf(LincheckAssertionError.class);
    }

    @Test
    void shouldSeeUnderStressAStoreThatNobodyLocks() {
        assertThatThrownBy(() -> stress(200).check(Unlocked.class)).isInstanceOf(LincheckAssertionError.class);
    }

    private static StressOptions stress(int scenarios) {
        return small(new StressOptions(), scenarios, 300);
    }

    /** A step on a tenant's state is taken whole: what is tried are the schedules around it, of maps and locks. */
    private static ModelCheckingOptions schedules() {
        return small(new ModelCheckingOptions(), 6, 40)
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(TenantState.class.getName())
                        .allMethods()
                        .treatAsAtomic());
    }

    private static <T extends Options<T, ?>> T small(T options, int scenarios, int runs) {
        return options.iterations(scenarios)
                .invocationsPerIteration(runs)
                .minimizeFailedScenario(false)
                .threads(2)
                .actorsBefore(0)
                .actorsPerThread(2)
                .actorsAfter(0);
    }

    /** Of three files of 6, 6 and 4 bytes, two fit at most. */
    @Param(name = "file", gen = IntGen.class, conf = "0:2")
    public static class Calls {

        private static final AccountId ACCOUNT = new AccountId("t");
        private static final List<Integer> FILES = List.of(0, 1, 2);
        private static final List<FileVersion> IDS =
                FILES.stream().map(Calls::id).toList();
        private static final List<DeleteCommand> DELETES = FILES.stream()
                .map(file -> new DeleteCommand(ACCOUNT, id(file).file(), null))
                .toList();
        static final List<ReserveCommand> TIGHT =
                FILES.stream().map(file -> command(file, LIMIT)).toList();
        static final List<ReserveCommand> WIDE = FILES.stream()
                .map(file -> command(file, CounterLimit.UNLIMITED))
                .toList();

        final UsageStore store;

        public Calls() {
            this(new InMemoryUsageStore(() -> Instant.EPOCH));
        }

        Calls(UsageStore store) {
            this.store = store;
        }

        @Operation
        public String reserve(@Param(name = "file") int file) {
            return name(store.reserve(TIGHT.get(file)));
        }

        @Operation
        public String commit(@Param(name = "file") int file) {
            Allocation life = store.find(IDS.get(file)).orElse(null);
            return life == null ? "" : name(store.commit(life, bytes(file)));
        }

        @Operation
        public String release(@Param(name = "file") int file) {
            Allocation life = store.find(IDS.get(file)).orElse(null);
            return life == null ? "" : store.release(life).name();
        }

        @Operation
        public long delete(@Param(name = "file") int file) {
            return store.delete(DELETES.get(file)).freedBytes();
        }

        @Operation
        public List<Long> usage() {
            Usage usage = store.usage(ACCOUNT).total();
            return List.of(usage.usedBytes(), usage.reservedBytes(), usage.usedFiles(), usage.reservedFiles());
        }

        static String name(Object result) {
            return result.getClass().getName();
        }

        static ReserveCommand command(int file, long maxBytes) {
            AllocationSpec spec = new AllocationSpec(
                    id(file),
                    ACCOUNT,
                    null,
                    OptionalLong.of(bytes(file)),
                    Replacement.NONE,
                    Map.of(),
                    null,
                    null,
                    null);
            CounterLimit limit =
                    new CounterLimit(ACCOUNT, null, maxBytes, CounterLimit.UNLIMITED, CounterLimit.UNLIMITED);
            return new ReserveCommand(spec, Duration.ofMinutes(15), List.of(limit));
        }

        static FileVersion id(int file) {
            return new FileVersion(ACCOUNT.tenant(), "f" + file, FileVersion.NO_VERSION);
        }

        static long bytes(int file) {
            return file == 2 ? 4 : 6;
        }
    }

    /** What home-made quotas do. */
    @Param(name = "file", gen = IntGen.class, conf = "0:2")
    public static class CheckThenAct {

        private final UsageStore store = new InMemoryUsageStore(() -> Instant.EPOCH);

        @Operation
        public String reserve(@Param(name = "file") int file) {
            Usage usage = store.usage(Calls.ACCOUNT).total();
            boolean fits = Calls.bytes(file) <= LIMIT - usage.reservedBytes();
            return Calls.name(store.reserve((fits ? Calls.WIDE : Calls.TIGHT).get(file)));
        }
    }

    /** A store in memory without a lock. */
    public static class Unlocked extends Calls {

        public Unlocked() {
            super(new TenantStateStore(() -> Instant.EPOCH) {
                private final TenantState state = new TenantState();

                @Override
                protected <R> R update(String tenant, Function<TenantState, R> step) {
                    return step.apply(state);
                }

                @Override
                protected <R> R read(String tenant, Function<TenantState, R> step) {
                    return step.apply(state);
                }

                @Override
                protected SortedSet<String> tenants() {
                    return new TreeSet<>();
                }
            });
        }
    }
}
