package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReservationCommitTest {

    private final TestClock clock = new TestClock();
    private final ObservedStore store = new ObservedStore(new InMemoryUsageStore(clock));
    private final UploadGuard guard = guard(store);

    @Test
    void shouldChargeTheCommittedSizeAndGiveBackTheRest() {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400));

        reservation.commit(399);

        assertThat(usage()).isEqualTo(new Usage(399, 0, 1, 0));
        assertThat(reservation.isOpen()).isFalse();
        assertThat(reservation.allocation().bytes()).isEqualTo(399);
    }

    @Test
    void shouldNotTakeItsOwnCommitForAnEarlierOne() {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400));

        reservation.commit();

        assertThat(reservation.isAlreadyStored()).isFalse();
    }

    @Test
    void shouldExtendACommitThatIsNotCoveredAndThenCommit() {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400));

        reservation.commit(1_000);

        assertThat(store.extensions()).containsExactly(1_000L);
        assertThat(usage()).isEqualTo(new Usage(1_000, 0, 1, 0));
    }

    @Test
    void shouldLetTheReservationStandWhenTheLargerCommitDoesNotFit() {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400));

        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> reservation.commit(1_001))
                .satisfies(refused -> assertThat(refused.requested()).isEqualTo(601));

        assertThat(reservation.isOpen()).isTrue();
        assertThat(usage()).isEqualTo(new Usage(0, 400, 0, 1));
        reservation.commit(400);
        assertThat(usage()).isEqualTo(new Usage(400, 0, 1, 0));
    }

    @Test
    void shouldReplayACommitOfTheSameSize() {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400));

        reservation.commit(300);
        reservation.commit(300);

        assertThat(usage()).isEqualTo(new Usage(300, 0, 1, 0));
        assertThat(store.entries("acme", 0, 10).items()).hasSize(1);
    }

    @Test
    void shouldRefuseToReplayACommitWithAnotherSize() {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400));
        reservation.commit(300);

        assertThatExceptionOfType(UploadConflictException.class)
                .isThrownBy(() -> reservation.commit(301))
                .withMessage("acme:photo-1 was committed with 300 bytes, not with 301")
                .satisfies(conflict ->
                        assertThat(conflict.standing().orElseThrow().bytes()).isEqualTo(300));
        assertThat(usage()).isEqualTo(new Usage(300, 0, 1, 0));
    }

    @Test
    void shouldRefuseANegativeSizeBeforeAskingTheStore() {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400));
        int before = store.calls();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> reservation.commit(-1))
                .withMessageContaining("-1 bytes");
        assertThatIllegalArgumentException().isThrownBy(() -> reservation.extendTo(-1));
        assertThat(store.calls()).isEqualTo(before);
    }

    @Test
    void shouldSayThatAndWhenTheReservationWasReleased() {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400));
        clock.advance(Duration.ofMinutes(1));
        Instant released = clock.instant();
        reservation.release();
        clock.advance(Duration.ofMinutes(1));

        shouldBeEnded(() -> reservation.commit(400), AllocationState.RELEASED, released);
        shouldBeEnded(() -> reservation.extendTo(500), AllocationState.RELEASED, released);
        shouldBeEnded(reservation::renew, AllocationState.RELEASED, released);
        assertThat(usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldSayThatAndWhenTheReservationExpired() {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400));
        clock.advance(Duration.ofMinutes(16));
        Instant expired = clock.instant();
        store.sweep();

        shouldBeEnded(() -> reservation.commit(400), AllocationState.EXPIRED, expired);
    }

    @Test
    void shouldSayThatAndWhenTheFileWasDeleted() {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400));
        reservation.commit();
        clock.advance(Duration.ofMinutes(2));
        guard.delete("acme", "photo-1");

        shouldBeEnded(() -> reservation.commit(400), AllocationState.DELETED, clock.instant());
    }

    @Test
    void shouldStillCommitPastTheDeadlineAsLongAsNobodyHasExpiredIt() {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400));
        clock.advance(Duration.ofMinutes(16));

        reservation.commit();

        assertThat(usage()).isEqualTo(new Usage(400, 0, 1, 0));
    }

    @Test
    void shouldNotTouchALaterLifeOfTheSameFile() {
        Upload photo = Upload.of("acme", "photo-1", 400);
        Reservation former = guard.reserve(photo);
        former.release();
        Reservation later = guard.reserve(photo);

        former.release();
        former.close();

        shouldBeEnded(() -> former.commit(400), AllocationState.RELEASED, clock.instant());
        assertThat(usage()).isEqualTo(new Usage(0, 400, 0, 1));
        later.commit();
        assertThat(usage()).isEqualTo(new Usage(400, 0, 1, 0));
    }

    @Test
    void shouldHaveNoEffectToReleaseTwice() {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400));

        reservation.release();
        reservation.release();

        assertThat(usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldRefuseToReleaseAStoredFile() {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400));
        reservation.commit();

        assertThatExceptionOfType(UploadConflictException.class)
                .isThrownBy(reservation::release)
                .withMessageContaining("acme:photo-1 is stored")
                .withMessageContaining("delete it");
        assertThat(usage()).isEqualTo(new Usage(400, 0, 1, 0));
    }

    @Test
    void shouldExtendWithoutEverShrinkingAndRenewTheDeadline() {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400));
        clock.advance(Duration.ofMinutes(5));

        reservation.extendTo(500);
        reservation.extendTo(100);

        assertThat(usage()).isEqualTo(new Usage(0, 500, 0, 1));
        assertThat(reservation.allocation().bytes()).isEqualTo(500);
        assertThat(reservation.deadline()).isEqualTo(TestClock.START.plus(Duration.ofMinutes(20)));
    }

    @Test
    void shouldStopAndSayBusyWhenTheReplacedVersionsNeverStandStill() {
        AtomicInteger commits = new AtomicInteger();
        UploadGuard unsettled = guard(new ObservedStore(store) {
            @Override
            public CommitResult commit(Allocation reservation, long bytes) {
                commits.incrementAndGet();
                return new CommitResult.NotCovered(reservation, 0);
            }
        });
        Reservation reservation = unsettled.reserve(Upload.of("acme", "photo-1", 400));

        assertThatExceptionOfType(QuotaBusyException.class).isThrownBy(reservation::commit);
        assertThat(commits).hasValueBetween(2, 20);
        assertThat(reservation.isOpen()).isTrue();
    }

    @Test
    void shouldDeleteTheReplacedVersionWithTheCommit() {
        guard.upload(Upload.of("acme", "photo-1", 600).version("v1"), reservation -> "first");

        try (Reservation second =
                guard.reserve(Upload.of("acme", "photo-1", 700).version("v2").replacing("v1"))) {
            assertThat(usage()).isEqualTo(new Usage(600, 100, 1, 0));
            second.commit();
        }

        assertThat(usage()).isEqualTo(new Usage(700, 0, 1, 0));
        assertThat(guard.find("acme", "photo-1", "v1").orElseThrow().state()).isEqualTo(AllocationState.DELETED);
    }

    private static void shouldBeEnded(Runnable call, AllocationState state, Instant since) {
        assertThatExceptionOfType(ReservationEndedException.class)
                .isThrownBy(call::run)
                .satisfies(ended -> {
                    assertThat(ended.allocation().orElseThrow().state()).isEqualTo(state);
                    assertThat(ended.allocation().orElseThrow().since()).isEqualTo(since);
                })
                .withMessageContainingAll("acme:photo-1", state.name(), since.toString());
    }

    private UploadGuard guard(ObservedStore over) {
        return UploadGuard.builder(over)
                .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(1_000)))
                .clock(clock)
                .build();
    }

    private Usage usage() {
        return store.usage(AccountId.of("acme")).total();
    }

    @Test
    void shouldReplayTheCommitOfAFileThatWasStoredLongAgo() {
        Upload photo = Upload.of("acme", "photo-1", 400);
        guard.reserve(photo).commit();
        clock.advance(Duration.ofDays(10));

        Reservation again = guard.reserve(photo);
        again.commit();

        assertThat(again.isAlreadyStored()).isTrue();
        assertThat(usage()).isEqualTo(new Usage(400, 0, 1, 0));
    }
}
