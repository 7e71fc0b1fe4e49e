package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Row 5: the server has committed, and its answer never comes. The caller asks what became of it and does the same
 * again, under the same id: there is one effect, and it was told the truth.
 */
@Tag("proof")
class ReplyLostTest {

    private static final int CUTS = Scale.of("cuts", 20, 1_000);

    @OnEachServer
    void shouldHaveOneEffectWhenTheReplyToCommitIsLost(TestDatabase database) throws Exception {
        cut(database, "", EnumSet.allOf(FaultyCall.class), builder -> builder);
    }

    @Test
    void shouldHaveOneEffectWhenTheReplyToAReserveInSeveralStatementsIsLost() throws Exception {
        cut(
                TestDatabase.POSTGRESQL,
                "-several",
                EnumSet.of(FaultyCall.RESERVE),
                JdbcUsageStore.Builder::reserveInSeveralStatements);
    }

    /** The new id is a second file to the library, and to the bits. */
    @OnEachServer
    void shouldSeeARetryUnderANewIdAsASecondEffect(TestDatabase database) throws Exception {
        try (FaultyScene scene = new FaultyScene(database, builder -> builder)) {
            PowersOfTwo powers = new PowersOfTwo(FaultyCall.RESERVE, scene.direct);
            PowersOfTwo.File file = powers.next();
            assertThat(scene.fail(FaultyCall.RESERVE, file, FaultyWire.Kind.REPLY_LOST, 0)
                            .failure())
                    .isPresent();

            scene.direct
                    .guard()
                    .reserve(Upload.of(file.account(), "retry-" + file.name(), file.bytes())
                            .category("image"))
                    .detach();

            assertThat(powers.violationsAfter(file)).hasSize(1);
        }
    }

    /** Each call has tenants of its own, so they may all go on at once; but a sweep has to come upon its own arrears. */
    private static void cut(
            TestDatabase database,
            String variant,
            Set<FaultyCall> calls,
            UnaryOperator<JdbcUsageStore.Builder> settings)
            throws Exception {
        long seed = Scale.seed();
        Proof.say("%s%s: replies lost with seed %d", database, variant, seed);
        try (FaultyScene scene = new FaultyScene(database, settings)) {
            List<FaultyCall> together = new ArrayList<>(calls);
            together.remove(FaultyCall.SWEEP);
            Crowd.run(together.size(), thread -> cut(scene, together.get(thread), variant, seed));
            if (calls.contains(FaultyCall.SWEEP)) {
                cut(scene, FaultyCall.SWEEP, variant, seed);
            }
            scene.requireNoConnectionLeaked();
        }
    }

    private static void cut(FaultyScene scene, FaultyCall call, String variant, long seed) throws SQLException {
        Proof proof = new Proof("5-" + call.name().toLowerCase(Locale.ROOT) + variant, scene.database, seed);
        Random random = new Random(seed);
        List<String> violations = new ArrayList<>();
        PowersOfTwo powers = new PowersOfTwo(call, scene.direct);
        for (int i = 0; i < CUTS; i++) {
            PowersOfTwo.File file = powers.next();
            violations.addAll(loseReplyAndRetry(scene, call, file, random, proof));
            violations.addAll(powers.violationsAfter(file));
        }
        violations.addAll(TableCheck.violations(scene.pool));
        proof.violations.add(violations.size());
        proof.write();
        assertThat(violations).as("%s, seed %d", call, seed).isEmpty();
        assertThat(proof.admitted.sum()).as("took effect unseen").isEqualTo(CUTS);
    }

    private static List<String> loseReplyAndRetry(
            FaultyScene scene, FaultyCall call, PowersOfTwo.File file, Random random, Proof proof) throws SQLException {
        boolean sweep = call == FaultyCall.SWEEP;
        FaultyScene.Told told = scene.fail(call, file, FaultyWire.Kind.REPLY_LOST, sweep ? random.nextInt(2) : 0);
        assertThat(told.link().hasActed()).as("the server has answered").isTrue();
        proof.operations.increment();
        List<String> violations = new ArrayList<>(wrongAnswers(call, file, told, proof));
        UploadGuard guard = scene.direct.guard();
        Allocation found = call.find(guard, file).orElseThrow();
        if (call.isDone(guard, file)) {
            proof.admitted.increment();
        } else {
            violations.add(file + ": find does not tell the truth: " + found);
        }
        call.run(scene.direct, file, () -> {});
        Allocation after = call.find(guard, file).orElseThrow();
        if (!call.isDone(guard, file) || after.generation() != found.generation()) {
            violations.add(file + ": the retry led to " + after + " from " + found);
        }
        return violations;
    }

    /** A sweep does not fail: it leaves to the next what it could not do. */
    private static List<String> wrongAnswers(
            FaultyCall call, PowersOfTwo.File file, FaultyScene.Told told, Proof proof) {
        if (told.failure().isEmpty()) {
            return call == FaultyCall.SWEEP ? List.of() : List.of(file + ": the caller was told that all was well");
        }
        proof.unknown.increment();
        Exception failure = told.failure().get();
        return failure instanceof UsageStoreException unknown && !unknown.isRetryable()
                ? List.of(file + ": a lost connection is not retryable: " + failure)
                : List.of();
    }
}
