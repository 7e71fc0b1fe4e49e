package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * The coalescer calls the store for one caller or batch of a tenant after the other, so that even one without a lock
 * answers through it as if callers came one by one. Lincheck looks for a run in which it does not, in which somebody
 * waits for ever, or in which something is left of the tenant.
 */
class ReserveCoalescerLinearizabilityTest {

    @Test
    void shouldAnswerAsIfOneByOneUnderStress() {
        small(new StressOptions(), 3, 2)
                .iterations(3)
                .invocationsPerIteration(300)
                .check(Coalesced.class);
    }

    @Test
    void shouldAnswerAsIfOneByOneWhereverThreadsAreSwitched() {
        schedules(3, 1).check(Coalesced.class);
    }

    @Test
    void shouldBeginAndEndForATenantWhereverThreadsAreSwitched() {
        schedules(2, 2).check(Coalesced.class);
    }

    @Test
    void shouldSeeAStoreThatIsNotCoalesced() {
        assertThatThrownBy(() -> schedules(3, 1).check(Alone.class)).isInstanceOf(LincheckAssertionError.class);
    }

    @Test
    void shouldSeeAnswersThatGoToTheWrongCallers() {
        assertThatThrownBy(() -> schedules(3, 1).check(Mixed.class)).isInstanceOf(LincheckAssertionError.class);
    }

    private static ModelCheckingOptions schedules(int threads, int actors) {
        return small(new ModelCheckingOptions(), threads, actors).iterations(2).invocationsPerIteration(25);
    }

    private static <T extends Options<T, ?>> T small(T options, int threads, int actors) {
        return options.minimizeFailedScenario(false)
                .threads(threads)
                .actorsBefore(0)
                .actorsPerThread(actors)
                .actorsAfter(0);
    }

    /** Three files of 1, 2 and 3 bytes, of which 3 bytes fit. */
    @Param(name = "file", gen = IntGen.class, conf = "1:3")
    public static class Coalesced {

        static final List<ReserveCommand> COMMANDS = IntStream.rangeClosed(1, 3)
                .mapToObj(bytes -> ReserveCallers.command("f" + bytes, bytes))
                .toList();

        final ReserveCoalescer coalescer;

        public Coalesced() {
            this(new Unlocked());
        }

        Coalesced(Unlocked store) {
            coalescer = new ReserveCoalescer(store, ReserveCoalescer.PATIENCE, uploads -> {});
        }

        @Operation
        public String reserve(@Param(name = "file") int file) {
            return coalescer.reserve(COMMANDS.get(file - 1)).toString();
        }

        @Validate
        public void validate() {
            if (!coalescer.lanes.isEmpty()) {
                throw new IllegalStateException("something is left: " + coalescer.lanes);
            }
        }
    }

    /** Without the coalescer. */
    @Param(name = "file", gen = IntGen.class, conf = "1:3")
    public static class Alone {

        private final Unlocked store = new Unlocked();

        @Operation
        public String reserve(@Param(name = "file") int file) {
            return store.reserve(Coalesced.COMMANDS.get(file - 1)).toString();
        }
    }

    /** Of a batch, the last answer goes to the first caller. */
    public static class Mixed extends Coalesced {

        public Mixed() {
            super(new Unlocked() {
                @Override
                public List<ReserveResult> reserveAll(List<ReserveCommand> commands) {
                    List<ReserveResult> answers = new ArrayList<>(super.reserveAll(commands));
                    Collections.reverse(answers);
                    return answers;
                }
            });
        }
    }

    /** As little of a store as can go wrong: it says what it has left, and takes nobody into account but one caller. */
    private static class Unlocked extends ObservedStore {

        private static final InMemoryUsageStore NOT_ASKED = new InMemoryUsageStore();

        private int left = 3;

        Unlocked() {
            super(NOT_ASKED);
        }

        @Override
        public ReserveResult reserve(ReserveCommand command) {
            int bytes = (int) command.spec().bytes();
            if (bytes > left) {
                return new ReserveResult.Refused(List.of());
            }
            left -= bytes;
            return new ReserveResult.Busy("granted, left " + left);
        }
    }
}
