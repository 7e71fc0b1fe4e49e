package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.LevelChange;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.TenantState;
import io.github.quotaguard.store.TenantStateStore;
import io.github.quotaguard.store.WarningLevel;
import io.github.quotaguard.store.WarningStore;
import io.github.quotaguard.store.WatchedLimit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a monitor makes of policies, listeners and stores that fail. */
class WarningMonitorFailuresTest {

    private final TestClock clock = new TestClock();
    private final FailingStore store = new FailingStore(clock);
    private final UploadGuard guard = UploadGuard.builder(store)
            .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
            .clock(clock)
            .build();
    private final Set<String> broken = ConcurrentHashMap.newKeySet();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final WarningMonitor monitor =
            builder(event -> told.add(event.id())).build();

    /** Fails as it is told to. */
    private static final class FailingStore extends TenantStateStore {

        private final Map<String, TenantState> states = new ConcurrentSkipListMap<>();
        private final Set<String> unreadable = ConcurrentHashMap.newKeySet();
        private final AtomicBoolean failsOnce = new AtomicBoolean();

        FailingStore(TestClock clock) {
            super(clock);
        }

        @Override
        protected synchronized <R> R update(String tenant, Function<TenantState, R> step) {
            return step.apply(states.computeIfAbsent(tenant, name -> new TenantState()));
        }

        @Override
        protected synchronized <R> R read(String tenant, Function<TenantState, R> step) {
            R read = step.apply(states.getOrDefault(tenant, new TenantState()));
            if (unreadable.contains(tenant) && !(read instanceof Boolean) && !(read instanceof Collection<?>)) {
                throw new IllegalArgumentException("not what was written");
            }
            return read;
        }

        @Override
        protected SortedSet<String> tenants() {
            if (failsOnce.getAndSet(false)) {
                throw sneaky(new IOException("disk"));
            }
            return new TreeSet<>(states.keySet());
        }
    }

    /** Throws a checked exception where none is declared, as Kotlin and Lombok do. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable failure) throws T {
        throw (T) failure;
    }

    private WarningMonitor.Builder builder(QuotaListener listener) {
        return WarningMonitor.builder(store).policy(this::limits).listener(listener);
    }

    private QuotaLimits limits(AccountId account) {
        asked.add(account.path());
        if (broken.contains(account.path())) {
            throw new LinkageError("no plan");
        }
        return QuotaLimits.ofBytes(100);
    }

    private WarningStore warnings() {
        return store.warnings().orElseThrow();
    }

    private void save(String account, String file, long bytes) {
        guard.reserve(Upload.of(account, file, bytes)).commit();
    }

    @Test
    void shouldLookAtAllOthersThoughAPolicyThrowsAnError() {
        broken.add("acme/user-7");
        save("acme/user-7", "a", 40);
        save("acme/user-8", "b", 80);
        save("corp", "a", 80);

        assertThat(CapturedLog.of(monitor)).contains("acme/user-7").contains("no plan");

        assertThat(told).containsExactlyInAnyOrder("acme//BYTES-3-1", "acme/user-8//BYTES-1-1", "corp//BYTES-1-1");
    }

    @Test
    void shouldLookAtAllOthersThoughAPolicyThrowsWhatItDoesNotDeclare() {
        save("acme", "a", 80);
        save("corp", "a", 80);
        QuotaPolicy policy = account -> {
            if (account.path().equals("acme")) {
                throw sneaky(new IOException("no plan"));
            }
            return QuotaLimits.ofBytes(100);
        };

        CapturedLog.of(builder(event -> told.add(event.id())).policy(policy).build());

        assertThat(told).containsExactly("corp//BYTES-1-1");
    }

    @Test
    void shouldLookAgainAtTheAccountWhosePolicyThrewAndNotAtWhatIsBehindIt() {
        broken.add("acme/user-7");
        save("acme/user-7", "a", 40);
        save("acme/user-8", "b", 80);
        save("acme/user-7", "c", 40);
        CapturedLog.of(monitor);
        assertThat(warnings().behind(null, 10).items()).isEmpty();

        asked.clear();
        CapturedLog.of(monitor);
        assertThat(asked).containsExactly("acme/user-7");

        broken.clear();
        told.clear();
        monitor.run();
        assertThat(told).containsExactly("acme/user-7//BYTES-1-1");

        asked.clear();
        monitor.run();
        assertThat(asked).isEmpty();
    }

    /** They would fill the memory, so the mark of the tenant waits. */
    @Test
    void shouldLeaveWhatItCanNotRememberToBeFoundAgain() {
        for (int i = 0; i < 101; i++) {
            broken.add("acme/user-" + i);
            save("acme/user-" + i, "f" + i, 1);
        }
        CapturedLog.of(monitor);
        assertThat(warnings().behind(null, 10).items()).containsExactly("acme");

        broken.clear();
        monitor.run();
        assertThat(warnings().behind(null, 10).items()).isEmpty();
    }

