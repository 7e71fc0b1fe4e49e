package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.cleanup.CleanupRequest;
import io.github.quotaguard.cleanup.CleanupResult;
import io.github.quotaguard.cleanup.TemporaryFiles;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Usage;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One file in ten is temporary and past its time: the dry run names exactly what the real run then deletes and frees, and
 * every file once.
 */
@Tag("proof")
class CleanupAtSizeTest {

    private static final int FILES = Scale.of("temporaries", 2_000, 1_000_000);
    private static final int EXPIRED = FILES / 10;
    private static final int BYTES = 10;

    @Test
    void shouldFreeExactlyWhatTheDryRunNames() throws Exception {
        try (HikariDataSource pool = TestDatabase.POSTGRESQL.pool(4);
                JdbcUsageStore store = JdbcUsageStore.builder(pool)
                        .createSchemaIfMissing()
                        .sweepInterval(Duration.ofDays(1))
                        .build()) {
            fill(pool);
            Set<String> deleted = new HashSet<>();
            TemporaryFiles files = TemporaryFiles.of(
                    store, file -> assertThat(deleted.add(file.file())).isTrue());

            long begin = System.nanoTime();
            CleanupResult dry = files.cleanup(request().dryRun().build());
            long middle = System.nanoTime();
            assertThat(deleted).isEmpty();
            CleanupResult real = files.cleanup(request().build());

            Proof.say(
                    "%d of %d files: dry run in %d ms, deleted and freed in %d ms",
                    EXPIRED, FILES, (middle - begin) / 1_000_000, (System.nanoTime() - middle) / 1_000_000);
            assertThat(dry.cleanedCount()).isEqualTo(EXPIRED);
            assertThat(new HashSet<>(real.cleanedAttachments())).isEqualTo(new HashSet<>(dry.cleanedAttachments()));
            assertThat(real.cleanedCount()).isEqualTo(EXPIRED);
            assertThat(real.freedSpace()).isEqualTo(dry.freedSpace()).isEqualTo((long) EXPIRED * BYTES);
            assertThat(real.failures()).isEmpty();
            assertThat(deleted).hasSize(EXPIRED);
            assertThat(store.usage(AccountId.of("t")).total())
                    .isEqualTo(new Usage((long) (FILES - EXPIRED) * BYTES, 0, FILES - EXPIRED, 0));
            assertThat(files.cleanup(request().build()).cleanedCount()).isZero();
        }
    }

    private static CleanupRequest.Builder request() {
        return CleanupRequest.builder().account("t").batchSize(500).maxFiles(CleanupRequest.MAX_FILES);
    }

    /** Stores files in bulk, of which one in ten was to be kept for an hour, and others for a year. */
    private static void fill(HikariDataSource pool) {
        TestDatabase.execute(pool, """
                INSERT INTO quota_allocation (tenant, file, version, account, category, state, generation, attempt, bytes,
                    files_held, metadata, born_at, deadline, since, retain_until)
                SELECT 't', md5(i::text), '', 't', '', 'COMMITTED', i, 1, %1$d, 0, '', at, at, at,
                    CASE i %% 10 WHEN 0 THEN at + interval '1 hour' WHEN 1 THEN at + interval '1 year' END
                FROM (SELECT i, now() - interval '1 day' + i * interval '1 millisecond' AS at
                    FROM generate_series(1, %2$d) i) s""".formatted(BYTES, FILES));
        TestDatabase.execute(pool, """
                INSERT INTO quota_ledger (tenant, file, version, generation, phase, kind, account, category, bytes,
                    metadata, recorded_at, seq, files, settled_at)
                SELECT tenant, file, version, generation, 1, 'COMMIT', account, category, bytes, '', since, generation, 1,
                    since
                FROM quota_allocation""");
        TestDatabase.execute(
                pool,
                "INSERT INTO quota_usage VALUES ('t', 't', '', %1$d, 0, %2$d, 0, %2$d, 0, now(), NULL)"
                        .formatted((long) FILES * BYTES, FILES));
    }
}
