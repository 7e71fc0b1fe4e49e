package io.github.quotaguard.benchmarks;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.benchmarks.contender.Contender;
import io.github.quotaguard.benchmarks.contender.FilledTables;
import io.github.quotaguard.benchmarks.database.Database;
import io.github.quotaguard.benchmarks.profile.Latencies;
import java.util.concurrent.ThreadLocalRandom;
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
 * What a reserve costs once there are many tenants, many files or deep accounts: three series in which one of the three
 * grows, on one thread. The uploads go to tenants drawn at random.
 *
 * <pre>{@code
 * java -jar quota-benchmarks/target/benchmarks.jar CostOfGrowth
 * }</pre>
 *
 * <p>{@code allocations} is how many files each tenant has when its tables are filled; where they are few there are
 * the more tenants, so that the uploads measured add little to any. All series are in one set of tables.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
public class CostOfGrowth {

    /** Where: h2 or postgresql. */
    @Param("postgresql")
    public String database = "postgresql";

    /** How many tenants upload. */
    @Param("1")
    public int tenants = 1;

    /** How many files each of them has. */
    @Param("2")
    public int allocations = 2;

    /** How many levels their accounts have. */
    @Param("1")
    public int depth = 1;

    @SuppressWarnings("NullAway.Init")
    private FilledTables tables;

    private String prefix = "photo-";
    private long last;

    /** Fills the tables, unless an earlier fork did. */
    @Setup
    public void open() {
        tables = FilledTables.with(Database.named(database).lasting(), tenants, allocations, depth, JdbcReserve.BYTES);
        // An earlier fork has used other ids.
        prefix = "photo-" + System.currentTimeMillis() + "-";
    }

    /** Closes the connections. */
    @TearDown
    public void close() {
        tables.close();
    }

    /**
     * Reserves.
     *
     * @return the reservation, which is left open
     */
    @Benchmark
    public Reservation reserve() {
        String account = tables.account(1 + ThreadLocalRandom.current().nextInt(tenants));
        Upload upload = Upload.of(account, prefix + ++last, JdbcReserve.BYTES).category(Contender.CATEGORY);
        long began = System.nanoTime();
        Reservation reservation = tables.guard().reserve(upload);
        Latencies.since(began);
        return reservation;
    }
}
