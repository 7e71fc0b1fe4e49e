package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;

/** Row 8: the database ends the library's connections while they are at work. Whoever is told so calls again. */
@Tag("proof")
class ConnectionKilledTest {

    private static final int KILLS = Scale.of("terminated", 10, 200);
    private static final int THREADS = 4;

    /** Until then the pool has noticed which of its connections are dead, however busy the machine is. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @OnEachServer
    void shouldLoseAndDoubleNothingWhenConnectionsAreKilledAtWork(TestDatabase database) throws Exception {
        Proof proof = new Proof("8-killed", database, 0);
        LongAdder stored = new LongAdder();
        try (KillableWires wires = KillableWires.of(database, THREADS + 2);
                FaultyClient client = FaultyClient.on(wires.pool, builder -> builder)) {
            AtomicBoolean done = new AtomicBoolean();
            Crowd.run(THREADS + 1, thread -> {
                if (thread == THREADS) {
                    try {
                        for (int kill = 0; kill < KILLS; kill++) {
                            long before = stored.sum();
                            Awaitility.await().atMost(PATIENCE).until(() -> stored.sum() > before + THREADS);
                            wires.kill();
                        }
                    } finally {
                        done.set(true);
                    }
                } else {
                    for (int i = 0; !done.get(); i++) {
                        store(client.guard(), Upload.of("acme/u" + thread, "f-" + thread + "-" + i, 3), proof);
                        stored.increment();
                    }
                }
            });
            List<String> violations = violations(wires, client, stored.sum(), proof);
            Proof.say("%s: %s files, %s calls lost to %d kills", database, stored, proof.unknown, KILLS);
            proof.violations.add(violations.size());
            proof.write();
            assertThat(violations).isEmpty();
            assertThat(proof.unknown.sum()).as("calls that noticed").isPositive();
            PoolCheck.requireNothingLeaked(wires.pool);
        }
    }

    /** As if a call had been taken for done that was lost with its connection, or done twice. */
    @OnEachServer
    void shouldSeeAFileThatWasLostOrDoubled(TestDatabase database) throws Exception {
        Proof proof = new Proof("8-killed-planted", database, 0);
        try (KillableWires wires = KillableWires.of(database, 2);
                FaultyClient client = FaultyClient.on(wires.pool, builder -> builder)) {
            for (int i = 0; i < 3; i++) {
                store(client.guard(), Upload.of("acme/u1", "f-" + i, 3), proof);
            }
            assertThat(violations(wires, client, 3, proof)).isEmpty();
            client.guard().delete("acme/u1", "f-0");
            assertThat(violations(wires, client, 3, proof)).containsExactly("used 6 of 3 files of 3 bytes");
            store(client.guard(), Upload.of("acme/u1", "f-0", 3), proof);
            store(client.guard(), Upload.of("acme/u1", "retry-f-0", 3), proof);
            assertThat(violations(wires, client, 3, proof)).containsExactly("used 12 of 3 files of 3 bytes");
        }
    }

    private static List<String> violations(KillableWires wires, FaultyClient client, long stored, Proof proof)
            throws SQLException {
        List<String> violations = new ArrayList<>();
        try (Connection connection = wires.connect()) {
            TestDatabase.of(connection).useSnapshots(connection);
            violations.addAll(TableCheck.violations(connection));
        }
        long used = retried(() -> client.store().usage(AccountId.of("acme")).total(), proof)
                .usedBytes();
        if (used != 3 * stored) {
            violations.add("used %d of %d files of 3 bytes".formatted(used, stored));
        }
        return violations;
    }

    private static void store(UploadGuard guard, Upload upload, Proof proof) {
        String token = retried(() -> guard.reserve(upload).detach(), proof);
        boolean unused = retried(
                () -> {
                    guard.resume(token).commit(3);
                    return true;
                },
                proof);
        proof.admitted.increment();
    }

    /** Calls again until there is a connection that is not dead; a number of times would be over in no time. */
    private static <T> T retried(Supplier<T> call, Proof proof) {
        for (long end = System.nanoTime() + PATIENCE.toNanos(); ; ) {
            proof.operations.increment();
            try {
                return call.get();
            } catch (UsageStoreException e) {
                proof.unknown.increment();
                if (!e.isRetryable() || System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
            }
        }
    }
}
