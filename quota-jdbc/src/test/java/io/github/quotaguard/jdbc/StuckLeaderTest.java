package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TableCheck;
import io.github.quotaguard.proof.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Uploads that go to the database together, as they do by default, behind one that waits for what nobody else needs: the
 * others of its tenant do not wait with it.
 */
class StuckLeaderTest {

    private static final String ACCOUNT = "acme/user-7";
    private static final int OTHERS = 20;

    /** So long that who waits with the root locked keeps everybody else waiting for longer than the test does. */
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(40);

    /** The upload that leads. */
    private static final Upload FIRST = Upload.of(ACCOUNT, "locked", 10);

    @OnEachServer
    void shouldNotKeepOthersWaitingForALifeThatIsLocked(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database)) {
            stage.guard.reserve(FIRST);
            CountDownLatch isLed = new CountDownLatch(1);
            try (JdbcUsageStore store = store(stage, statement -> {
                        if (statement.contains("quota_allocation") && statement.contains("FOR UPDATE")) {
                            isLed.countDown();
                        }
                    });
                    Connection stuck = stage.beginReadCommitted()) {
                Stage.execute(stuck, "SELECT * FROM quota_allocation WHERE file = 'locked' FOR UPDATE");
                Future<Reservation> leader = overtake(store, isLed);
                stuck.rollback();
                requireAllGranted(stage, leader);
            }
        }
    }

    @OnEachServer
    void shouldNotKeepOthersWaitingForAConnectionThatHangs(TestDatabase database) throws Exception {
        CountDownLatch isLed = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        try (Stage stage = Stage.on(database)) {
            stage.stored(ACCOUNT, "x", 0);
            try (JdbcUsageStore store = store(stage, statement -> {
                if (statement.contains("FOR UPDATE") && isLed.getCount() > 0) {
                    isLed.countDown();
                    awaitUninterrupted(goesOn);
                }
            })) {
                Future<Reservation> leader = overtake(store, isLed);
                goesOn.countDown();
                requireAllGranted(stage, leader);
            }
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JdbcUsageStore store(Stage stage, StatementLog.Event before) {
        return JdbcUsageStore.builder(StatementLog.before(stage.pool, before))
                .lockTimeout(LOCK_TIMEOUT)
                .sweepInterval(Duration.ofDays(1))
                .build();
    }

    /** Lets others come while the first leads and is stuck; they are granted before it. */
    private static Future<Reservation> overtake(JdbcUsageStore store, CountDownLatch isLed) throws Exception {
        UploadGuard guard = UploadGuard.builder(store)
                .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(Stage.LIMIT)))
                .build();
        Future<Reservation> leader = Stage.start(() -> guard.reserve(FIRST));
        assertThat(isLed.await(30, TimeUnit.SECONDS)).isTrue();
        List<Future<Reservation>> others = new ArrayList<>();
        for (int i = 0; i < OTHERS; i++) {
            Upload upload = Upload.of(ACCOUNT, "other" + i, 1);
            others.add(Stage.start(() -> guard.reserve(upload)));
        }
        for (Future<Reservation> other : others) {
            other.get(20, TimeUnit.SECONDS);
        }
        assertThat(leader.isDone()).isFalse();
        return leader;
    }

    private static void requireAllGranted(Stage stage, Future<Reservation> leader) throws Exception {
        leader.get(30, TimeUnit.SECONDS);
        assertThat(stage.usage("acme").reservedBytes()).isEqualTo(10 + OTHERS);
        assertThat(stage.usage("acme").reservedFiles()).isEqualTo(1 + OTHERS);
        assertThat(TableCheck.violations(stage.pool)).isEmpty();
    }
}
