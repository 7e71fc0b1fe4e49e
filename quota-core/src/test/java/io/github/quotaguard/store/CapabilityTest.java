package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.contract.Capability;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

class CapabilityTest {

    private static boolean isOfDurability(Method test) {
        return test.getDeclaringClass().getSimpleName().equals("DurabilityContract");
    }

    /** So atomicity, idempotency and the isolation of tenants are tested whatever a store declares. */
    @Test
    void shouldSkipByNameWhatTheStoreMayLackAndNothingElse() {
        KitRun run = KitRun.on(Mutant.SOUND, false);

        assertThat(run.failed()).isEmpty();
        assertThat(run.skipped().keySet()).isEqualTo(KitRun.tests(test -> KitRun.isTest(test) && isOfDurability(test)));
        assertThat(run.skipped().values()).containsOnly("the store is not declared to be DURABLE");
        assertThat(run.passed()).isEqualTo(KitRun.tests(test -> KitRun.isTest(test) && !isOfDurability(test)));
        assertThat(Capability.values()).containsExactly(Capability.DURABLE);
    }
}
