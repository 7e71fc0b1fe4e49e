package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.ReservationEndedException;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadConflictException;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Row 9: at the deadline of a reservation one thread commits it, one releases it, and one expires what is due. */
@Tag("proof")
class DeadlineRaceTest {

    private static final int LANES = 4;
    private static final int RACES = Scale.of("races", 150, 100_000);
    private static final int TTL_MILLIS = 8;
    private static final int SPREAD_MILLIS = 6;

    @OnEachServer
    void shouldEndEachReservationOnce(TestDatabase database) throws Exception {
        long seed = Scale.seed();
        Proof proof = new Proof("9", database, seed);
        List<String> violations = Collections.synchronizedList(new ArrayList<>());
        Map<AllocationState, Integer> ends = Collections.synchronizedMap(new EnumMap<>(AllocationState.class));
        try (HikariDataSource pool = database.pool(LANES * 3 + 2);
                JdbcUsageStore store = JdbcUsageStore.builder(pool)
                        .sweepInterval(Duration.ofDays(1))
                        .createSchemaIfMissing()
                        .build()) {
            UploadGuard guard = UploadGuard.builder(store)
                    .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                    .reservationTtl(Duration.ofMillis(TTL_MILLIS))
                    .build();
            Crowd.run(LANES, lane -> {
                Random random = new Random(seed + lane);
                String tenant = "t" + lane;
                long used = 0;
                for (int race = 0; race < RACES / LANES; race++) {
                    Ended ended = race(store, guard.reserve(Upload.of(tenant, "f" + race, 1)), random);
                    violations.addAll(ended.violations());
                    ends.merge(ended.state, 1, Integer::sum);
                    used += ended.state == AllocationState.COMMITTED ? 1 : 0;
                    proof.operations.add(3);
                }
                long charged = store.usage(AccountId.of(tenant)).total().usedBytes();
                if (charged != used) {
                    violations.add("%s: %d bytes used of %d committed".formatted(tenant, charged, used));
                }
            });
            violations.addAll(TableCheck.violations(pool));
        }
        Proof.say("%s: races at the deadline ended %s, seed %d", database, ends, seed);
        proof.admitted.add(ends.getOrDefault(AllocationState.COMMITTED, 0));
        proof.violations.add(violations.size());
        proof.write();
        assertThat(violations).as("seed %d", seed).isEmpty();
        assertThat(ends).containsOnlyKeys(AllocationState.COMMITTED, AllocationState.RELEASED, AllocationState.EXPIRED);
    }

    /** What the callers were told, and what became of the reservation. */
    private record Ended(boolean committed, boolean released, AllocationState state, boolean early) {

        List<String> violations() {
            List<String> violations = new ArrayList<>();
            if (committed && released) {
                violations.add("committed and released");
            }
            if (committed != (state == AllocationState.COMMITTED)) {
                violations.add("committed: %s, and it is %s".formatted(committed, state));
            }
            if (released && state != AllocationState.RELEASED) {
                violations.add("released, and it is " + state);
            }
            if (early) {
                violations.add("expired before its deadline");
            }
            return violations;
        }
    }

    @Test
    void shouldSeeAnEndThatWasNotAcknowledgedAndOneTooMany() {
        assertThat(new Ended(true, false, AllocationState.EXPIRED, false).violations())
                .hasSize(1);
        assertThat(new Ended(false, true, AllocationState.COMMITTED, false).violations())
                .hasSize(2);
        assertThat(new Ended(true, true, AllocationState.COMMITTED, false).violations())
                .hasSize(2);
        assertThat(new Ended(false, false, AllocationState.EXPIRED, true).violations())
                .hasSize(1);
        assertThat(new Ended(false, false, AllocationState.EXPIRED, false).violations())
                .isEmpty();
    }

    private static Ended race(JdbcUsageStore store, Reservation reservation, Random random) throws Exception {
        Allocation life = reservation.allocation();
        AtomicBoolean committed = new AtomicBoolean();
        AtomicBoolean released = new AtomicBoolean();
        long[] nanos = random.longs(
                        3,
                        TimeUnit.MILLISECONDS.toNanos(TTL_MILLIS - SPREAD_MILLIS),
                        TimeUnit.MILLISECONDS.toNanos(TTL_MILLIS + SPREAD_MILLIS))
                .toArray();
        Crowd.run(3, thread -> {
            LockSupport.parkNanos(nanos[thread]);
            switch (thread) {
                case 0 -> committed.set(done(reservation::commit));
                case 1 -> released.set(done(reservation::release));
                default -> store.sweep();
            }
        });
        do {
            store.sweep();
        } while (find(store, life).state() == AllocationState.RESERVED);
        Allocation ended = find(store, life);
        boolean early =
                ended.state() == AllocationState.EXPIRED && ended.since().isBefore(ended.deadline());
        boolean wasReleased = released.get() && ended.state() != AllocationState.EXPIRED;
        return new Ended(committed.get(), wasReleased, ended.state(), early);
    }

    private static Allocation find(JdbcUsageStore store, Allocation life) {
        return store.find(life.id(), life.generation()).orElseThrow();
    }

    /** Says whether it was acknowledged. Who meets the others in the middle of their end may be told to try again. */
    private static boolean done(Runnable call) {
        while (true) {
            try {
                call.run();
                return true;
            } catch (ReservationEndedException | UploadConflictException e) {
                return false;
            } catch (UsageStoreException e) {
                assertThat(e.isRetryable()).as(e.toString()).isTrue();
            }
        }
    }
}
