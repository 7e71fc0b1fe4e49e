package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaListener;
import io.github.quotaguard.WarningMonitor;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.LevelChange;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.WarningLevel;
import io.github.quotaguard.store.WarningStore;
import io.github.quotaguard.store.WatchedAccount;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Row 22: 8 threads on 2 nodes pass 80, 90 and 100 % again and again, and go to and fro around each. Every raise has one
 * event, announced at least once, though listeners fail and a node is killed.
 */
@Tag("proof")
class WarningsTest {

    private static final int THREADS = 8;
    private static final int NODES = 2;

    /** Three thresholds are crossed in each. */
    private static final int ROUNDS = Scale.of("warnings", 7, 334);

    /** What each thread adds to pass the next threshold, in per cent of the limit together. */
    private static final int[] STEPS = {80, 10, 10};

    @TempDir
    Path directory;

    @OnEachServer
    void shouldAnnounceEachRaiseUnderOneId(TestDatabase database) throws Exception {
        long seed = Scale.seed();
        Proof proof = new Proof("22", database, seed);
        ConcurrentMap<String, AtomicInteger> announced = new ConcurrentHashMap<>();
        try (HikariDataSource pool = database.pool(2 * THREADS);
                WarningScene scene = new WarningScene()) {
            for (int node = 0; node < NODES; node++) {
                scene.addNode(pool, failingNowAndThen(announced, new Random(seed + node)), store -> store);
            }
            scene.start();
            for (int round = 0; round < ROUNDS; round++) {
                play(scene);
            }
            Set<String> expected = WarningScene.idsOf(ROUNDS);
            await().atMost(Duration.ofMinutes(1)).until(() -> announced.keySet().containsAll(expected));
            await().atMost(Duration.ofMinutes(1)).until(() -> pending(pool).isEmpty());
            List<String> violations = WarningScene.violations(expected, announced.keySet());
            violations.addAll(TableCheck.violations(pool));
            proof.admitted.add(scene.saves.sum());
            proof.operations.add(scene.saves.sum() + scene.deletes.sum());
            proof.violations.add(violations.size());
            proof.write();
            int calls = announced.values().stream().mapToInt(AtomicInteger::get).sum();
            Proof.say("%s: %d raises, %d calls of listeners, seed %d", database, expected.size(), calls, seed);
            assertThat(violations).as("seed %d", seed).isEmpty();
        }
    }

