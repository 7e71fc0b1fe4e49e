package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Explanation.Decision;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.LimitCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Whatever the state, {@link QuotaService#explain} says what {@link UploadGuard#tryReserve} then does. A failure names
 * its seed; {@code -Dquotaguard.seed=…} runs that one first.
 */
class ExplainedAsReservedTest {

    private static final int RUNS = 60;
    private static final int STEPS = 250;
    private static final List<String> ACCOUNTS =
            List.of("acme", "acme/user-1", "acme/user-2", "acme/user-1/phone", "acme/user-1/phone/app");
    private static final List<String> CATEGORIES = List.of("image", "film");
    private static final List<String> VERSIONS = List.of("v1", "v2", "v3");

    @Test
    void shouldExplainWhatReserveThenDoesInAnyState(TestReporter reporter) {
        long first = Long.getLong("quotaguard.seed", System.nanoTime());
        Map<Decision, Integer> seen = new EnumMap<>(Decision.class);

        for (long seed = first; seed < first + RUNS; seed++) {
            try {
                new Run(new Random(seed), seen).steps();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("failed with -Dquotaguard.seed=" + seed, e);
            }
        }

        reporter.publishEntry(Map.of("quotaguard.seed", Long.toString(first), "compared", seen.toString()));
        assertThat(seen).containsOnlyKeys(Decision.values());
    }

    private static final class Run {

        private final Random random;
        private final Map<Decision, Integer> seen;
        private final TestClock clock = new TestClock();
        private final InMemoryUsageStore store = new InMemoryUsageStore(clock);
        private final Map<AccountId, QuotaLimits> limits = new HashMap<>();
        private final QuotaPolicy policy = account -> limits.getOrDefault(account, QuotaLimits.unlimited());
        private final UploadGuard guard =
                UploadGuard.builder(store).policy(policy).clock(clock).build();
        private final QuotaService quotas = QuotaService.of(store, policy);
        private final List<Upload> earlier = new ArrayList<>();

        private Run(Random random, Map<Decision, Integer> seen) {
            this.random = random;
            this.seen = seen;
        }

        private void steps() {
            for (int step = 0; step < STEPS; step++) {
                Upload upload = nextUpload();
                Explanation explanation = quotas.explain(upload);
                Admission admission = guard.tryReserve(upload);
                compare(explanation, admission);
                seen.merge(explanation.decision(), 1, Integer::sum);
                goOn(admission);
            }
        }

        private static void compare(Explanation explanation, Admission admission) {
            if (admission instanceof Admission.Granted granted) {
                boolean isNew = granted.reservation().allocation().attempt() == 1;
                assertThat(explanation.decision()).isEqualTo(isNew ? Decision.ADMIT : Decision.RENEW);
            } else if (admission instanceof Admission.AlreadyStored stored) {
                assertThat(explanation.decision()).isEqualTo(Decision.ALREADY_STORED);
                assertThat(explanation.standing()).contains(stored.reservation().allocation());
            } else if (admission instanceof Admission.Refused refused) {
                assertThat(explanation.decision()).isEqualTo(Decision.REFUSE);
                assertThat(explanation.checks())
                        .filteredOn(LimitCheck::isExceeded)
                        .isEqualTo(refused.violations());
            } else {
                assertThat(admission).isInstanceOf(Admission.Conflict.class);
                assertThat(explanation.decision()).isEqualTo(Decision.CONFLICT);
                assertThat(explanation.standing()).contains(((Admission.Conflict) admission).standing());
            }
        }

        private Upload nextUpload() {
            if (!earlier.isEmpty() && random.nextInt(4) == 0) {
                return earlier.get(random.nextInt(earlier.size()));
            }
            String account = pick(ACCOUNTS);
            String file = "file-" + random.nextInt(30);
            Upload upload = random.nextInt(6) == 0
                    ? Upload.ofUnknownSize(account, file)
                    : Upload.of(account, file, random.nextInt(60));
            if (random.nextBoolean()) {
                upload = upload.category(pick(CATEGORIES));
            }
            if (random.nextBoolean()) {
                upload = upload.version(pick(VERSIONS));
            }
            upload = switch (random.nextInt(8)) {
                case 0 -> upload.overwrite();
                case 1 -> upload.replacing(upload.spec().id().version().equals("v1") ? "v2" : "v1");
                case 2 -> upload.replacing(FileVersion.NO_VERSION);
                case 3 -> upload.forced("because");
                default -> upload;
            };
            earlier.add(upload);
            return upload;
        }

        private void goOn(Admission admission) {
            if (admission instanceof Admission.Granted granted) {
                switch (random.nextInt(4)) {
                    case 0 -> granted.reservation().release();
                    case 1 -> {}
                    default -> commit(granted.reservation());
                }
            }
            switch (random.nextInt(12)) {
                case 0, 1 -> limits.put(AccountId.of(pick(ACCOUNTS)), nextLimits());
                case 2, 3 -> guard.delete(pick(ACCOUNTS), "file-" + random.nextInt(30));
                case 4 -> {
                    clock.advance(Duration.ofMinutes(10));
                    store.sweep();
                }
                default -> {}
            }
        }

        private void commit(Reservation reservation) {
            try {
                reservation.commit(random.nextInt(60));
            } catch (QuotaExceededException e) {
                reservation.close();
            }
        }

        private QuotaLimits nextLimits() {
            QuotaLimits next = QuotaLimits.unlimited();
            if (random.nextBoolean()) {
                next = next.withBytes(random.nextInt(400));
            }
            if (random.nextBoolean()) {
                next = next.withFiles(random.nextInt(10));
            }
            if (random.nextBoolean()) {
                next = next.withBytes(pick(CATEGORIES), random.nextInt(200));
            }
            return random.nextBoolean() ? next.withBytesPerFile(random.nextInt(80)) : next;
        }

        private <T> T pick(List<T> from) {
            return from.get(random.nextInt(from.size()));
        }
    }
}
