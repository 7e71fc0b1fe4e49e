package io.github.quotaguard.spring.actuate;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.UsageStoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A store in memory with a clock that can be set, that counts the looks at its backlog, and can fail. */
final class TestStore {

    private volatile Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final UsageStore memory = new InMemoryUsageStore(() -> now);
    final AtomicInteger looks = new AtomicInteger();
    private volatile boolean isBroken;
    private volatile boolean knowsItsBacklog = true;

    final UsageStore store = (UsageStore) Proxy.newProxyInstance(
            UsageStore.class.getClassLoader(), new Class<?>[] {UsageStore.class}, (proxy, method, arguments) -> {
                boolean isLook = method.getName().equals("backlog");
                if (isLook && !knowsItsBacklog) {
                    return Optional.empty();
                }
                if (isBroken) {
                    throw new UsageStoreException("the database is gone", true, null);
                }
                if (isLook) {
                    looks.incrementAndGet();
                }
                try {
                    return method.invoke(memory, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });

    void advance(Duration time) {
        now = now.plus(time);
    }

    void breakDown() {
        isBroken = true;
    }

    void recover() {
        isBroken = false;
    }

    void forgetItsBacklog() {
        knowsItsBacklog = false;
    }
}