    private static List<String> pending(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return TableCheck.rows(connection, "SELECT * FROM quota_warning");
        }
    }

    /** Each of the threads adds its part, goes back below the threshold and over it again, and takes all away. */
    private static void play(WarningScene scene) throws Exception {
        for (int step = 0; step < STEPS.length; step++) {
            long part = STEPS[step] * WarningScene.LIMIT / 100 / THREADS;
            String file = "-" + step;
            Crowd.run(THREADS, thread -> {
                scene.save(thread, file, part - 1);
                scene.save(thread, file + "-rest", 1);
            });
            scene.awaitLevel(step + 1);
            Crowd.run(THREADS, thread -> {
                scene.delete(thread, file + "-rest");
                scene.save(thread, file + "-rest", 1);
            });
            scene.awaitLevel(step + 1);
        }
        Crowd.run(THREADS, thread -> {
            for (int step = 0; step < STEPS.length; step++) {
                scene.delete(thread, "-" + step);
                scene.delete(thread, "-" + step + "-rest");
            }
        });
        scene.awaitLevel(0);
    }

    private static QuotaListener failingNowAndThen(ConcurrentMap<String, AtomicInteger> announced, Random random) {
        return event -> {
            int times = announced
                    .computeIfAbsent(event.id(), id -> new AtomicInteger())
                    .incrementAndGet();
            if (times == 1 && random.nextInt(8) == 0) {
                throw new IllegalStateException("on purpose, comes again");
            }
        };
    }

    @OnEachServer
    void shouldAnnounceWhatAKilledNodeHasLeftBehind(TestDatabase database) throws Exception {
        Proof proof = new Proof("22 kill", database, 0);
        Set<String> announced = ConcurrentHashMap.newKeySet();
        try (Site site = Site.of(database);
                HikariDataSource pool = site.pool(6);
                WarningScene scene = new WarningScene()) {
            scene.addNode(pool, event -> announced.add(event.id()), store -> store);
            Path log = directory.resolve(database + ".log");
            try (JvmProcess node = JvmProcess.start(log, Victim.class, List.of(), List.of(site.url(pool, 0)))) {
                await().atMost(Duration.ofMinutes(2)).until(() -> {
                    assertThat(node.isAlive()).as(node::said).isTrue();
                    return node.said().contains(Victim.READY);
                });
                node.kill();
            }
            assertThat(announced).isEmpty();
            scene.start();
            Set<String> expected = Set.of("announcing//BYTES-1-1", "raised//BYTES-1-1", "settled//BYTES-1-1");
            await().atMost(Duration.ofMinutes(1)).until(() -> announced.containsAll(expected));
            List<String> violations = WarningScene.violations(expected, announced);
            proof.operations.add(announced.size());
            proof.violations.add(violations.size());
            proof.write();
            assertThat(violations).isEmpty();
        }
    }

    /** A node that is killed with one event being announced, one raised, and one not even looked for. */
    static final class Victim {

        static final String READY = "ready to be killed";

        private Victim() {}

        public static void main(String... args) {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(args[0]);
            WarningScene scene = new WarningScene();
            WarningMonitor monitor = scene.addNode(
                    TestDatabase.pool(config, 4),
                    event -> {
                        scene.saveFor("settled", 640);
                        System.out.println(READY);
                        System.out.flush();
                        hang();
                    },
                    store -> store);
            scene.saveFor("announcing", 640);
            monitor.evaluate("announcing");
            scene.saveFor("raised", 640);
            monitor.run();
        }

        private static void hang() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Two nodes that see the same usage at the same level: with the guard one of them raises it, without it both. */
    @Test
    void shouldSeeASecondIdWhereTheLevelIsMovedWithoutAGuard() throws Exception {
        assertThat(raisedByTwoAtOnce(WarningsTest::atOnce)).isEmpty();
        assertThat(raisedByTwoAtOnce(real -> unguarded(atOnce(real)))).containsExactly("one too many: acme//BYTES-1-2");
    }

    /** A raise that is not recorded is never announced. */
    @Test
    void shouldSeeARaiseThatIsLost() throws Exception {
        assertThat(raisedByTwoAtOnce(real -> intercepted(WarningStore.class, real, "claim", args -> Optional.empty())))
                .containsExactly("never announced: acme//BYTES-1-1");
    }

    @FunctionalInterface
    private interface View {
        WarningStore of(WarningStore real);
    }

    private static List<String> raisedByTwoAtOnce(View view) throws Exception {
        Set<String> announced = ConcurrentHashMap.newKeySet();
        try (HikariDataSource pool = TestDatabase.H2.pool(6);
                WarningScene scene = new WarningScene()) {
            Map<Integer, WarningMonitor> monitors = new ConcurrentHashMap<>();
            ConcurrentMap<String, WarningStore> shared = new ConcurrentHashMap<>();
            for (int node = 0; node < NODES; node++) {
                monitors.put(node, scene.addNode(pool, event -> announced.add(event.id()), store -> {
                    WarningStore seen = shared.computeIfAbsent(
                            "view", key -> view.of(store.warnings().orElseThrow()));
                    return intercepted(UsageStore.class, store, "warnings", args -> Optional.of(seen));
                }));
            }
            scene.save(0, "photo", 640);
            Crowd.run(NODES, node -> monitors.get(node).evaluate(WarningScene.TENANT));
            monitors.get(0).run();
            return WarningScene.violations(Set.of("acme//BYTES-1-1"), new TreeSet<>(announced));
        }
    }

    /** Lets the first two looks at a level be at the same time. */
    private static WarningStore atOnce(WarningStore real) {
        CyclicBarrier both = new CyclicBarrier(2);
        AtomicInteger looks = new AtomicInteger();
        return intercepted(WarningStore.class, real, "watched", args -> {
            WatchedAccount watched = real.watched((AccountId) args[0]);
            if (looks.getAndIncrement() < 2) {
                both.await();
            }
            return watched;
        });
    }

    /** Moves a level whatever it has become meanwhile, as an UPDATE by the key alone does. */
    private static WarningStore unguarded(WarningStore real) {
        return intercepted(WarningStore.class, real, "move", args -> {
            LevelChange change = (LevelChange) args[0];
            if (real.move(change)) {
                return true;
            }
            WarningLevel now = real.watched(change.limit().account()).level(change.limit());
            int before = change.before().level();
            real.move(new LevelChange(change.limit(), now, before, change.used(), change.max(), change.graceEndsAt()));
            return real.move(new LevelChange(
                    change.limit(),
                    new WarningLevel(before, now.raises()),
                    change.level(),
                    change.used(),
                    change.max(),
                    change.graceEndsAt()));
        });
    }

    @FunctionalInterface
    private interface Answer {
        Object to(Object[] args) throws Exception;
    }

    private static <T> T intercepted(Class<T> type, T real, String method, Answer answer) {
        InvocationHandler handler =
                (proxy, called, args) -> called.getName().equals(method) ? answer.to(args) : called.invoke(real, args);
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
