package io.github.quotaguard.store;

import io.github.quotaguard.contract.Capability;
import io.github.quotaguard.contract.ContractClock;
import io.github.quotaguard.contract.SettableClock;
import io.github.quotaguard.contract.UsageStoreContract;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The contract on the mutant that the run's configuration names. Not for a run by itself: {@link MutantsTest} starts it.
 */
@ExtendWith(MutantKit.OfTheRun.class)
class MutantKit implements UsageStoreContract {

    static final String MUTANT = "quotaguard.mutant";
    static final String DURABLE = "quotaguard.durable";

    /** What a run tests. */
    record Subject(Mutant mutant, boolean durable) {}

    private final SettableClock clock = new SettableClock();
    private final Map<String, byte[]> disk = new ConcurrentHashMap<>();
    private final Subject subject;
    private UsageStore store;

    MutantKit(Subject subject) {
        this.subject = subject;
        this.store = subject.mutant().open(clock, disk);
    }

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
        return subject.durable() ? EnumSet.allOf(Capability.class) : Set.of();
    }

    @Override
    public void reopen() {
        store = subject.mutant().open(clock, disk);
    }

    @Override
    public int rounds() {
        return 4;
    }

    @Override
    public int threads() {
        return 4;
    }

    static final class OfTheRun implements ParameterResolver {

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
            return parameter.getParameter().getType() == Subject.class;
        }

        @Override
        public Subject resolveParameter(ParameterContext parameter, ExtensionContext test) {
            return new Subject(
                    test.getConfigurationParameter(MUTANT, Mutant::valueOf).orElse(Mutant.SOUND),
                    test.getConfigurationParameter(DURABLE, Boolean::valueOf).orElse(true));
        }
    }
}
