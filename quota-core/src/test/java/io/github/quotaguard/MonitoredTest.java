package io.github.quotaguard;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A store in memory, and a monitor that looks by {@link WarningMonitor#run}, one look after the other. */
abstract class MonitoredTest {

    final TestClock clock = new TestClock();
    final InMemoryUsageStore store = new InMemoryUsageStore(clock);
    final UploadGuard unguarded = UploadGuard.builder(store)
            .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
            .clock(clock)
            .build();
    final Map<AccountId, QuotaLimits> limits = new ConcurrentHashMap<>();
    final QuotaPolicy policy = account -> limits.getOrDefault(account, QuotaLimits.unlimited());
    final List<WarningEvent> told = new CopyOnWriteArrayList<>();
    final WarningMonitor monitor = monitor(told::add);

    WarningMonitor monitor(QuotaListener listener) {
        return WarningMonitor.builder(store).policy(policy).listener(listener).build();
    }

    void limit(String account, QuotaLimits ofAccount) {
        limits.put(AccountId.of(account), ofAccount);
    }

    void save(String account, String file, long bytes) {
        unguarded.reserve(Upload.of(account, file, bytes)).commit();
    }

    void look() {
        monitor.run();
    }

    List<QuotaSeverity> severities() {
        return told.stream().map(event -> event.warning().severity()).toList();
    }
}
