package io.github.quotaguard.benchmarks;

import io.github.bucket4j.Bucket;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.memory.InMemoryUsageStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * What it costs to admit an upload and to charge it in the memory of one process, beside what is often used instead.
 *
 * <pre>{@code
 * mvn package -pl quota-benchmarks -am -DskipTests
 * java -jar quota-benchmarks/target/benchmarks.jar InMemoryReserve
 * java -jar quota-benchmarks/target/benchmarks.jar InMemoryReserve -t 2
 * }</pre>
 *
 * <p>All threads work on one account of depth 1, so that with {@code -t 2} and more they wait for each other: the
 * commands of one tenant run one after the other. No limit is ever reached.
 *
 * <p>The store keeps a record of every upload. For the records to fit into the heap, an iteration is short and begins
 * with an empty store; what is measured is a store of none to some hundred thousand files, with the work of the garbage
 * collector for them.
 *
 * <p>Not measured: a database, refusals, deeper accounts, many tenants, retries, expiry.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 20, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-Xmn1g", "-XX:+UseParallelGC", "-XX:+AlwaysPreTouch"})
public class InMemoryReserve {

    static final long BYTES = 438_407;

    /** Room for 10 million million uploads. */
    private static final long PLENTY = Long.MAX_VALUE / 2;

    private UploadGuard guard = newGuard();
    private Bucket bucket = newBucket();
    private AtomicLong used = new AtomicLong();

    /** Numbers the uploads of a thread. */
    @State(Scope.Thread)
    public static class Uploads {

        private String prefix = "photo-";
        private long last;

        /**
         * Keeps the threads' ids apart.
         *
         * @param threads which of the threads this is
         */
        @Setup
        public void begin(ThreadParams threads) {
            prefix = "photo-" + threads.getThreadIndex() + "-";
        }

        Upload next() {
            return Upload.of("acme", prefix + ++last, BYTES).category("image");
        }
    }

    /** Forgets what was recorded so far. */
    @Setup(Level.Iteration)
    public void begin() {
        guard = newGuard();
        bucket = newBucket();
        used = new AtomicLong();
    }

    /**
     * Reserves, commits and closes: two commands to the store, which check and move the account's counter and the
     * category's, and record the allocation and a ledger entry. Includes {@link #describe}.
     *
     * @param uploads ids for the files
     * @return the bytes charged
     */
    @Benchmark
    public long reserveAndCommit(Uploads uploads) {
        try (Reservation reservation = guard.reserve(uploads.next())) {
            reservation.commit();
            return reservation.allocation().bytes();
        }
    }

    /**
     * Makes an id and describes an upload with it: the part of {@link #reserveAndCommit} that does without a store.
     *
     * @param uploads ids for the files
     * @return the upload
     */
    @Benchmark
    public Upload describe(Uploads uploads) {
        return uploads.next();
    }

    /**
     * Takes as many tokens from a Bucket4j bucket in memory as the upload has bytes. One call where an upload takes two,
     * and a number is all that it keeps: it knows neither which upload it was nor whether it was a retry, and what a
     * failed upload took it has to be given back.
     *
     * @return true
     */
    @Benchmark
    public boolean bucket4jTryConsume() {
        return bucket.tryConsume(BYTES);
    }

    /**
     * Compares with the limit and sets, on one number: nothing that counts exactly costs less.
     *
     * @return true
     */
    @Benchmark
    public boolean compareAndSet() {
        AtomicLong counter = used;
        while (true) {
            long before = counter.get();
            if (BYTES > PLENTY - before) {
                return false;
            }
            if (counter.compareAndSet(before, before + BYTES)) {
                return true;
            }
        }
    }

    private static UploadGuard newGuard() {
        return UploadGuard.builder(new InMemoryUsageStore())
                .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(PLENTY).withBytes("image", PLENTY)))
                .build();
    }

    /** Refilled by the most that Bucket4j allows, one token a nanosecond. */
    private static Bucket newBucket() {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(PLENTY).refillGreedy(1_000_000_000, Duration.ofSeconds(1)))
                .build();
    }
}
