package io.github.quotaguard.proof;

import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaListener;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.WarningMonitor;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.WarningStore;
import io.github.quotaguard.store.WatchedLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

/** Nodes that share a tenant of {@value #LIMIT} bytes, each with a store and a monitor; and what was announced. */
final class WarningScene implements AutoCloseable {

    static final long LIMIT = 800;
    static final String TENANT = "acme";

    /** Only the tenant is limited, not who uploads for it. */
    static final QuotaPolicy POLICY =
            account -> account.path().contains("/") ? QuotaLimits.unlimited() : QuotaLimits.ofBytes(LIMIT);

    private static final Duration LEASE = Duration.ofMillis(200);

    private final List<JdbcUsageStore> stores = new ArrayList<>();
    private final List<WarningMonitor> monitors = new ArrayList<>();
    private final List<UploadGuard> guards = new ArrayList<>();
    final LongAdder saves = new LongAdder();
    final LongAdder deletes = new LongAdder();

    /** Adds a node, whose monitor sees the store as {@code view} shows it. */
    WarningMonitor addNode(HikariDataSource pool, QuotaListener listener, UnaryOperator<UsageStore> view) {
        JdbcUsageStore store = JdbcUsageStore.builder(pool)
                .sweepInterval(Duration.ofMillis(100))
                .createSchemaIfMissing()
                .build();
        WarningMonitor monitor = monitor(view.apply(store), listener);
        stores.add(store);
        monitors.add(monitor);
        guards.add(UploadGuard.builder(store)
                .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                .build());
        return monitor;
    }

    static WarningMonitor monitor(UsageStore store, QuotaListener listener) {
        return WarningMonitor.builder(store)
                .policy(POLICY)
                .listener(listener)
                .delay(Duration.ofMillis(5))
                .interval(Duration.ofMillis(50))
                .lease(LEASE)
                .build();
    }

    void start() {
        monitors.forEach(WarningMonitor::start);
    }

    WarningStore warnings() {
        return stores.get(0).warnings().orElseThrow();
    }

    void save(int thread, String file, long bytes) {
        guard(thread)
                .reserve(Upload.of(account(thread), account(thread) + file, bytes))
                .commit();
        saves.increment();
    }

    void saveFor(String tenant, long bytes) {
        guards.get(0).reserve(Upload.of(tenant, "photo", bytes)).commit();
    }

    void delete(int thread, String file) {
        guard(thread).delete(account(thread), account(thread) + file);
        deletes.increment();
    }

    private UploadGuard guard(int thread) {
        return guards.get(thread % guards.size());
    }

    private static String account(int thread) {
        return TENANT + "/user-" + thread;
    }

    int level() {
        WatchedLimit bytes = new WatchedLimit(AccountId.of(TENANT), MetricType.BYTES, null);
        return warnings().watched(bytes.account()).level(bytes).level();
    }

    /** Waits until a monitor has looked at everything and the level is this. */
    void awaitLevel(int level) {
        await().atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> warnings().behind(null, 1).items().isEmpty() && level() == level);
    }

    /** Returns the ids of so many rounds through all levels. */
    static Set<String> idsOf(int rounds) {
        Set<String> ids = new TreeSet<>();
        for (int raise = 1; raise <= 3 * rounds; raise++) {
            ids.add("%s//BYTES-%d-%d".formatted(TENANT, (raise - 1) % 3 + 1, raise));
        }
        return ids;
    }

    /** Returns a line for each event that was never announced, and for each that should not be. */
    static List<String> violations(Set<String> expected, Set<String> announced) {
        List<String> violations = new ArrayList<>();
        expected.stream().filter(id -> !announced.contains(id)).forEach(id -> violations.add("never announced: " + id));
        announced.stream().filter(id -> !expected.contains(id)).forEach(id -> violations.add("one too many: " + id));
        return violations;
    }

    @Override
    public void close() {
        monitors.forEach(WarningMonitor::close);
        stores.forEach(JdbcUsageStore::close);
    }
}
