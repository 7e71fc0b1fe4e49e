package io.github.quotaguard.proof;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.Admission;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.ReservationEndedException;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Many threads on two nodes that upload to a few tenants near their limits: through guards that let reserves go together
 * and through one that does not, while they interrupt each other and send what the database can not keep. Files are
 * stored, deleted, given up and left to expire meanwhile. Each thread checks that its answers are its own and true, and
 * another that no tenant ever has more than its limit.
 */
final class HotTenants implements AutoCloseable {

    private static final int THREADS = 64;
    private static final int TENANTS = 3;
    private static final long LIMIT = 2_000;
    private static final int LARGEST = 60;
    private static final int KEPT_BY_A_THREAD = 2;
    private static final Duration TTL = Duration.ofMillis(400);

    private final HikariDataSource pool;
    private final HikariDataSource otherPool;
    private final JdbcUsageStore store;
    private final JdbcUsageStore other;
    private final List<UploadGuard> guards;
    private final Proof proof;
    private final long seed;
    private final AtomicReferenceArray<Thread> threads = new AtomicReferenceArray<>(THREADS);
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final Map<FileVersion, Long> stored = new ConcurrentHashMap<>();

    HotTenants(TestDatabase database, UnaryOperator<UsageStore> around, Proof proof, long seed) {
        Site site = site(database);
        this.pool = site.pool(12);
        this.otherPool = site.pool(12);
        this.store = node(pool);
        this.other = node(otherPool);
        this.guards = List.of(
                guard(around.apply(store)).build(),
                guard(around.apply(other)).build(),
                guard(other).coalesceReserves(false).build());
        this.proof = proof;
        this.seed = seed;
        TestDatabase.execute(pool, "ALTER TABLE quota_allocation ADD CONSTRAINT bad CHECK (file NOT LIKE 'bad%')");
    }

    private static Site site(TestDatabase database) {
        return Site.at(database, database.connect().getJdbcUrl());
    }

    private static JdbcUsageStore node(HikariDataSource pool) {
        return JdbcUsageStore.builder(pool)
                .createSchemaIfMissing()
                .sweepInterval(Duration.ofMillis(100))
                .build();
    }

