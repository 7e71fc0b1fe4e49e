package io.github.quotaguard.benchmarks;

import io.github.bucket4j.Bucket;
import io.github.quotaguard.Admission;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.StorageQuota;
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
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * What it costs to admit an upload and to charge it in the memory of one process, beside what is often used instead.
 * Each thread has a tenant of its own, of depth 1; the uploads have a category.
 *
 * <pre>{@code
 * java -jar quota-benchmarks/target/benchmarks.jar InMemoryReserve
 * }</pre>
 *
 * <p>The store keeps a record of every upload. For the records to fit into the heap, an iteration is short and begins
 * with an empty store; what is measured is a store of none to some hundred thousand files, with the work of the garbage
 * collector for them.
 *
 * <p>Not measured: several threads on one tenant, whose commands run one after the other; deeper accounts, retries,
 * expiry.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-Xmn1g", "-XX:+UseParallelGC", "-XX:+AlwaysPreTouch"})
public class InMemoryReserve {

    static final long BYTES = 438_407;
    static final int STORED_FILES = 1_000;

    /** Room for 10 million million uploads. */
    private static final long PLENTY = Long.MAX_VALUE / 2;

    private static final QuotaPolicy ROOMY = limited(PLENTY);
    private static final QuotaPolicy FULL = limited(STORED_FILES * BYTES);

    private final UploadGuard full;
    private final QuotaService quotas;
    private UploadGuard guard =
            UploadGuard.builder(new InMemoryUsageStore()).policy(ROOMY).build();

    /** Stores files for those that are refused or read what is used. */
    public InMemoryReserve() {
        InMemoryUsageStore store = new InMemoryUsageStore();
        full = UploadGuard.builder(store).policy(FULL).build();
        quotas = QuotaService.of(store, FULL);
        for (int file = 0; file < STORED_FILES; file++) {
            full.reserve(upload("full", "photo-" + file)).commit();
        }
    }

    private static Upload upload(String tenant, String file) {
        return Upload.of(tenant, file, BYTES).category("image");
    }

    private static QuotaPolicy limited(long bytes) {
        return QuotaPolicy.fixed(QuotaLimits.ofBytes(bytes).withBytes("image", PLENTY));
    }

    /** A thread's tenant, and what stands for it where it is compared. */
    @State(Scope.Thread)
    public static class Tenant {

        private final Upload refused = upload("full", "one-more");
        private final AtomicLong used = new AtomicLong();

        /** Refilled by the most that Bucket4j allows, one token a nanosecond. */
        private final Bucket bucket = Bucket.builder()
                .addLimit(limit -> limit.capacity(PLENTY).refillGreedy(1_000_000_000, Duration.ofSeconds(1)))
                .build();

        private String name = "tenant";
        private long last;

        /**
         * Keeps the threads' tenants apart.
         *
         * @param threads which of the threads this is
         */
        @Setup
        public void begin(ThreadParams threads) {
            name = "tenant-" + threads.getThreadIndex();
        }

        Upload next() {
            return upload(name, "photo-" + ++last);
        }
    }

    /** Forgets what was recorded so far. */
    @Setup(Level.Iteration)
    public void begin() {
        guard = UploadGuard.builder(new InMemoryUsageStore()).policy(ROOMY).build();
    }

    /**
     * Holds room: checks and moves the account's counter and the category's, and records the allocation. Includes
     * {@link #describe}.
     *
     * @param tenant the thread's
     * @return the reservation, which is left open
     */
    @Benchmark
    public Reservation reserve(Tenant tenant) {
        return guard.reserve(tenant.next());
    }

    /**
     * Reserves, commits and closes: two commands to the store, which check and move both counters and record the
     * allocation and a ledger entry. Includes {@link #describe}.
     *
     * @param tenant the thread's
     * @return the bytes charged
     */
    @Benchmark
    public long reserveAndCommit(Tenant tenant) {
        try (Reservation reservation = guard.reserve(tenant.next())) {
            reservation.commit();
            return reservation.allocation().bytes();
        }
    }

    /**
     * Is refused an upload, described before, by a tenant whose 1,000 files leave no room.
     *
     * @param tenant the thread's
     * @return the refusal, with its numbers
     */
    @Benchmark
    public Admission refuse(Tenant tenant) {
        return full.tryReserve(tenant.refused);
    }

    /**
     * Reads what a tenant of 1,000 files uses.
     *
     * @return used, reserved and left
     */
    @Benchmark
    public StorageQuota storageQuota() {
        return quotas.storageQuota("full");
    }

    /**
     * Makes an id and describes an upload with it: the part of {@link #reserveAndCommit} that does without a store.
     *
     * @param tenant the thread's
     * @return the upload
     */
    @Benchmark
    public Upload describe(Tenant tenant) {
        return tenant.next();
    }

    /**
     * Takes as many tokens from a Bucket4j bucket in memory as the upload has bytes. One call where an upload takes two,
     * and a number is all that it keeps: it knows neither which upload it was nor whether it was a retry, and what a
     * failed upload took it has to be given back.
     *
     * @param tenant the thread's
     * @return true
     */
    @Benchmark
    public boolean bucket4jTryConsume(Tenant tenant) {
        return tenant.bucket.tryConsume(BYTES);
    }

    /**
     * Compares with the limit and sets, on one number: nothing that counts exactly costs less.
     *
     * @param tenant the thread's
     * @return true
     */
    @Benchmark
    public boolean compareAndSet(Tenant tenant) {
        AtomicLong counter = tenant.used;
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
}
