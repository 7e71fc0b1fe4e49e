package io.github.quotaguard.benchmarks;

import io.github.quotaguard.benchmarks.contender.Contender;
import io.github.quotaguard.benchmarks.contender.Uploader;
import io.github.quotaguard.benchmarks.database.Database;
import io.github.quotaguard.benchmarks.profile.Latencies;
import io.github.quotaguard.benchmarks.profile.Settlements;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Everything that the quota adds to an upload of one tenant: reserve, then the file's row and the commit in one JDBC
 * transaction of the application's, then settled; beside the same done by hand, which locks the usage row, inserts the
 * file's row and moves the counters in one transaction.
 *
 * <pre>{@code
 * java -jar quota-benchmarks/target/benchmarks.jar UploadLifecycle
 * }</pre>
 *
 * <p>{@code otherWork} is how many milliseconds the application spends within its transaction between its statements,
 * as handlers do that call a service or write more rows; it waits, as for I/O.
 *
 * <p>What Quotaguard has still to settle when an iteration ends is waited for, and counted as time of the iteration.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
public class UploadLifecycle {

    /** Where: h2, mariadb or postgresql. */
    @Param("postgresql")
    public String database = "postgresql";

    /** Milliseconds that the application's transaction waits for something else. */
    @Param("0")
    public int otherWork = 0;

    /** Who is measured: quotaguard or byHand. */
    @Param("quotaguard")
    public String contender = "quotaguard";

    @SuppressWarnings("NullAway.Init")
    private Uploader uploader;

    /** Creates the contender's tables in an empty database. */
    @Setup
    public void open() {
        uploader = Uploader.named(contender, Database.named(database).cleared());
    }

    /** Waits until what Quotaguard has committed is settled too, which is time of the iteration. */
    @TearDown(Level.Iteration)
    public void settle() {
        if (contender.equals("quotaguard")) {
            Settlements.await(Database.named(database).asItIs());
        }
    }

    /** Closes its connections. */
    @TearDown
    public void close() {
        uploader.close();
    }

    /**
     * Uploads.
     *
     * @param uploads the thread's
     * @throws SQLException if the database failed
     */
    @Benchmark
    public void upload(JdbcReserve.Uploads uploads) throws SQLException {
        String file = uploads.next();
        long began = System.nanoTime();
        uploader.upload(Contender.tenant(1), file, JdbcReserve.BYTES, TimeUnit.MILLISECONDS.toNanos(otherWork));
        Latencies.since(began);
    }
}
