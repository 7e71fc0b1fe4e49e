package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.contract.Checks;
import io.github.quotaguard.contract.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The contract finds each broken store out, by the tests that are named for the rule that it breaks and by no other. */
class MutantsTest {

    private static final Path PROOF = Path.of("target", "proof.csv");
    private static final String HEADER = "row,database,operations,admitted,refused,busy,unknown,violations,seed\n";

    private static Set<String> testsOf(Rule rule, Function<Checks, Rule[]> rules) {
        return KitRun.tests(test -> test.isAnnotationPresent(Checks.class)
                && Arrays.asList(rules.apply(test.getAnnotation(Checks.class))).contains(rule));
    }

    @Test
    void shouldFindTheStoreThatChecksAndThenActs() throws IOException {
        assertFound(Mutant.CHECKS_THEN_ACTS);
    }

    @Test
    void shouldFindTheStoreThatHasNoGuard() throws IOException {
        assertFound(Mutant.NO_GUARD);
    }

    @Test
    void shouldFindTheStoreThatGuardsOnWhatIsUsedOnly() throws IOException {
        assertFound(Mutant.GUARD_ON_USED_ONLY);
    }

    @Test
    void shouldFindTheStoreWhoseGraceNeverEnds() throws IOException {
        assertFound(Mutant.ENDLESS_GRACE);
    }

    @Test
    void shouldFindTheStoreThatChargesARetry() throws IOException {
        assertFound(Mutant.CHARGES_A_RETRY);
    }

    @Test
    void shouldFindTheStoreWithoutAStateCheckOnCommit() throws IOException {
        assertFound(Mutant.NO_STATE_CHECK_ON_COMMIT);
    }

    @Test
    void shouldFindTheStoreThatReleasesTwice() throws IOException {
        assertFound(Mutant.DOUBLE_RELEASE);
    }

    @Test
    void shouldFindTheStoreThatTakesACallFromAnEarlierLife() throws IOException {
        assertFound(Mutant.CALL_FROM_AN_EARLIER_LIFE);
    }

    @Test
    void shouldFindTheStoreOnTheClockOfTheApplication() throws IOException {
        assertFound(Mutant.APPLICATION_CLOCK);
    }

    @Test
    void shouldFindTheStoreThatAcknowledgesBeforeItIsDurable() throws IOException {
        assertFound(Mutant.ACKNOWLEDGES_TOO_EARLY);
    }

    @Test
    void shouldFindTheStoreThatFoldsTheCaseOfIds() throws IOException {
        assertFound(Mutant.FOLDS_CASE);
    }

    @Test
    void shouldFindTheStoreThatTrimsIds() throws IOException {
        assertFound(Mutant.TRIMS_IDS);
    }

    @Test
    void shouldFindTheStoreThatForgetsAnAncestor() throws IOException {
        assertFound(Mutant.FORGETS_AN_ANCESTOR);
    }

    @Test
    void shouldFindTheStoreThatLosesTheCategory() throws IOException {
        assertFound(Mutant.LOSES_THE_CATEGORY);
    }

    @Test
    void shouldFindTheStoreThatEndsWithoutAnEntry() throws IOException {
        assertFound(Mutant.END_WITHOUT_AN_ENTRY);
    }

    @Test
    void shouldFindTheStoreWithOneStateForAllTenants() throws IOException {
        assertFound(Mutant.ONE_STATE_FOR_ALL_TENANTS);
    }

    /** Expects the tests of the mutant's rule to fail, and all others to pass. */
    private static void assertFound(Mutant mutant) throws IOException {
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

    private static void writeProof(Mutant mutant, KitRun run, int violations) throws IOException {
        int tests = run.passed().size() + run.failed().size();
        String line = "21 %s,memory,%d,%d,%d,0,0,%d,0\n"
                .formatted(mutant, tests, run.passed().size(), run.failed().size(), violations);
        Files.createDirectories(PROOF.getParent());
        String start = Files.exists(PROOF) ? "" : HEADER;
        Files.writeString(PROOF, start + line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
