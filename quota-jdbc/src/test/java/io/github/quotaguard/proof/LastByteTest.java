package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.Admission;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Row 2: one byte is left, and 64 threads want it. One gets it, all others are told that the quota is exceeded. */
@Tag("proof")
class LastByteTest {

    private static final int THREADS = 64;
    private static final int ROUNDS = Scale.of("lastBytes", 20, 10_000);
    private static final long LIMIT = 1_000;

    @OnEachServer
    void shouldGiveTheLastByteToOne(TestDatabase database) throws Exception {
        Proof proof = new Proof("2", database, 0);
        List<String> violations = play(database, ROUNDS, 1, proof);
        proof.violations.add(violations.size());
        proof.write();
        assertThat(violations).isEmpty();
        assertThat(proof.admitted.sum()).isEqualTo(ROUNDS);
    }

    @Test
    void shouldSeeASecondWinnerAndNone() throws Exception {
        Proof proof = new Proof("2", TestDatabase.H2, 0);
        assertThat(play(TestDatabase.H2, 2, 2, proof)).hasSize(2).allMatch(line -> line.contains("2 winners"));
        assertThat(play(TestDatabase.H2, 2, 0, proof)).hasSize(2).allMatch(line -> line.contains("0 winners"));
    }

    private static List<String> play(TestDatabase database, int rounds, long left, Proof proof) throws Exception {
        List<String> violations = new ArrayList<>();
        try (HikariDataSource pool = database.pool(THREADS);
                JdbcUsageStore store = JdbcUsageStore.builder(pool)
                        .createSchemaIfMissing()
                        .lockTimeout(Duration.ofMinutes(1)) // nobody is busy, however slow the machine is
                        .build()) {
            UploadGuard guard = UploadGuard.builder(store)
                    .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(LIMIT)))
                    .build();
            for (int round = 0; round < rounds; round++) {
                String account = "t" + round + "/user-7";
                guard.reserve(Upload.of(account, "rest", LIMIT - left)).commit();
                violations.addAll(race(guard, account, proof));
            }
            violations.addAll(TableCheck.violations(pool));
        }
        return violations;
    }

    private static List<String> race(UploadGuard guard, String account, Proof proof) throws Exception {
        long admitted = proof.admitted.sum();
        long refused = proof.refused.sum();
        Crowd.run(THREADS, thread -> {
            proof.operations.increment();
            Admission admission = guard.tryReserve(Upload.of(account, "f" + thread, 1));
            if (admission instanceof Admission.Granted) {
                proof.admitted.increment();
            } else if (admission instanceof Admission.Refused) {
                proof.refused.increment();
            } else {
                proof.busy.increment();
            }
        });
        long winners = proof.admitted.sum() - admitted;
        long losers = proof.refused.sum() - refused;
        return winners == 1 && losers == THREADS - 1
                ? List.of()
                : List.of("%s: %d winners, %d were told that it is full".formatted(account, winners, losers));
    }
}
