package io.github.quotaguard.benchmarks;

import io.github.quotaguard.StorageQuota;
import io.github.quotaguard.benchmarks.contender.FilledTables;
import io.github.quotaguard.benchmarks.contender.HandmadeTables;
import io.github.quotaguard.benchmarks.database.Database;
import io.github.quotaguard.benchmarks.database.Site;
import io.github.quotaguard.benchmarks.profile.Latencies;
import java.sql.SQLException;
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

/**
 * What an account uses, read from the database: Quotaguard's {@code storageQuota} beside the sum of the file rows, for
 * an account of few files and one of many.
 *
 * <pre>{@code
 * java -jar quota-benchmarks/target/benchmarks.jar ReadQuota
 * }</pre>
 *
 * <p>The sum is read from an index that has all it needs, on a table that was just vacuumed. Everything is in memory.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
public class ReadQuota {

    /** Where: h2 or postgresql. */
    @Param("postgresql")
    public String database = "postgresql";

    /** How many files the account has. */
    @Param("100")
    public int allocations = 100;

    @SuppressWarnings("NullAway.Init")
    private FilledTables tables;

    /**
     * Fills the tables, unless an earlier fork did.
     *
     * @throws SQLException if the database failed
     */
    @Setup
    public void open() throws SQLException {
        Site site = Database.named(database).lasting();
        tables = FilledTables.with(site, 1, allocations, 1, JdbcReserve.BYTES);
        HandmadeTables.fillFiles(site, tables.pool(), tables.account(1), allocations, JdbcReserve.BYTES);
    }

    /** Closes the connections. */
    @TearDown
    public void close() {
        tables.close();
    }

    /**
     * Reads used, reserved and left.
     *
     * @return them
     */
    @Benchmark
    public StorageQuota storageQuota() {
        long began = System.nanoTime();
        StorageQuota quota = tables.quotas().storageQuota(tables.account(1));
        Latencies.since(began);
        return quota;
    }

    /**
     * Adds up the files.
     *
     * @return what is used
     * @throws SQLException if the database failed
     */
    @Benchmark
    public long selectSum() throws SQLException {
        long began = System.nanoTime();
        long used = HandmadeTables.sum(tables.pool(), tables.account(1));
        Latencies.since(began);
        return used;
    }
}
