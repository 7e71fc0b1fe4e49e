package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.CallerTransaction;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReservationCloseTest {

    private final TestClock clock = new TestClock();
    private final ObservedStore store = new ObservedStore(new InMemoryUsageStore(clock));
    private final UploadGuard guard = UploadGuard.builder(store)
            .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(1_000)))
            .clock(clock)
            .build();
    private final Upload photo = Upload.of("acme", "photo-1", 400);

    @Test
    void shouldReleaseWhatWasNotCommitted() {
        try (Reservation reservation = guard.reserve(photo)) {
            assertThat(reservation.isOpen()).isTrue();
        }

        assertThat(usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldKeepWhatWasCommitted() {
        try (Reservation reservation = guard.reserve(photo)) {
            reservation.commit();
        }

        assertThat(usage()).isEqualTo(new Usage(400, 0, 1, 0));
    }

    @Test
    void shouldNotTouchWhatWasDetached() {
        try (Reservation reservation = guard.reserve(photo)) {
            reservation.detach();
            assertThat(reservation.isOpen()).isFalse();
        }

        assertThat(usage()).isEqualTo(new Usage(0, 400, 0, 1));
    }

    @Test
    void shouldNotAskTheStoreAgainAfterAnyEnd() {
        Reservation committed = guard.reserve(photo);
        committed.commit();
        Reservation released = guard.reserve(Upload.of("acme", "photo-2", 1));
        released.release();
        Reservation detached = guard.reserve(Upload.of("acme", "photo-3", 1));
        detached.detach();
        Reservation closed = guard.reserve(Upload.of("acme", "photo-4", 1));
        closed.close();
        int before = store.calls();

        committed.close();
        released.close();
        detached.close();
        closed.close();

        assertThat(store.calls()).isEqualTo(before);
    }

    @Test
    void shouldNotReleaseAStoredUploadThatWasReservedAgain() {
        guard.upload(photo, reservation -> "saved");

        try (Reservation again = guard.reserve(photo)) {
            assertThat(again.isAlreadyStored()).isTrue();
        }

        assertThat(usage()).isEqualTo(new Usage(400, 0, 1, 0));
    }

    @Test
    void shouldDoNothingAfterARetryTookTheReservationOver() {
        Reservation first = guard.reserve(photo);
        Reservation retry = guard.reserve(photo);

        first.close();

        assertThat(usage()).isEqualTo(new Usage(0, 400, 0, 1));
        retry.commit();
        assertThat(usage()).isEqualTo(new Usage(400, 0, 1, 0));
    }

    /** A client that stalls and a retry that overtakes it: bytes that trickle in renew the reservation of both. */
    @Test
    void shouldDoNothingAfterARetryTookTheReservationOverEvenIfItWasRenewedSince() {
        Reservation first = guard.reserve(photo);
        Reservation retry = guard.reserve(photo);

        first.renew();
        first.close();

        assertThat(usage()).isEqualTo(new Usage(0, 400, 0, 1));
        retry.commit();
        assertThat(usage()).isEqualTo(new Usage(400, 0, 1, 0));
    }

    @Test
    void shouldReleaseTheRetryOnItsOwnClose() {
        guard.reserve(photo);
        Reservation retry = guard.reserve(photo);

        retry.close();

        assertThat(usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldNeverThrowButLogWhatCouldNotBeReleased() {
        Reservation reservation = guard.reserve(photo);
        store.breakDown();

        String log = CapturedLog.of(() -> assertThatCode(reservation::close).doesNotThrowAnyException());

        assertThat(log).contains("WARN", "acme:photo-1", reservation.deadline().toString(), "the database is gone");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'; DROP TABLE quota_ledger; --", "a {} %s $1 \\n", "\uD83D\uDE00", "e\u0301", " "})
    void shouldLogOneLineWhateverTheFileIsCalled(String file) {
        Reservation reservation = guard.reserve(Upload.of("acme", file, 400));
        store.breakDown();

        String log = CapturedLog.of(reservation::close);

        assertThat(log.lines().filter(line -> line.contains("WARN")))
                .singleElement()
                .asString()
                .contains("acme:" + file);
    }

    @Test
    void shouldNotHideTheFailureOfTheWorkBehindThatOfTheStore() {
        IllegalStateException disk = new IllegalStateException("disk full");

        String log = CapturedLog.of(() -> assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> guard.upload(photo, reservation -> {
                    store.breakDown();
                    throw disk;
                }))
                .isSameAs(disk));

        assertThat(log).contains("acme:photo-1");
    }

    @Test
    void shouldReleaseOnCloseAfterACommitThatFailedWithoutEffect() {
        Reservation reservation = guard.reserve(photo);
        assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> reservation.commit(1_001));

        reservation.close();

        assertThat(usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldKeepTheFileWhenTheAnswerToItsCommitWasLost() {
        ObservedStore losing = new ObservedStore(store) {
            @Override
            public CommitResult commit(Allocation reservation, long bytes) {
                super.commit(reservation, bytes);
                throw new UsageStoreException("connection reset", true, null);
            }
        };
        UploadGuard unlucky = UploadGuard.builder(losing)
                .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                .build();

        assertThatExceptionOfType(UsageStoreException.class)
                .isThrownBy(() -> unlucky.upload(photo, reservation -> "saved"))
                .withMessage("connection reset");

        assertThat(usage()).isEqualTo(new Usage(400, 0, 1, 0));
    }

    @Test
    void shouldNotSendAHandleOlderThanSevenDaysToTheStore() {
        Reservation released = guard.reserve(photo);
        Reservation closed = guard.reserve(Upload.of("acme", "photo-2", 1));
        Reservation stored = guard.reserve(Upload.of("acme", "photo-3", 1));
        stored.commit();
        clock.advance(Duration.ofDays(7).plusNanos(1));
        int before = store.calls();

        released.release();
        closed.close();
        stored.release();

        assertThat(store.calls()).isEqualTo(before);
        assertThat(released.isOpen()).isFalse();
        assertThat(closed.isOpen()).isFalse();
    }

    @Test
    void shouldStillReleaseAHandleOfExactlySevenDays() {
        Reservation released = guard.reserve(photo);
        Reservation closed = guard.reserve(Upload.of("acme", "photo-2", 1));
        clock.advance(Duration.ofDays(7));

        released.release();
        closed.close();

        assertThat(usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldNotTellATransactionOfTheCloseOfAHandleOlderThanSevenDays() {
        AtomicInteger told = new AtomicInteger();
        Reservation reservation = guard.reserve(photo);
        reservation.commitIn(new CallerTransaction() {
            @Override
            public CommitResult commit(Allocation handle, long bytes) {
                return store.commit(handle, bytes);
            }

            @Override
            public void closed(Allocation handle) {
                told.incrementAndGet();
            }
        });
        clock.advance(Duration.ofDays(7).plusNanos(1));

        reservation.close();

        assertThat(told).hasValue(0);
    }

    private Usage usage() {
        return store.usage(AccountId.of("acme")).total();
    }
}
