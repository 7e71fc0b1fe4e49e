package io.github.quotaguard.proof;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.jdbc.SqlInventory;
import io.github.quotaguard.reconcile.DriftReport;
import io.github.quotaguard.reconcile.ReconcileOptions;
import io.github.quotaguard.reconcile.ReconcileSummary;
import io.github.quotaguard.reconcile.Reconciler;
import io.github.quotaguard.reconcile.StoredFile;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.RepairStore;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A JVM that repairs or diagnoses a database, and says how long that took. */
final class RepairProcess {

    private static final int PAGE = 500;

    private RepairProcess() {}

    /** Takes the URL of a database and what is to be done; says {@code name=value} for each figure. */
    public static void main(String[] arguments) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(arguments[0]);
        try (HikariDataSource pool = TestDatabase.pool(config, 4);
                JdbcUsageStore store = JdbcUsageStore.builder(pool)
                        .sweepInterval(Duration.ofDays(1))
                        .build()) {
            SqlInventory inventory = FileTable.inventory(pool);
            Reconciler reconciler = Reconciler.of(store, inventory);
            if (arguments[1].equals("repair")) {
                repair(reconciler);
            } else {
                diagnose(reconciler, store, inventory);
            }
        }
    }

    private static void repair(Reconciler reconciler) {
        long begin = System.nanoTime();
        ReconcileSummary summary = reconciler.repairAll(ReconcileOptions.defaults());
        say("millis", (System.nanoTime() - begin) / 1_000_000);
        say("repaired", summary.repaired());
        say("failed", summary.failed());
    }

    private static void diagnose(Reconciler reconciler, JdbcUsageStore store, SqlInventory inventory) {
        for (int round = 0; round < 2; round++) {
            long begin = System.nanoTime();
            long read = readFiles(inventory) + readRecords(store.repairs().orElseThrow());
            long middle = System.nanoTime();
            DriftReport report = reconciler.diagnose("t");
            say("read", read);
            say("readMillis", (middle - begin) / 1_000_000);
            say("millis", (System.nanoTime() - middle) / 1_000_000);
            say("files", report.files());
            say("consistent", report.isConsistent() ? 1 : 0);
        }
    }

    private static long readFiles(SqlInventory inventory) {
        try (Stream<StoredFile> files = inventory.list(AccountId.of("t"))) {
            return files.filter(file -> file.bytes() >= 0).count();
        }
    }

    private static long readRecords(RepairStore repairs) {
        long read = 0;
        @Nullable FileVersion after = null;
        Page<Allocation> page;
        do {
            page = repairs.live("t", after, PAGE);
            read += page.items().size();
            after = page.items().isEmpty()
                    ? after
                    : page.items().get(page.items().size() - 1).id();
        } while (page.hasMore());
        return read;
    }

    private static void say(String name, long value) {
        System.out.println(name + "=" + value);
    }
}
