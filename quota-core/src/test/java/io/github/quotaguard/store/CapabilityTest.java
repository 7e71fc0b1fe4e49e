package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.contract.Capability;
import java.lang.reflect.Method;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CapabilityTest {

    private static final Set<String> OPTIONAL =
            Set.of("DurabilityContract", "LedgerContract", "RollUpContract", "TimelineContract");

    private static boolean isOptional(Method test) {
        return OPTIONAL.contains(test.getDeclaringClass().getSimpleName());
    }

    /** So atomicity, idempotency and the isolation of tenants are tested whatever a store declares. */
    @Test
    void shouldSkipByNameWhatTheStoreMayLackAndNothingElse() {
        KitRun run = KitRun.on(Mutant.SOUND, false);

        assertThat(run.failed()).isEmpty();
        assertThat(run.skipped().keySet()).isEqualTo(KitRun.tests(test -> KitRun.isTest(test) && isOptional(test)));
        assertThat(run.skipped().values())
                .containsOnly("the store is not declared to be DURABLE", "the store is not declared to be LEDGER");
        assertThat(run.passed()).isEqualTo(KitRun.tests(test -> KitRun.isTest(test) && !isOptional(test)));
        assertThat(Capability.values()).containsExactly(Capability.DURABLE, Capability.LEDGER);
    }
}
