package io.github.quotaguard.benchmarks;

import io.github.quotaguard.benchmarks.contender.Contender;
import io.github.quotaguard.benchmarks.database.Database;
import io.github.quotaguard.benchmarks.profile.Latencies;
import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Holds room for uploads, durably, in a database: Quotaguard beside what a Java developer would use instead. Accounts of
 * depth 1, a category, limits of both that are never reached; each upload is of a tenant drawn at random.
 *
 * <pre>{@code
 * java -jar quota-benchmarks/target/benchmarks.jar JdbcReserve database=postgresql tenants=1 threads=128
 * }</pre>
 *
 * <table>
 * <caption>contenders</caption>
 * <tr><th>{@code quotaguard}</th><td>as it comes</td></tr>
 * <tr><th>{@code uncoalesced}</th><td>Quotaguard that sends each upload alone</td></tr>
 * <tr><th>{@code bucket4j}</th><td>Bucket4j's store for PostgreSQL; no category, no record</td></tr>
 * <tr><th>{@code selectForUpdate}</th><td>SELECT … FOR UPDATE, UPDATE, INSERT in one transaction</td></tr>
 * <tr><th>{@code guardedUpdate}</th><td>UPDATE … WHERE there is room, INSERT in one transaction</td></tr>
 * <tr><th>{@code sumThenInsert}</th><td>SELECT SUM, INSERT; not exact</td></tr>
 * <tr><th>{@code floor}</th><td>one bare UPDATE … WHERE there is room; no category, no record</td></tr>
 * </table>
 *
 * <p>Tables begin empty, but for one row for each counter. Not measured: refusals, commits (see {@code
 * UploadLifecycle}), full tables and deeper accounts ({@code CostOfGrowth}), a database on another machine, whose
 * round trips would cost those more that need more of them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
public class JdbcReserve {

    static final long BYTES = 438_407;

    /** Where: h2, mariadb or postgresql. */
    @Param("postgresql")
    public String database = "postgresql";

    /** How many tenants upload. */
    @Param("1")
    public int tenants = 1;

    /** Who is measured. */
    @Param("quotaguard")
    public String contender = "quotaguard";

    @SuppressWarnings("NullAway.Init")
    private Contender contending;

    /** A thread's uploads. */
    @State(Scope.Thread)
    public static class Uploads {

        private SplittableRandom random = new SplittableRandom();
        private String prefix = "photo-";
        private long last;

        /**
         * Keeps the threads' ids apart.
         *
         * @param threads which of the threads this is
         */
        @Setup
        public void begin(ThreadParams threads) {
            random = new SplittableRandom(threads.getThreadIndex());
            prefix = "photo-" + threads.getThreadIndex() + "-";
        }

        int anyOf(int tenants) {
            return 1 + random.nextInt(tenants);
        }

        String next() {
            return prefix + ++last;
        }
    }

    /** Creates the contender's tables in an empty database. */
    @Setup
    public void open() {
        contending = Contender.named(contender, Database.named(database).cleared(), tenants);
    }

    /** Closes its connections. */
    @TearDown
    public void close() {
        contending.close();
    }

    /**
     * Reserves.
     *
     * @param uploads the thread's
     * @throws SQLException if the database failed
     */
    @Benchmark
    public void reserve(Uploads uploads) throws SQLException {
        String tenant = Contender.tenant(uploads.anyOf(tenants));
        String file = uploads.next();
        long began = System.nanoTime();
        contending.reserve(tenant, file, BYTES);
        Latencies.since(began);
    }
}
