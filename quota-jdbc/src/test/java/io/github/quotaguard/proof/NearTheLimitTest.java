package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.Admission;
import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import java.sql.Connection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("proof")
class NearTheLimitTest {

    private static final int THREADS = 32;

    private static final int ATTEMPTS = Scale.of("attempts", 1_920, 28_800);
    private static final int RUNS = Scale.of("runs", 1, 5);

    @Test
    void shouldAdmitExactlyWhatFits() throws Exception {
        try (HikariDataSource pool = TestDatabase.POSTGRESQL.pool(THREADS)) {
            admitExactly(TestDatabase.POSTGRESQL, pool, JdbcUsageStore.builder(pool), ATTEMPTS, 0);
        }
    }

    @Test
    void shouldAdmitExactlyWhatFitsOnH2() throws Exception {
        try (HikariDataSource pool = TestDatabase.H2.pool(THREADS)) {
            admitExactly(TestDatabase.H2, pool, JdbcUsageStore.builder(pool), ATTEMPTS / 3, 0);
        }
    }

    @Test
    void shouldAdmitExactlyWhatFitsOnMariaDb() throws Exception {
        try (HikariDataSource pool = TestDatabase.MARIADB.pool(THREADS)) {
            admitExactly(TestDatabase.MARIADB, pool, JdbcUsageStore.builder(pool), ATTEMPTS / 3, 0);
        }
    }

    @Test
    void shouldAdmitExactlyWhatFitsInSeveralStatements() throws Exception {
        try (HikariDataSource pool = TestDatabase.POSTGRESQL.pool(THREADS)) {
            JdbcUsageStore.Builder builder = JdbcUsageStore.builder(pool).reserveInSeveralStatements();
            admitExactly(TestDatabase.POSTGRESQL, pool, builder, ATTEMPTS / 3, 0);
        }
    }

    /** A limit that lets in one file too many, or too few. */
    @ParameterizedTest
    @ValueSource(longs = {7, -7})
    void shouldSeeAFileTooManyAndOneTooFew(long fault) throws Exception {
        try (HikariDataSource pool = TestDatabase.H2.pool(THREADS)) {
            assertThatThrownBy(() ->
                            admitExactly(TestDatabase.H2, pool, JdbcUsageStore.builder(pool), 10 * THREADS, fault))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("files admitted");
        }
    }

    /**
     * Of 28,800 attempts of 7 bytes against 140,074, exactly 20,010 fit, with 4 bytes left over.
     *
     * @param fault added to the limit by the policy alone, which is right only if it is 0
     */
    private static void admitExactly(
            TestDatabase database, HikariDataSource pool, JdbcUsageStore.Builder builder, int attempts, long fault)
            throws Exception {
        long limit = 140_074L * attempts / 28_800;
        QuotaPolicy tight = account ->
                account.path().equals("acme/user-7") ? QuotaLimits.ofBytes(limit + fault) : QuotaLimits.unlimited();
        Proof proof = new Proof("limit", database, 0);
        try (JdbcUsageStore store = builder.createSchemaIfMissing().build()) {
            UploadGuard guard = UploadGuard.builder(store).policy(tight).build();
            Crowd.run(THREADS, thread -> {
                for (int i = 0; i < attempts / THREADS; i++) {
                    Upload upload = Upload.of("acme/user-7", "f-" + thread + "-" + i, 7);
                    Admission admission = guard.tryReserve(upload.category("image"));
                    proof.operations.increment();
                    if (admission instanceof Admission.Granted) {
                        proof.admitted.increment();
                    } else if (admission instanceof Admission.Refused) {
                        proof.refused.increment();
                    } else {
                        proof.busy.increment();
                    }
                }
            });
            assertThat(proof.admitted.sum()).as("files admitted").isEqualTo(limit / 7);
            assertThat(proof.refused.sum()).isEqualTo(attempts - limit / 7);
            assertThat(guard.tryReserve(
                            Upload.of("acme/user-7", "rest", limit % 7).category("image")))
                    .isInstanceOf(Admission.Granted.class);
            assertThat(TableCheck.violations(pool)).isEmpty();
            proof.write();
        }
    }

    @Test
    void shouldAdmitWhatFitsAfterDeletesAndReleases() throws Exception {
        for (int run = 0; run < RUNS; run++) {
            admitAllThatFits(TestDatabase.POSTGRESQL, ATTEMPTS / 3, THREADS * 7);
        }
    }

    @Test
    void shouldAdmitWhatFitsAfterDeletesAndReleasesOnH2() throws Exception {
        for (int run = 0; run < RUNS; run++) {
            admitAllThatFits(TestDatabase.H2, ATTEMPTS / 3, THREADS * 7);
        }
    }

    @Test
    void shouldAdmitWhatFitsAfterDeletesAndReleasesOnMariaDb() throws Exception {
        for (int run = 0; run < RUNS; run++) {
            admitAllThatFits(TestDatabase.MARIADB, ATTEMPTS / 3, THREADS * 7);
        }
    }

    /** As if all but six bytes of the room had been lost on the way. */
    @Test
    void shouldSeeARefusalOfWhatFits() {
        assertThatThrownBy(() -> admitAllThatFits(TestDatabase.H2, 10 * THREADS, 6))
                .isInstanceOf(AssertionError.class)
                .hasRootCauseInstanceOf(QuotaExceededException.class);
    }

    /**
     * Every thread gives back what it got before it asks again, so there is always room; but most of the time it is
     * only in entries that nobody has settled.
     */
    private static void admitAllThatFits(TestDatabase database, int attempts, long limit) throws Exception {
        Proof proof = new Proof("fits", database, 0);
        try (HikariDataSource pool = database.pool(2 * THREADS);
                JdbcUsageStore store =
                        JdbcUsageStore.builder(pool).createSchemaIfMissing().build()) {
            UploadGuard guard = UploadGuard.builder(store)
                    .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(limit)))
                    .build();
            Crowd.run(THREADS, thread -> {
                try (Connection connection = pool.getConnection()) {
                    connection.setAutoCommit(false);
                    for (int i = 0; i < attempts / THREADS; i++) {
                        useAndGiveBack(store, guard, connection, "f-" + thread + "-" + i, i % 3 == 0);
                        proof.operations.increment();
                        proof.admitted.increment();
                    }
                }
            });
            assertThat(proof.admitted.sum()).isEqualTo(attempts);
            assertThat(TableCheck.violations(pool)).isEmpty();
            proof.write();
        }
    }

    private static void useAndGiveBack(
            JdbcUsageStore store, UploadGuard guard, Connection connection, String file, boolean release)
            throws Exception {
        try (Reservation reservation = guard.reserve(Upload.of("acme/user-7", file, 7))) {
            if (release) {
                return;
            }
            store.in(connection).commit(reservation);
            connection.commit();
        }
        assertThat(store.in(connection).delete("acme/user-7", file).freedBytes())
                .isEqualTo(7);
        connection.commit();
    }
}
