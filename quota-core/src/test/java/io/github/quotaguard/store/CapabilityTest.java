package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.contract.Capability;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CapabilityTest {

    /** The parts of the contract that a store may lack, and a single test, by the capability that they need. */
    private static final Map<String, Capability> OPTIONAL = Map.ofEntries(
            Map.entry("BacklogContract", Capability.BACKLOG),
            Map.entry("ClaimContract", Capability.WARNINGS),
            Map.entry("DurabilityContract", Capability.DURABLE),
            Map.entry("EndedGraceContract", Capability.WARNINGS),
            Map.entry("GraceContract.shouldKeepTheGraceWhenTheStoreIsReopened", Capability.DURABLE),
            Map.entry("LedgerContract", Capability.LEDGER),
            Map.entry("RollUpContract", Capability.LEDGER),
            Map.entry("TimelineContract", Capability.LEDGER),
            Map.entry("EvaluationContract", Capability.WARNINGS),
            Map.entry("WarningContract", Capability.WARNINGS),
            Map.entry("CorrectionContract", Capability.REPAIR),
            Map.entry("RepairLeaseContract", Capability.REPAIR),
            Map.entry("PurgeContract", Capability.REPAIR),
            Map.entry("TemporaryFileContract", Capability.TEMPORARY_FILES),
            Map.entry("KeepContract", Capability.TEMPORARY_FILES));

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
