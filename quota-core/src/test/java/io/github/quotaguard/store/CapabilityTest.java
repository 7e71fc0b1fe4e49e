package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.contract.Capability;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CapabilityTest {

    /** The parts of the contract that a store may lack, and a single test, by the capability that they need. */
    private static final Map<String, Capability> OPTIONAL = Map.of(
            "ClaimContract",
            Capability.WARNINGS,
            "DurabilityContract",
            Capability.DURABLE,
            "EndedGraceContract",
            Capability.WARNINGS,
            "GraceContract.shouldKeepTheGraceWhenTheStoreIsReopened",
            Capability.DURABLE,
            "LedgerContract",
            Capability.LEDGER,
            "RollUpContract",
            Capability.LEDGER,
            "TimelineContract",
            Capability.LEDGER,
            "EvaluationContract",
            Capability.WARNINGS,
            "WarningContract",
            Capability.WARNINGS);

    private static Optional<Capability> needed(String test) {
        return Optional.ofNullable(OPTIONAL.get(test))
                .or(() -> Optional.ofNullable(OPTIONAL.get(test.substring(0, test.indexOf('.')))));
    }

    /** So atomicity, idempotency and the isolation of tenants are tested whatever a store declares. */
    @Test
    void shouldSkipByNameWhatTheStoreMayLackAndNothingElse() {
        Set<String> tests = KitRun.tests(KitRun::isTest);
        KitRun run = KitRun.on(Mutant.SOUND, false);

        assertThat(run.failed()).isEmpty();
        assertThat(tests)
                .allSatisfy(test -> needed(test)
                        .ifPresentOrElse(
                                capability -> assertThat(run.skipped())
                                        .containsEntry(test, "the store is not declared to be " + capability),
                                () -> assertThat(run.passed()).contains(test)));
        assertThat(run.skipped()).hasSize(tests.size() - run.passed().size());
        assertThat(Capability.values()).containsExactlyInAnyOrderElementsOf(Set.copyOf(OPTIONAL.values()));
    }
}
