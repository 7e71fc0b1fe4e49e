package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.SweepResult;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;

/**
 * Row 16: reservations of one tenant without end expire all at once, are swept batch by batch, and an upload of the same
 * tenant hardly notices. Times and memory are held to their bounds in the long run alone, where there are enough of them.
 */
@Tag("proof")
class FloodTest {

    private static final int FLOOD = Scale.of("flood", 300, 1_000_000);
    private static final boolean IS_LONG = FLOOD >= 100_000;

    /** What the sweep may have expired of one tenant when it comes to the next. */
    private static final int MOST_AT_ONCE = 1_000;

    private static final int IDLE_RESERVES = IS_LONG ? 1_000 : 20;

    /** Not of H2, which keeps its tables there. */
    private static final long HEAP = 64L << 20;

    @OnEachServer
    void shouldSweepAFloodBatchByBatchBesideUploads(TestDatabase database) throws Exception {
        Proof proof = new Proof("16", database, 0);
        try (HikariDataSource pool = database.pool(8);
                JdbcUsageStore store = JdbcUsageStore.builder(pool)
                        .createSchemaIfMissing()
                        .sweepInterval(Duration.ofDays(1))
                        .build()) {
            Uploads uploads = new Uploads(store, proof);
            uploads.reserve();
            flood(pool, database);
            long idle = uploads.p99(IDLE_RESERVES);
            long heap = heap();
            FutureTask<Sweep> sweeping = new FutureTask<>(new Sweep(store));
            long begin = System.nanoTime();
            new Thread(sweeping).start();
            List<Long> micros = new ArrayList<>();
            while (!sweeping.isDone()) {
                micros.add(uploads.reserve());
            }
            Sweep sweep = sweeping.get();
            double seconds = (System.nanoTime() - begin) / 1e9;
            long busy = p99(micros);
            Proof.say(
                    "%s: %d expired in %.1f s, at most %d at once; reserve p99 %d us, idle %d us; heap %+d KiB, at most %+d KiB",
                    database,
                    sweep.expired,
                    seconds,
                    sweep.most,
                    busy,
                    idle,
                    (heap() - heap) >> 10,
                    (sweep.mostHeap - heap) >> 10);
            proof.operations.add(sweep.expired);
            proof.violations.add(TableCheck.violations(pool).size());
            proof.write();

            assertThat(proof.violations.sum()).isZero();
            assertThat(sweep.expired).isEqualTo(FLOOD);
            assertThat(sweep.most).isLessThanOrEqualTo(MOST_AT_ONCE);
            assertThat(store.usage(AccountId.of("t")).total().reservedFiles()).isEqualTo(uploads.reserved);
            if (IS_LONG) {
                assertThat(busy).isLessThanOrEqualTo(2 * idle);
                assertThat(sweep.mostHeap - heap).isLessThan(database == TestDatabase.H2 ? Long.MAX_VALUE : HEAP);
            }
        }
    }

    /** Uploads of the tenant that come one after the other, and never end. */
    private static final class Uploads {

        private final UploadGuard guard;
        private final Proof proof;
        int reserved;

        Uploads(JdbcUsageStore store, Proof proof) {
            this.guard = UploadGuard.builder(store)
                    .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(Long.MAX_VALUE / 2)))
                    .build();
            this.proof = proof;
        }

        /** Returns how many microseconds it took. */
        long reserve() {
            long begin = System.nanoTime();
            guard.reserve(Upload.of("t/user-7", "upload-" + reserved, 1).category("image"));
            reserved++;
            proof.operations.increment();
            proof.admitted.increment();
            return TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin);
        }

        long p99(int times) {
            List<Long> micros = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                micros.add(reserve());
            }
            return FloodTest.p99(micros);
        }
    }

    /** Sweeps until nothing is left. */
    private static final class Sweep implements Callable<Sweep> {

        private final JdbcUsageStore store;
        int expired;
        int most;
        long mostHeap;

        Sweep(JdbcUsageStore store) {
            this.store = store;
        }

        @Override
        public Sweep call() {
            int sweeps = 0;
            for (SweepResult result = store.sweep(); !result.isIdle(); result = store.sweep()) {
                expired += result.expired();
                most = Math.max(most, result.expired());
                if (sweeps++ % 50 == 0) {
                    mostHeap = Math.max(mostHeap, heap());
                }
            }
            return this;
        }
    }

    private static long p99(List<Long> micros) {
        List<Long> sorted = new ArrayList<>(micros);
        Collections.sort(sorted);
        return sorted.get(sorted.size() * 99 / 100);
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** As many reservations as a client could leave behind, in bulk, that are all overdue. */
    private static void flood(HikariDataSource pool, TestDatabase database) {
        String numbers = switch (database) {
            case POSTGRESQL -> "generate_series(1, %d) AS s(i)";
            case H2 -> "system_range(1, %d) AS s(i)";
            case MARIADB, MARIADB_SNAPSHOTS -> "(SELECT seq AS i FROM seq_1_to_%d) s";
        };
        String now = database.isMariaDb() ? "UTC_TIMESTAMP(6)" : "CURRENT_TIMESTAMP";
        TestDatabase.execute(pool, """
                INSERT INTO quota_allocation (tenant, file, version, account, category, state, generation, attempt, bytes,
                    files_held, declared_bytes, metadata, born_at, deadline, since, due_at)
                SELECT 't', concat('flood-', i), '', 't/user-7', 'image', 'RESERVED', i, 1, 10, 1, 10, '', %1$s, %1$s, %1$s,
                    %1$s
                FROM %2$s""".formatted(now, numbers.formatted(FLOOD)));
        TestDatabase.execute(
                pool,
                "UPDATE quota_usage SET reserved_bytes = reserved_bytes + 10 * %1$d, reserved_files = reserved_files + %1$d"
                        .formatted(FLOOD));
    }
}
