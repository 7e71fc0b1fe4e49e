package io.github.quotaguard.proof;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads a tenant at random in one snapshot, again and again, while others write, and collects what is wrong in it. Rests
 * most of the time, so that the others get on.
 */
final class Sampler implements AutoCloseable {

    /** How much longer it rests than a sample takes. */
    private static final int REST = 4;

    private final Fleet fleet;
    private final Ceilings ceilings;
    private final Random random;
    private final List<String> violations = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "sampler");
    private volatile boolean done;
    private final AtomicInteger samples = new AtomicInteger();

    Sampler(Fleet fleet) {
        this.fleet = fleet;
        this.ceilings = new Ceilings(fleet.load());
        this.random = new Random(fleet.load().seed());
        thread.start();
    }

    private void run() {
        try (Connection connection = fleet.pool().getConnection()) {
            TestDatabase.of(connection).useSnapshots(connection);
            while (!done) {
                long begin = System.nanoTime();
                int tenant = random.nextInt(fleet.load().tenants());
                violations.addAll(fleet.violations(connection, tenant, ceilings::violations));
                samples.incrementAndGet();
                LockSupport.parkNanos(REST * (System.nanoTime() - begin));
            }
        } catch (SQLException | RuntimeException e) {
            violations.add("the sampler failed: " + e);
        }
    }

    int samples() {
        return samples.get();
    }

    /** Stops, and returns what was wrong in any snapshot. */
    List<String> stop() throws InterruptedException {
        done = true;
        thread.join();
        return violations;
    }

    /** Lets it end, also if a test has failed and does not {@link #stop}. */
    @Override
    public void close() {
        done = true;
    }
}
