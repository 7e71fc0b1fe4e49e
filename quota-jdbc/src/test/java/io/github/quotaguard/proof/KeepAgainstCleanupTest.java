package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.cleanup.CleanupRequest;
import io.github.quotaguard.cleanup.CleanupResult;
import io.github.quotaguard.cleanup.FileDeleter;
import io.github.quotaguard.cleanup.TemporaryFiles;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.KeepResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Row 24: two cleanups and somebody who keeps the file race on one expired file. Exactly one of them has it: it is kept,
 * is there and is charged, or it was deleted by one, is gone and costs nothing. A cleanup that dies between the deletion
 * and the record leaves the rest to the next.
 */
@Tag("proof")
class KeepAgainstCleanupTest {

    private static final int RACES = Scale.of("keepRaces", 50, 50_000);
    private static final long BYTES = 438_407;
    private static final Duration BEYOND_THE_CLAIM = Duration.ofMinutes(11);

    @TempDir
    Path directory;

    @OnEachServer
    void shouldLetExactlyOneHaveTheFile(TestDatabase database) throws Exception {
        long seed = Scale.seed();
        Random random = new Random(seed);
        Proof proof = new Proof("24", database, seed);
        List<String> violations = new ArrayList<>();
        try (Scene scene = new Scene(database.connect())) {
            ExecutorService threads = Executors.newFixedThreadPool(3);
            for (int race = 0; race < RACES; race++) {
                String account = "t" + race;
                scene.store(account);
                AtomicInteger deletions = new AtomicInteger();
                TemporaryFiles files = scene.files(file -> {
                    deletions.incrementAndGet();
                    Files.delete(scene.path(account));
                });
                CyclicBarrier start = new CyclicBarrier(3);
                int ahead = random.nextInt(4_000) - 1_500;
                Future<KeepResult> keeping = threads.submit(starting(start, ahead, () -> files.keep(account, "photo")));
                Future<CleanupResult> one = threads.submit(starting(start, 0, () -> cleanUp(files, account)));
                Future<CleanupResult> two =
                        threads.submit(starting(start, random.nextInt(1_000), () -> cleanUp(files, account)));
                boolean isKept = keeping.get() == KeepResult.KEPT;
                long cleaned = one.get().cleanedCount() + two.get().cleanedCount();
                (isKept ? proof.admitted : proof.refused).increment();
                proof.operations.add(3);
                violations.addAll(scene.violations(account, isKept, cleaned, deletions.get()));
            }
            threads.shutdown();
            violations.addAll(TableCheck.violations(scene.pool));
            proof.violations.add(violations.size());
            proof.write();
        }
        assertThat(violations).as("seed %d", seed).isEmpty();
        assertThat(proof.admitted.sum()).as("kept of %d", RACES).isBetween(1L, RACES - 1L);
    }

    private static CleanupResult cleanUp(TemporaryFiles files, String account) {
        return files.cleanup(CleanupRequest.builder().account(account).build());
    }

    private static <T> Callable<T> starting(CyclicBarrier start, int delayMicros, Callable<T> call) {
        return () -> {
            start.await();
            if (delayMicros > 0) {
                LockSupport.parkNanos(delayMicros * 1_000L);
            }
            return call.call();
        };
    }

    /** The fault that is planted: a file is kept that a cleanup has claimed. */
    @Test
    void shouldReportAFileThatIsKeptAndCleanedUp() throws Exception {
        try (Scene scene = new Scene(TestDatabase.H2.connect())) {
            scene.store("t");
            TemporaryFiles files = scene.files(file -> {
                TestDatabase.execute(scene.pool, "UPDATE quota_allocation SET retain_until = NULL");
                Files.delete(scene.path("t"));
            });

            long cleaned = cleanUp(files, "t").cleanedCount();

            assertThat(scene.violations("t", true, cleaned, 1)).hasSize(1);
        }
    }

