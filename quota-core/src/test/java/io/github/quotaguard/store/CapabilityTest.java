package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.contract.Capability;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CapabilityTest {

    /** The parts of the contract that a store may lack, by the capability that they need. */
    private static final Map<String, Capability> OPTIONAL = Map.of(
            "DurabilityContract",
            Capability.DURABLE,
            "LedgerContract",
            Capability.LEDGER,
            "RollUpContract",
            Capability.LEDGER,
            "TimelineContract",
            Capability.LEDGER,
            "WarningContract",
            Capability.WARNINGS);

    private static boolean isOptional(Method test) {
        return OPTIONAL.containsKey(test.getDeclaringClass().getSimpleName());
    }

    /** So atomicity, idempotency and the isolation of tenants are tested whatever a store declares. */
    @Test
    void shouldSkipByNameWhatTheStoreMayLackAndNothingElse() {
        KitRun run = KitRun.on(Mutant.SOUND, false);

        assertThat(run.failed()).isEmpty();
        assertThat(run.skipped().keySet()).isEqualTo(KitRun.tests(test -> KitRun.isTest(test) && isOptional(test)));
        assertThat(run.skipped())
                .allSatisfy((test, reason) -> assertThat(reason)
                        .isEqualTo("the store is not declared to be "
                                + OPTIONAL.get(test.substring(0, test.indexOf('.')))));
        assertThat(run.passed()).isEqualTo(KitRun.tests(test -> KitRun.isTest(test) && !isOptional(test)));
        assertThat(Capability.values()).containsExactlyInAnyOrderElementsOf(Set.copyOf(OPTIONAL.values()));
    }
}
