package io.github.quotaguard.proof;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A node of an application, as a process of its own that can be killed: goes on where its journals end. Ends when it has
 * done what it was told, or when its input ends, which is when the test tells it or is gone itself; it then resolves
 * what is unresolved.
 */
final class Worker {

    /** A slot that stays unresolved for so many calls is stuck. */
    private static final int RESOLVE_ATTEMPTS = 200;

    /** How long one tenant is the one that most are at. */
    private static final long HOT_MILLIS = 100;

    private Worker() {}

    /**
     * What a worker is told.
     *
     * @param index which of the load's workers it is
     * @param operations after how many calls each thread stops; negative: after how many the process dies at once, when
     *     one is done and its line is not written
     * @param isolation of the application's transactions, 0 for any
     * @param clockOffset how wrong the application's clock is
     */
    record Orders(
            String url, Load load, Path journals, int index, int operations, int isolation, Duration clockOffset) {

        List<String> encode() {
            return List.of(
                    url,
                    load.encode(),
                    journals.toString(),
                    Integer.toString(index),
                    Integer.toString(operations),
                    Integer.toString(isolation),
                    clockOffset.toString());
        }

        static Orders decode(String... args) {
            return new Orders(
                    args[0],
                    Load.decode(args[1]),
                    Path.of(args[2]),
                    Integer.parseInt(args[3]),
                    Integer.parseInt(args[4]),
                    Integer.parseInt(args[5]),
                    Duration.parse(args[6]));
        }

        InstantSource clock() {
            return InstantSource.offset(InstantSource.system(), clockOffset);
        }
    }

    public static void main(String... args) throws Exception {
        Orders orders = Orders.decode(args);
        AtomicBoolean stopped = new AtomicBoolean();
        Thread input = new Thread(() -> awaitEndOfInput(stopped), "end of input");
        input.setDaemon(true);
        input.start();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(orders.url());
        config.setMaximumPoolSize(2 * orders.load().threads() + 2);
        config.setMinimumIdle(0);
        // Short, since a killed database comes back in a moment, and a call in between is to fail and be repeated.
        config.setConnectionTimeout(2_000);
        if (orders.url().startsWith("jdbc:h2:")) {
            // Asked by isValid, H2 answers from memory, also when its server is gone.
            config.setConnectionTestQuery("SELECT 1");
        }
        try (HikariDataSource pool = new HikariDataSource(config);
                Node node = new Node(pool, orders.load(), orders.clock())) {
            Crowd.run(orders.load().threads(), thread -> work(orders, node, thread, stopped));
        }
    }

    private static void awaitEndOfInput(AtomicBoolean stopped) {
        try {
            while (System.in.read() >= 0) {
                // Nothing is said but the end.
            }
        } catch (IOException e) {
            // That is an end too.
        }
        stopped.set(true);
    }

    static void work(Orders orders, Node node, int thread, AtomicBoolean stopped) throws IOException {
        Load load = orders.load();
        int owner = orders.index() * load.threads() + thread;
        Journal.Reading before = new Journal.Reading(load, orders.journals(), owner, 1);
        List<Slot> slots = new ArrayList<>(before.slots.values());
        Random random = new Random(load.seed() + 31L * owner + before.operations());
        try (Journal journal = new Journal(Journal.path(orders.journals(), owner), -orders.operations())) {
            Uploader uploader = new Uploader(node, journal, orders.isolation(), random);
            for (Slot slot : slots) {
                resolve(uploader, slot, 1);
            }
            while (!stopped.get() && (orders.operations() < 0 || journal.ended() < orders.operations())) {
                step(uploader, next(slots, load, random));
            }
            for (Slot slot : slots) {
                if (!resolve(uploader, slot, RESOLVE_ATTEMPTS)) {
                    journal.violation(slot, "stays unresolved: " + slot.pending());
                }
            }
        }
    }

    /** Most of the time all threads of all workers are at the same tenant, and in each other's way. */
    private static Slot next(List<Slot> slots, Load load, Random random) {
        long hot = System.currentTimeMillis() / HOT_MILLIS % load.tenants();
        Slot slot = slots.get(random.nextInt(slots.size()));
        for (int look = 0; slot.tenant != hot && look < 2 * load.tenants(); look++) {
            slot = slots.get(random.nextInt(slots.size()));
        }
        return slot;
    }

    private static boolean resolve(Uploader uploader, Slot slot, int attempts) {
        for (int attempt = 0; slot.pending() != null && attempt < attempts; attempt++) {
            step(uploader, slot);
        }
        return slot.pending() == null;
    }

    private static void step(Uploader uploader, Slot slot) {
        try {
            uploader.step(slot);
        } catch (SQLException e) {
            // The database is away; the pool has waited for it. Nothing was called.
        }
    }
}
