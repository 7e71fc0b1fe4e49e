package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.proof.ReserveWorker.Journal;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Row 12: an application whose reserves go together is killed in their midst, and again. What any of its callers was told
 * is there, of every other batch all that fitted or nothing, and the counters say what is there.
 */
@Tag("proof")
class BatchKilledTest {

    private static final int KILLS = Scale.of("batchKills", 2, 100);
    private static final int BATCHES_BEFORE_A_KILL = 20;

    @TempDir
    Path directory;

    @OnEachServer
    void shouldKeepWhatWasAnsweredWhenKilled(TestDatabase database) throws Exception {
        try (Site site = Site.of(database);
                HikariDataSource pool = site.pool(4);
                JdbcUsageStore store = JdbcUsageStore.builder(pool)
                        .createSchemaIfMissing()
                        .sweepInterval(Duration.ofDays(1))
                        .build()) {
            Proof proof = new Proof("12-killed", database, 0);
            List<String> violations = new ArrayList<>();
            for (int kill = 0; kill < KILLS; kill++) {
                kill(site, pool, kill);
                violations.addAll(violations(Journal.read(directory), store));
                violations.addAll(TableCheck.violations(pool));
            }
            Journal journal = Journal.read(directory);
            violations.addAll(violationsAfterAskingAgain(journal, store));
            proof.operations.add(journal.asked().size());
            proof.admitted.add(journal.granted().size());
            proof.unknown.add(journal.asked().size() - journal.granted().size());
            proof.violations.add(violations.size());
            proof.write();
            Proof.say(
                    "%s: %d reserves, %d answered, %d batches, %d kills",
                    database, journal.asked().size(), journal.granted().size(), journal.batches(), KILLS);
            assertThat(violations).isEmpty();
            assertThat(journal.batches()).isGreaterThanOrEqualTo(KILLS * BATCHES_BEFORE_A_KILL);
            assertThat(proof.unknown.sum()).as("calls in flight at a kill").isPositive();
        }
    }

    private void kill(Site site, HikariDataSource pool, int kill) throws Exception {
        int before = Journal.read(directory).batches();
        try (JvmProcess worker = JvmProcess.start(
                directory.resolve("worker.log"),
                ReserveWorker.class,
                List.of(),
                List.of(site.url(pool, 0), directory.toString(), "r" + kill))) {
            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> {
                        assertThat(worker.isAlive()).as(worker::said).isTrue();
                        return Journal.read(directory).batches() >= before + BATCHES_BEFORE_A_KILL;
                    });
            worker.kill();
        }
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            try (Connection connection = pool.getConnection()) {
                return !site.isServing(connection, 0);
            }
        });
    }

    /** Whoever asks again gets what was kept, or gets it now. */
    private static List<String> violationsAfterAskingAgain(Journal journal, UsageStore store) {
        UploadGuard guard = UploadGuard.builder(store)
                .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                .build();
        Set<String> asked = new HashSet<>(journal.asked());
        journal.granted().forEach(line -> asked.remove(line.split("=", 2)[0]));
        asked.forEach(file -> guard.reserve(ReserveWorker.upload(file)));
        Usage usage = store.usage(AccountId.of(ReserveWorker.TENANT)).total();
        return usage.reservedFiles() == journal.asked().size()
                ? List.of()
                : List.of("%d were asked for: %s".formatted(journal.asked().size(), usage));
    }

    private static List<String> violations(Journal journal, UsageStore store) {
        List<String> violations = new ArrayList<>();
        Set<String> expected = new HashSet<>(journal.asked());
        for (String line : journal.granted()) {
            String[] granted = line.split("=", 2);
            Optional<Allocation> life = store.find(new FileVersion(ReserveWorker.TENANT, granted[0], ""));
            if (life.filter(one ->
                            one.state() == AllocationState.RESERVED && one.generation() == Long.parseLong(granted[1]))
                    .isEmpty()) {
                violations.add("answered, and lost: " + line);
            }
        }
        Usage usage = store.usage(AccountId.of(ReserveWorker.TENANT)).total();
        long asked = expected.size();
        long answered = journal.granted().size();
        if (usage.reservedFiles() < answered || usage.reservedFiles() > asked || usage.usedFiles() > 0) {
            violations.add("%d were asked for and %d answered: %s".formatted(asked, answered, usage));
        }
        return violations;
    }

    @Test
    void shouldSeeAnAnswerThatWasLostAndAFileThatNobodyAskedFor() throws Exception {
        try (HikariDataSource pool = TestDatabase.H2.pool(2);
                JdbcUsageStore store =
                        JdbcUsageStore.builder(pool).createSchemaIfMissing().build()) {
            assertThat(violations(new Journal(List.of("f"), List.of("f=1"), 0), store))
                    .hasSize(2);
            TestDatabase.execute(
                    pool,
                    "INSERT INTO quota_usage (tenant, account, category, used_bytes, reserved_bytes, used_files,"
                            + " reserved_files, last_seq, versioned) VALUES ('t', 't', '', 0, 1, 0, 1, 0, 0)");
            assertThat(violations(new Journal(List.of(), List.of(), 0), store)).hasSize(1);
        }
    }
}
