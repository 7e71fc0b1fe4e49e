package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TableCheck;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Usage;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** How much the store has to do for handles that are closed after a commit in a caller's transaction. */
class ClosedHandlesTest {

    private static List<Reservation> committed(JdbcUsageStore store, Connection connection, String account, int files) {
        UploadGuard guard = UploadGuard.builder(store)
                .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                .build();
        List<Reservation> reservations = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            Reservation reservation = guard.reserve(Upload.of(account, "f" + i, 1));
            store.in(connection).commit(reservation);
            reservations.add(reservation);
        }
        return reservations;
    }

    /** Settling takes some too, for 200 of them at once. */
    @OnEachServer
    void shouldLookAfterAThousandThatAreStoredInFewStatements(TestDatabase database) throws Exception {
        StatementLog log = new StatementLog();
        try (Stage stage = Stage.on(database);
                JdbcUsageStore store = Stage.store(log.around(stage.pool), builder -> builder);
                Connection connection = stage.begin()) {
            List<Reservation> stored = committed(store, connection, "acme/user-7", 1_000);
            connection.commit();
            log.clear();
            stored.forEach(Reservation::close);
            await().until(() -> stage.unsettled("acme/user-7") == 0);
            // Looked after in a later round, so that the one before is over.
            Reservation last = committed(store, connection, "other/user-7", 1).get(0);
            connection.rollback();
            last.close();
            await().until(() -> stage.state(last) == AllocationState.RELEASED);
            assertThat(log.executions()).hasSizeLessThan(200);
            assertThat(stage.usage("acme")).isEqualTo(new Usage(1_000, 0, 1_000, 0));
        }
    }

    /**
     * To try each of the first tenant's takes a millisecond at least, since the database is to wait that long for a lock.
     */
    @OnEachServer
    void shouldReleaseThoseOfATenantWhileManyOfAnotherAreUnderWay(TestDatabase database) throws Exception {
        AtomicLong tried = new AtomicLong();
        try (Stage stage = Stage.on(database);
                JdbcUsageStore store = Stage.store(
                        StatementLog.before(stage.pool, sql -> {
                            if (sql.startsWith("INSERT INTO quota_ledger")) {
                                tried.incrementAndGet();
                            }
                        }),
                        builder -> builder);
                Connection batch = stage.begin();
                Connection connection = stage.begin()) {
            List<Reservation> underWay = committed(store, batch, "a/user-7", 400);
            List<Reservation> rolledBack = committed(store, connection, "b/user-7", 1);
            connection.rollback();
            tried.set(0);
            underWay.forEach(Reservation::close);
            rolledBack.forEach(Reservation::close);
            await().pollInterval(Duration.ofMillis(1))
                    .until(() -> stage.usage("b").reservedBytes() == 0);
            assertThat(tried.get()).isLessThan(400);
            batch.commit();
            await().until(() -> stage.usage("a").equals(new Usage(400, 0, 400, 0)) && stage.unsettled("a/user-7") == 0);
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
        }
    }
}
