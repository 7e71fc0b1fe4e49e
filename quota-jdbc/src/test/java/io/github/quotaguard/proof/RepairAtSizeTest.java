package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A tenant with many files, none of them recorded: a repair by a process with little memory is killed in the middle, and
 * the next one records the rest; then a diagnosis takes not much longer than to read both tables. Times are held to their
 * bounds in the long run alone, where they are not those of a start.
 */
@Tag("proof")
class RepairAtSizeTest {

    private static final int FILES = Scale.of("files", 2_000, 1_000_000);
    private static final boolean IS_LONG = FILES >= 100_000;
    private static final String HEAP = "-Xmx64m";
    private static final Pattern FIGURE = Pattern.compile("(\\w+)=(\\d+)");

    @TempDir
    Path directory;

    @Test
    void shouldRecordEveryFileAlthoughKilledAndDiagnoseInLittleMemory() throws Exception {
        HikariConfig database = TestDatabase.POSTGRESQL.connect();
        HikariConfig again = new HikariConfig();
        again.setJdbcUrl(database.getJdbcUrl());
        try (HikariDataSource pool = TestDatabase.pool(database, 2);
                JdbcUsageStore store = JdbcUsageStore.builder(pool)
                        .createSchemaIfMissing()
                        .sweepInterval(Duration.ofDays(1))
                        .build()) {
            FileTable.create(pool, TestDatabase.POSTGRESQL);
            TestDatabase.execute(pool, """
                    INSERT INTO stored SELECT 't/user-7', md5(i::text), 'image', i, now() - interval '1 day'
                    FROM generate_series(1, %d) i""".formatted(FILES));
            TestDatabase.execute(pool, "INSERT INTO quota_usage VALUES ('t', 't', '', 0, 0, 0, 0, 0, 0, now(), NULL)");
            long killedAt = killInTheMiddle(again, pool);

            Map<String, Long> repair = run("again.log", again, "repair");
            Map<String, Long> diagnosis = run("diagnosis.log", again, "diagnose");

            Proof.say(
                    "%d files: killed at %d, the rest in %d ms; both tables read in %d ms, diagnosed in %d ms with %s",
                    FILES, killedAt, repair.get("millis"), diagnosis.get("readMillis"), diagnosis.get("millis"), HEAP);
            assertThat(repair).containsEntry("repaired", 1L).containsEntry("failed", 0L);
            assertThat(diagnosis).containsEntry("files", (long) FILES).containsEntry("consistent", 1L);
            assertThat(diagnosis).containsEntry("read", 2L * FILES);
            assertThat(store.usage(AccountId.of("t")).total())
                    .isEqualTo(new Usage((long) FILES * (FILES + 1L) / 2, 0, FILES, 0));
            assertThat(count(pool, "SELECT count(*) FROM quota_ledger")).isEqualTo(FILES);
            if (IS_LONG) {
                assertThat(diagnosis.get("millis")).isLessThanOrEqualTo(3 * diagnosis.get("readMillis"));
            }
        }
    }

    /** Returns how many files were recorded; whose lease was lost is over when its time has passed. */
    private long killInTheMiddle(HikariConfig database, HikariDataSource pool) throws Exception {
        try (JvmProcess process = start("killed.log", database, "repair")) {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(10))
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> !process.isAlive() || recorded(pool) >= FILES / 4);
            assertThat(process.isAlive()).as(process.said()).isTrue();
            process.kill();
        }
        long recorded = recorded(pool);
        assertThat(recorded).isLessThan(FILES);
        TestDatabase.execute(pool, "UPDATE quota_repair SET leased_until = leased_until - interval '5 minutes'");
        return recorded;
    }

    private static long recorded(HikariDataSource pool) throws SQLException {
        return count(pool, "SELECT used_files FROM quota_usage WHERE account = 't' AND category = ''");
    }

    private Map<String, Long> run(String log, HikariConfig database, String what) throws Exception {
        try (JvmProcess process = start(log, database, what)) {
            process.await();
            Map<String, Long> figures = new HashMap<>();
            FIGURE.matcher(process.said())
                    .results()
                    .forEach(figure -> figures.put(figure.group(1), Long.valueOf(figure.group(2))));
            return figures;
        }
    }

    private JvmProcess start(String log, HikariConfig database, String what) throws IOException {
        Path file = Files.createFile(directory.resolve(log));
        return JvmProcess.start(file, RepairProcess.class, List.of(HEAP), List.of(database.getJdbcUrl(), what));
    }

    private static long count(HikariDataSource pool, String query) throws SQLException {
        try (Connection connection = pool.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