    @Test
    void shouldLookAtAllOthersThoughATenantCanNotBeRead() {
        save("acme", "a", 80);
        save("corp", "a", 80);
        store.unreadable.add("acme");

        assertThat(CapturedLog.of(monitor)).contains("Tenant acme").contains("not what was written");

        assertThat(told).containsExactly("corp//BYTES-1-1");
    }

    @Test
    void shouldSearchAgainAfterAStoreThrewWhatItDoesNotDeclare() {
        save("acme", "a", 80);
        store.failsOnce.set(true);
        try (WarningMonitor started = builder(event -> told.add(event.id()))
                .interval(Duration.ofMillis(10))
                .build()) {
            started.start();
            await().until(() -> told.contains("acme//BYTES-1-1"));
        }
    }

    /** As one that a later version has raised, of a limit that this one has no text for. */
    @Test
    void shouldTellOfAllOthersThoughAnEventCanNotBeSaid() {
        save("acme", "a", 80);
        WatchedLimit unknown = new WatchedLimit(AccountId.of("abc"), MetricType.FILE_BYTES, null);
        warnings().move(new LevelChange(unknown, WarningLevel.NONE, 1, 80, 100, null));

        assertThat(CapturedLog.of(monitor)).contains("abc//FILE_BYTES-1-1");

        assertThat(told).containsExactly("acme//BYTES-1-1");
    }

    @Test
    void shouldSayThatNotEveryAccountWasLookedAt() {
        save("acme/user-7", "a", 80);
        save("acme/user-8", "b", 80);
        broken.add("acme");
        broken.add("acme/user-7");

        CapturedLog.of(() -> assertThatIllegalStateException()
                .isThrownBy(monitor::evaluateAll)
                .withMessageContaining("could not be looked at for warnings: 2"));

        assertThat(warnings().claim(Duration.ofMinutes(1)))
                .hasValueSatisfying(warning -> assertThat(warning.id()).isEqualTo("acme/user-8//BYTES-1-1"));
    }

    @Test
    void shouldSayThatItEndedBeforeEveryAccountWasLookedAt() {
        save("acme", "a", 80);
        monitor.close();

        assertThatIllegalStateException().isThrownBy(monitor::evaluateAll).withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(monitor::start);
        monitor.run();
        assertThat(asked).isEmpty();
    }

    @Test
    void shouldEndAfterTheAccountItIsAtAndLeaveTheOthersToBeFound() {
        save("acme/user-7", "a", 80);
        List<WarningMonitor> closing = new ArrayList<>();
        WarningMonitor ending = builder(event -> told.add(event.id()))
                .policy(account -> {
                    closing.forEach(WarningMonitor::close);
                    return limits(account);
                })
                .build();
        closing.add(ending);

        ending.run();

        assertThat(asked).containsExactly("acme");
        assertThat(told).isEmpty();
        assertThat(warnings().behind(null, 10).items()).containsExactly("acme");
    }

    /** Each attempt takes longer than the lease. */
    @Test
    void shouldEndALookThoughEveryListenerFailsForLongerThanTheLease() {
        List<String> attempts = new ArrayList<>();
        WarningMonitor failing = builder(event -> {
                    attempts.add(event.id());
                    clock.advance(Duration.ofDays(70));
                    throw new IllegalStateException("mail server is down");
                })
                .lease(Duration.ofDays(1))
                .build();
        save("acme", "a", 80);
        save("corp", "a", 80);

        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> CapturedLog.of(failing));

        assertThat(attempts).startsWith("acme//BYTES-1-1", "corp//BYTES-1-1").hasSizeLessThanOrEqualTo(4);
    }

    /** Use was back below the limit, so nothing is announced, and no charge has taken the note away. */
    @Test
    void shouldLookOnceAtAGraceThatEndsWithoutMeaning() {
        QuotaPolicy soft = account -> {
            asked.add(account.path());
            return QuotaLimits.unlimited().withSoftBytes(100, Duration.ofDays(14));
        };
        WarningMonitor watching =
                builder(event -> told.add(event.id())).policy(soft).build();
        UploadGuard soon = UploadGuard.builder(store).policy(soft).clock(clock).build();
        soon.reserve(Upload.of("acme", "base", 90)).commit();
        soon.reserve(Upload.of("acme", "more", 20)).commit();
        soon.delete("acme", "base");
        watching.run();

        clock.advance(Duration.ofDays(14));
        asked.clear();
        watching.run();
        watching.run();
        assertThat(asked).containsExactly("acme");
        assertThat(told).isEmpty();
    }
}
