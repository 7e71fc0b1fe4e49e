package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.contract.Capability;
import io.github.quotaguard.contract.UsageStoreContract;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A store that declares nothing is spared what it may lack, by name, and nothing else. */
class CapabilityTest {

    private final KitRun declared = KitRun.on(Mutant.SOUND, true);
    private final KitRun undeclared = KitRun.on(Mutant.SOUND, false);

    @Test
    void shouldSkipByNameWhatAnUndeclaredCapabilityIsNeededFor() {
        assertThat(undeclared.failed()).isEmpty();
        assertThat(undeclared.skipped()).isNotEmpty().allSatisfy((test, reason) -> {
            assertThat(test).startsWith("DurabilityContract.");
            assertThat(reason).contains("DURABLE");
        });
        assertThat(Capability.values()).containsExactly(Capability.DURABLE);
    }

    @Test
    void shouldRunEverythingElse() {
        Set<String> both = new TreeSet<>(undeclared.passed());
        both.addAll(undeclared.skipped().keySet());

        assertThat(declared.skipped()).isEmpty();
        assertThat(both).isEqualTo(declared.passed());
        assertThat(undeclared.passed())
                .doesNotContainAnyElementsOf(undeclared.skipped().keySet());
        for (Class<?> concern : UsageStoreContract.class.getInterfaces()) {
            if (!concern.getSimpleName().equals("DurabilityContract")) {
                assertThat(undeclared.passed())
                        .containsAll(KitRun.tests(test -> KitRun.isTest(test) && test.getDeclaringClass() == concern));
            }
        }
    }
}