    @OnEachServer
    void shouldFinishWhatACleanupThatDiedHasBegun(TestDatabase database) throws Exception {
        try (Scene scene = new Scene(database.connect())) {
            scene.store("t");
            TemporaryFiles dying = scene.files(file -> {
                Files.delete(scene.path("t"));
                throw new InternalError("killed");
            });
            assertThatIllegalStateException().isThrownBy(() -> cleanUp(dying, "t"));

            scene.requireFinishedByTheNext(database);
        }
    }

    @OnEachServer
    void shouldFinishWhatACleanupThatLostItsDatabaseHasBegun(TestDatabase database) throws Exception {
        HikariConfig config = database.connect();
        HikariConfig again = new HikariConfig();
        again.setJdbcUrl(config.getJdbcUrl());
        try (Scene scene = new Scene(config);
                Scene next = new Scene(again)) {
            scene.store("t");
            TemporaryFiles dying = scene.files(file -> {
                Files.delete(scene.path("t"));
                scene.pool.close();
            });
            assertThat(cleanUp(dying, "t").failures()).hasSize(1);

            next.requireFinishedByTheNext(database);
        }
    }

    private final class Scene implements AutoCloseable {

        final HikariDataSource pool;
        private final JdbcUsageStore store;
        private final UploadGuard guard;

        Scene(HikariConfig database) {
            pool = TestDatabase.pool(database, 6);
            store = JdbcUsageStore.builder(pool)
                    .createSchemaIfMissing()
                    .sweepInterval(Duration.ofDays(1))
                    .build();
            guard = UploadGuard.builder(store)
                    .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                    .build();
        }

        TemporaryFiles files(FileDeleter deleter) {
            return TemporaryFiles.of(store, deleter);
        }

        Path path(String account) {
            return directory.resolve(account);
        }

        /** Stores a temporary file whose time has passed. */
        void store(String account) throws IOException {
            guard.reserve(Upload.of(account, "photo", BYTES)
                            .retainUntil(Instant.now().minusSeconds(60)))
                    .commit();
            Files.createFile(path(account));
        }

        long used(String account) {
            return store.usage(AccountId.of(account)).total().usedBytes();
        }

        List<String> violations(String account, boolean isKept, long cleaned, int deletions) {
            boolean isThere = Files.exists(path(account));
            long used = used(account);
            boolean isRight = cleaned == (isKept ? 0 : 1)
                    && deletions == cleaned
                    && isThere == isKept
                    && used == (isKept ? BYTES : 0);
            return isRight
                    ? List.of()
                    : List.of("%s: kept %s, cleaned up %d, deleted %d, there %s, used %d"
                            .formatted(account, isKept, cleaned, deletions, isThere, used));
        }

        void requireFinishedByTheNext(TestDatabase database) throws Exception {
            AtomicInteger deletions = new AtomicInteger();
            TemporaryFiles files = files(file -> {
                deletions.incrementAndGet();
                Files.deleteIfExists(path(file.tenant()));
            });
            assertThat(used("t")).isEqualTo(BYTES);
            assertThat(files.keep("t", "photo")).isEqualTo(KeepResult.LOST);
            assertThat(cleanUp(files, "t").cleanedCount())
                    .as("somebody has claimed it")
                    .isZero();
            database.advance(pool, BEYOND_THE_CLAIM);
            assertThat(files.keep("t", "photo")).as("it is gone").isEqualTo(KeepResult.LOST);

            assertThat(cleanUp(files, "t").freedSpace()).isEqualTo(BYTES);

            assertThat(deletions).hasValue(1);
            assertThat(violations("t", false, 1, 1)).isEmpty();
            assertThat(files.keep("t", "photo")).isEqualTo(KeepResult.NOT_FOUND);
            assertThat(TableCheck.violations(pool)).isEmpty();
        }

        @Override
        public void close() {
            store.close();
            pool.close();
        }
    }
}
