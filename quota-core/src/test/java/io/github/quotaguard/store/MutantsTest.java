package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.contract.Checks;
import io.github.quotaguard.contract.Rule;
import io.github.quotaguard.model.ProofLine;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The contract finds each broken store out, by the tests that are named for the rule that it breaks and by no other. */
class MutantsTest {

    private static Set<String> testsOf(Rule rule, Function<Checks, Rule[]> rules) {
        return KitRun.tests(test -> test.isAnnotationPresent(Checks.class)
                && Arrays.asList(rules.apply(test.getAnnotation(Checks.class))).contains(rule));
    }

    @Test
    void shouldFindTheStoreThatChecksAndThenActs() {
        assertFound(Mutant.CHECKS_THEN_ACTS);
    }

    @Test
    void shouldFindTheStoreThatHasNoGuard() {
        assertFound(Mutant.NO_GUARD);
    }

    @Test
    void shouldFindTheStoreThatGuardsOnWhatIsUsedOnly() {
        assertFound(Mutant.GUARD_ON_USED_ONLY);
    }

    @Test
    void shouldFindTheStoreWhoseGraceNeverEnds() {
        assertFound(Mutant.ENDLESS_GRACE);
    }

    @Test
    void shouldFindTheStoreThatChargesARetry() {
        assertFound(Mutant.CHARGES_A_RETRY);
    }

    @Test
    void shouldFindTheStoreThatSortsABatch() {
        assertFound(Mutant.SORTS_A_BATCH);
    }

    @Test
    void shouldFindTheStoreWithoutAStateCheckOnCommit() {
        assertFound(Mutant.NO_STATE_CHECK_ON_COMMIT);
    }

    @Test
    void shouldFindTheStoreThatReleasesTwice() {
        assertFound(Mutant.DOUBLE_RELEASE);
    }

    @Test
    void shouldFindTheStoreThatTakesACallFromAnEarlierLife() {
        assertFound(Mutant.CALL_FROM_AN_EARLIER_LIFE);
    }

    @Test
    void shouldFindTheStoreOnTheClockOfTheApplication() {
        assertFound(Mutant.APPLICATION_CLOCK);
    }

    @Test
    void shouldFindTheStoreThatAcknowledgesBeforeItIsDurable() {
        assertFound(Mutant.ACKNOWLEDGES_TOO_EARLY);
    }

    @Test
    void shouldFindTheStoreThatFoldsTheCaseOfIds() {
        assertFound(Mutant.FOLDS_CASE);
    }

    @Test
    void shouldFindTheStoreThatTrimsIds() {
        assertFound(Mutant.TRIMS_IDS);
    }

    @Test
    void shouldFindTheStoreThatForgetsAnAncestor() {
        assertFound(Mutant.FORGETS_AN_ANCESTOR);
    }

    @Test
    void shouldFindTheStoreThatLosesTheCategory() {
        assertFound(Mutant.LOSES_THE_CATEGORY);
    }

    @Test
    void shouldFindTheStoreThatEndsWithoutAnEntry() {
        assertFound(Mutant.END_WITHOUT_AN_ENTRY);
    }

    @Test
    void shouldFindTheStoreWithOneStateForAllTenants() {
        assertFound(Mutant.ONE_STATE_FOR_ALL_TENANTS);
    }

    /** Expects the tests of the mutant's rule to fail, and all others to pass. */
    private static void assertFound(Mutant mutant) {
        Set<String> named = testsOf(mutant.rule, Checks::value);
        Set<String> byChance = testsOf(mutant.rule, Checks::byChance);

        KitRun run = KitRun.on(mutant, true);

        Set<String> survived = new TreeSet<>(named);
        survived.removeAll(run.failed().keySet());
        Set<String> foreign = new TreeSet<>(run.failed().keySet());
        foreign.removeAll(named);
        foreign.removeAll(byChance);
        writeProof(mutant, run, survived.size() + foreign.size());
        assertThat(run.failed()).as("tests that found %s", mutant).isNotEmpty();
        assertThat(survived).as("named for %s, but passed", mutant.rule).isEmpty();
        assertThat(foreign).as("not named for %s, but failed", mutant.rule).isEmpty();
        assertThat(run.skipped()).isEmpty();
    }

    @Test
    void shouldPassEverythingWithoutAFault() {
        KitRun run = KitRun.on(Mutant.SOUND, true);

        assertThat(run.failed()).isEmpty();
        assertThat(run.skipped()).isEmpty();
        assertThat(run.passed()).isEqualTo(KitRun.tests(KitRun::isTest));
    }

    @Test
    void shouldHaveAMutantForEachRule() {
        assertThat(Mutant.values())
                .filteredOn(mutant -> mutant != Mutant.SOUND)
                .extracting(mutant -> mutant.rule)
                .containsExactlyInAnyOrder(Rule.values());
    }

    private static void writeProof(Mutant mutant, KitRun run, int violations) {
        int passed = run.passed().size();
        int failed = run.failed().size();
        new ProofLine("21 " + mutant, "memory", passed + failed, passed, failed, 0, 0, violations, 0).append();
    }
}
