package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two applications under load are killed again and again, each while the other goes on. What was acknowledged is there,
 * once; what was not is called again with the same ids. The bits of what is used are the files that are stored.
 */
@Tag("proof")
class ClientKilledTest {

    private static final int WORKERS = 2;
    private static final int THREADS = 4;

    @TempDir
    Path directory;

    @OnEachServer
    void shouldLoseAndDoubleNothingWhenKilled(TestDatabase database) throws Exception {
        int kills = Scale.of("kills", 3, 500);
        Load load = new Load(Load.Kind.POWERS_OF_TWO, 5, 56, WORKERS, THREADS, Scale.seed());
        List<String> violations = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger left = new AtomicInteger(kills);
        AtomicInteger unresolved = new AtomicInteger();
        try (Site site = Site.of(database);
                Fleet fleet = new Fleet("3", site, load, directory)) {
            fleet.forEachWorker(worker -> {
                Random random = new Random(load.seed() + worker);
                while (left.getAndDecrement() > 0) {
                    killOnce(fleet, worker, random);
                    Journal.Reading journals = fleet.journalsOf(worker);
                    journals.slots.values().forEach(slot -> unresolved.addAndGet(slot.pending() == null ? 0 : 1));
                    violations.addAll(
                            fleet.violations(books -> JournalCheck.violations(books, journals.slots.values())));
                }
                try (JvmProcess process = fleet.start(worker, 20)) {
                    process.await();
                }
            });
            violations.addAll(fleet.finalViolations());
            fleet.report(violations, kills + " kills, " + unresolved + " calls cut off");
            assertThat(violations).as("seed %d", load.seed()).isEmpty();
            assertThat(unresolved.get()).as("calls in flight at a kill").isPositive();
        }
    }

    /** Lets a worker do some work, and die in the midst of more: at any moment, or right behind a call. */
    private static void killOnce(Fleet fleet, int worker, Random random) throws Exception {
        if (random.nextBoolean()) {
            try (JvmProcess process = fleet.start(worker, -(20 + random.nextInt(40)))) {
                process.await(JvmProcess.HALTED);
            }
            fleet.awaitForgotten(worker);
            return;
        }
        long before = fleet.written(worker);
        try (JvmProcess process = fleet.start(worker, Fleet.UNTIL_STOPPED)) {
            fleet.awaitWritten(worker, process, before + 3_000 + random.nextInt(20_000));
            process.kill();
        }
        fleet.awaitForgotten(worker);
    }
}
