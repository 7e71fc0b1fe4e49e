package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaBusyException;
import io.github.quotaguard.Upload;
import io.github.quotaguard.store.UsageStoreException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;

/**
 * Row 6: a COMMIT is under way when its client gives up, and lands while, or after, the client tries again on another
 * connection; or it dies on its way. Together they have one effect.
 */
@Tag("proof")
class LateCommitTest {

    private static final int LATE_COMMITS = Scale.of("lateCommits", 10, 500);
    private static final Duration IMPATIENCE = Duration.ofMillis(100);
    private static final long HANGS_SECONDS = 30;

    /** A lock that was not free in time, a deadlock, and the application's own row that another attempt has inserted. */
    private static final Set<String> RUN_AGAIN = Set.of("55P03", "HYT00", "40P01", "40001", "23505", "23000");

    /** The same of MariaDB's, which have no state of their own: a lock, and a record that was changed. */
    private static final Set<Integer> MARIADB_RUN_AGAIN = Set.of(1205, 1020);

    @OnEachServer
    void shouldHaveOneEffectWhenACommitLandsLate(TestDatabase database) throws Exception {
        long seed = Scale.seed();
        Proof.say("%s: late commits with seed %d", database, seed);
        Proof proof = new Proof("6", database, seed);
        List<String> violations = new ArrayList<>();
        FaultyCall[] calls = FaultyCall.values();
        try (Race race = new Race(database, proof)) {
            Random random = new Random(seed);
            Map<FaultyCall, PowersOfTwo> powers = new EnumMap<>(FaultyCall.class);
            for (FaultyCall call : calls) {
                powers.put(call, new PowersOfTwo(call, race.scene.direct));
            }
            List<Boolean> fates = fates(random);
            for (int i = 0; i < LATE_COMMITS; i++) {
                FaultyCall call = calls[i % calls.length];
                PowersOfTwo.File file = powers.get(call).next();
                race.run(call, file, random, fates.get(i));
                violations.addAll(powers.get(call).violationsAfter(file));
                if (!call.isDone(race.scene.direct.guard(), file)) {
                    violations.add(file + ": " + call.find(race.scene.direct.guard(), file));
                }
            }
            violations.addAll(TableCheck.violations(race.scene.pool));
            race.scene.requireNoConnectionLeaked();
        }
        proof.violations.add(violations.size());
        proof.write();
        assertThat(violations).as("seed %d", seed).isEmpty();
        assertThat(proof.admitted.sum()).as("landed late").isPositive();
        assertThat(proof.refused.sum()).as("died").isPositive();
    }

    /** Which of the late commits die on their way: a quarter, dealt rather than drawn, so that there is always one. */
    private static List<Boolean> fates(Random random) {
        List<Boolean> fates = new ArrayList<>();
        for (int i = 0; i < LATE_COMMITS; i++) {
            fates.add(i % 4 == 0);
        }
        Collections.shuffle(fates, random);
        return fates;
    }

    /** As if there were no keys: the retry does the same under another id while the first is still to come. */
    @OnEachServer
    void shouldSeeALateCommitAndARetryUnderANewIdAsTwoEffects(TestDatabase database) throws Exception {
        try (Race race = new Race(database, new Proof("6-planted", database, 0))) {
            PowersOfTwo powers = new PowersOfTwo(FaultyCall.COMMIT, race.scene.direct);
            PowersOfTwo.File file = powers.next();
            FaultyScene.Told told = race.scene.fail(FaultyCall.COMMIT, file, FaultyWire.Kind.REQUEST_HELD, 0);
            assertThat(told.failure()).isPresent();
            told.link().letGo();

            Upload other = Upload.of(file.account(), "retry-" + file.name(), file.bytes());
            race.scene.direct.guard().reserve(other.category("image")).commit();

            assertThat(powers.violationsAfter(file)).hasSize(1);
        }
    }

    /** A scene, and somebody who tries again without waiting long for locks. */
    private static final class Race implements AutoCloseable {

        final FaultyScene scene;
        private final HikariDataSource pool;
        private final FaultyClient impatient;
        private final Proof proof;

        Race(TestDatabase database, Proof proof) throws Exception {
            this.proof = proof;
            scene = new FaultyScene(database, builder -> builder.lockTimeout(IMPATIENCE));
            pool = scene.another(IMPATIENCE);
            impatient = FaultyClient.on(pool, builder -> builder.lockTimeout(IMPATIENCE));
        }

        void run(FaultyCall call, PowersOfTwo.File file, Random random, boolean dies) throws Exception {
            int commitsBefore = call == FaultyCall.SWEEP ? random.nextInt(2) : 0;
            FaultyScene.Told told = scene.fail(call, file, FaultyWire.Kind.REQUEST_HELD, commitsBefore);
            assertThat(told.link().hasActed()).as("the COMMIT is on its way").isFalse();
            proof.operations.increment();
            told.failure().ifPresent(failure -> proof.unknown.increment());
            if (random.nextBoolean()) {
                // The retry comes to an end first: with success, or told that the late one is in its way.
                tryAgain(impatient, call, file);
                arrive(told.link(), dies);
                untilDone(impatient, call, file);
            } else {
                // The retry is under way and perhaps waits for the late one.
                CountDownLatch started = new CountDownLatch(1);
                CompletableFuture<Void> retry = CompletableFuture.runAsync(() -> {
                    started.countDown();
                    untilDone(scene.direct, call, file);
                });
                started.await();
                arrive(told.link(), dies);
                waitFor(retry, file);
            }
        }

        private void arrive(FaultyProxy.Link link, boolean dies) throws IOException, InterruptedException {
            if (dies) {
                link.die();
                proof.refused.increment();
            } else {
                link.letGo();
                proof.admitted.increment();
            }
        }

        private static void waitFor(CompletableFuture<Void> retry, PowersOfTwo.File file)
                throws InterruptedException, ExecutionException {
            try {
                retry.get(HANGS_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                throw new AssertionError(file + ": the retry hangs", e);
            }
        }

        private void untilDone(FaultyClient client, FaultyCall call, PowersOfTwo.File file) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANGS_SECONDS);
            while (!tryAgain(client, call, file)) {
                if (System.nanoTime() > end) {
                    throw new AssertionError(file + ": the retry never succeeds");
                }
            }
        }

        /** Says whether it was done; it may be told to try again, and nothing else. */
        private boolean tryAgain(FaultyClient client, FaultyCall call, PowersOfTwo.File file) {
            try {
                call.run(client, file, () -> {});
                return true;
            } catch (QuotaBusyException e) {
                proof.busy.increment();
            } catch (UsageStoreException e) {
                assertThat(e.isRetryable()).as(e.toString()).isTrue();
                proof.busy.increment();
            } catch (SQLException e) {
                assertThat(RUN_AGAIN.contains(e.getSQLState()) || MARIADB_RUN_AGAIN.contains(e.getErrorCode()))
                        .as(e.toString())
                        .isTrue();
                proof.busy.increment();
            }
            return false;
        }

        @Override
        public void close() throws IOException {
            impatient.close();
            pool.close();
            scene.close();
        }
    }
}