    private static UploadGuard.Builder guard(UsageStore store) {
        return UploadGuard.builder(store)
                .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(LIMIT)))
                .reservationTtl(TTL);
    }

    /** Returns what was wrong, after so many uploads were tried. */
    List<String> uploadAll(int uploads) throws Exception {
        AtomicInteger uploading = new AtomicInteger(THREADS);
        Crowd.run(THREADS + 1, thread -> {
            if (thread == THREADS) {
                while (uploading.get() > 0) {
                    look();
                }
            } else {
                threads.set(thread, Thread.currentThread());
                try {
                    upload(thread, uploads / THREADS);
                } finally {
                    uploading.decrementAndGet();
                }
            }
        });
        look();
        while (!store.sweep().isIdle()) {}
        stored.forEach((id, bytes) ->
                expect(store.find(id).filter(life -> isStored(life, bytes)).isPresent(), "stored, and gone: %s", id));
        for (int tenant = 0; tenant < TENANTS; tenant++) {
            String name = "t" + tenant;
            long bytes = stored.entrySet().stream()
                    .filter(file -> file.getKey().tenant().equals(name))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            expect(used(name).usedBytes() == bytes, "uses something else than is stored: %s", name);
        }
        violations.addAll(TableCheck.violations(pool));
        PoolCheck.requireNothingLeaked(pool);
        PoolCheck.requireNothingLeaked(otherPool);
        proof.violations.add(violations.size());
        return List.copyOf(violations);
    }

    private Usage used(String tenant) {
        return store.usage(AccountId.of(tenant)).total();
    }

    private void look() {
        for (int tenant = 0; tenant < TENANTS; tenant++) {
            Usage usage = used("t" + tenant);
            expect(usage.usedBytes() + usage.reservedBytes() <= LIMIT, "above the limit: %s", usage);
        }
    }

    private void expect(boolean isTrue, String violation, Object what) {
        if (!isTrue) {
            violations.add(violation.formatted(what));
        }
    }

    private static boolean isStored(Allocation life, long bytes) {
        return life.state() == AllocationState.COMMITTED && life.bytes() == bytes;
    }

    private void upload(int thread, int uploads) {
        Random random = new Random(seed + thread);
        Deque<FileVersion> kept = new ArrayDeque<>();
        for (int i = 0; i < uploads; i++) {
            boolean isBad = random.nextInt(150) == 0;
            String account = "t" + random.nextInt(TENANTS) + (random.nextBoolean() ? "" : "/user-" + thread % 4);
            Upload upload = Upload.of(account, (isBad ? "bad" : "f") + thread + "-" + i, 1 + random.nextInt(LARGEST));
            Thread somebody = threads.get(random.nextInt(THREADS));
            if (random.nextInt(100) == 0 && somebody != null) {
                somebody.interrupt();
            }
            Reservation reservation = reserve(guards.get(random.nextInt(guards.size())), upload, isBad);
            if (reservation != null) {
                end(reservation, random.nextInt(4), kept);
            }
            if (kept.size() > KEPT_BY_A_THREAD) {
                delete(kept.remove());
            }
        }
    }

    private Reservation reserve(UploadGuard guard, Upload upload, boolean isBad) {
        FileVersion id = upload.spec().id();
        try {
            proof.operations.increment();
            Admission admission = guard.tryReserve(upload);
            expect(!isBad || !(admission instanceof Admission.Granted), "kept what is bad: %s", id);
            return answered(upload, admission);
        } catch (UsageStoreException e) {
            proof.unknown.increment();
            expect(isBad || e.isRetryable(), "failed for another's: %s", e);
            return isBad ? null : certain(upload);
        } finally {
            Thread.interrupted();
        }
    }

    /** Asks again, undisturbed but by the others, until there is an answer. */
    private Reservation certain(Upload upload) {
        List<UsageStoreException> failures = new ArrayList<>();
        while (failures.size() < 20) {
            Thread.interrupted();
            try {
                return answered(upload, guards.get(2).tryReserve(upload));
            } catch (UsageStoreException e) {
                failures.add(e);
            }
        }
        expect(false, "no answer to be had: %s", failures);
        return null;
    }

    private Reservation answered(Upload upload, Admission admission) {
        FileVersion id = upload.spec().id();
        Optional<Allocation> found = undisturbed(() -> store.find(id));
        if (admission instanceof Admission.Granted granted) {
            proof.admitted.increment();
            Allocation life = granted.reservation().allocation();
            expect(life.spec().equals(upload.spec()), "not its own answer: %s", life);
            expect(
                    found.filter(one -> one.generation() == life.generation() && isHeldOrLate(one))
                            .isPresent(),
                    "not kept: %s",
                    life);
            return granted.reservation();
        }
        expect(found.filter(life -> life.state().isLive()).isEmpty(), "kept, but not granted: %s", found);
        if (admission instanceof Admission.Refused refused) {
            proof.refused.increment();
            expect(
                    refused.violations().stream()
                            .allMatch(
                                    check -> check.requested() == upload.spec().bytes()),
                    "not its own answer: %s",
                    refused);
        } else {
            proof.busy.increment();
            expect(admission instanceof Admission.Busy, "neither granted nor refused: %s", admission);
        }
        return null;
    }

    private static boolean isHeldOrLate(Allocation life) {
        return life.state() == AllocationState.RESERVED || life.state() == AllocationState.EXPIRED;
    }

    private void end(Reservation reservation, int what, Deque<FileVersion> kept) {
        Allocation life = reservation.allocation();
        if (what < 2) {
            undisturbed(() -> {
                try {
                    reservation.commit();
                    stored.put(life.id(), life.bytes());
                    kept.add(life.id());
                } catch (ReservationEndedException e) {
                    // Its time was up.
                }
                return true;
            });
        } else if (what == 2) {
            reservation.close();
        }
    }

    private void delete(FileVersion id) {
        String account =
                undisturbed(() -> store.find(id)).orElseThrow().account().path();
        undisturbed(() -> guards.get(0).delete(account, id.file()));
        stored.remove(id);
    }

    /** Calls again if it was interrupted, or if a lock was not free in time. */
    private <T> T undisturbed(Supplier<T> call) {
        while (true) {
            Thread.interrupted();
            try {
                return call.get();
            } catch (UsageStoreException e) {
                if (!e.isRetryable()) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        store.close();
        other.close();
        pool.close();
        otherPool.close();
    }
}
