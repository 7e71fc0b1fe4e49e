package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.CallerTransaction;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

/** What a guard does while its store fails. */
class FailurePolicyTest {

    private static final QuotaLimits LIMITS = QuotaLimits.ofBytes(1_000).withBytesPerFile(500);

    private final TestClock clock = new TestClock();
    private final ObservedStore store = new ObservedStore(new InMemoryUsageStore(clock));
    private final AtomicReference<QuotaLimits> limits = new AtomicReference<>(LIMITS);
    private final UploadGuard open = guard(FailurePolicy.OPEN);
    private final Upload photo = Upload.of("acme/user-7", "photo-1", 400).category("image");

    private UploadGuard guard(FailurePolicy failurePolicy) {
        return UploadGuard.builder(store)
                .policy(account -> limits.get())
                .clock(clock)
                .whenStoreFails(failurePolicy)
                .build();
    }

    private Usage usage() {
        return store.usage(AccountId.of("acme")).total();
    }

    @Test
    void shouldThrowUnlessItWasToldToStayOpen() {
        UploadGuard byDefault =
                UploadGuard.builder(store).policy(QuotaPolicy.fixed(LIMITS)).build();
        store.breakDown();

        assertThatExceptionOfType(UsageStoreException.class).isThrownBy(() -> byDefault.reserve(photo));
        assertThatExceptionOfType(UsageStoreException.class)
                .isThrownBy(() -> guard(FailurePolicy.CLOSED).reserve(photo));
        assertThat(byDefault.unchargedUploads()).isZero();
        assertThat(byDefault.unchargedBytes()).isZero();
    }

    @Test
    void shouldLetAnUploadThroughUncharged() {
        store.breakDown();

        String saved = open.upload(photo, reservation -> {
            assertThat(reservation.isUncharged()).isTrue();
            assertThat(reservation.isOpen()).isTrue();
            assertThat(reservation.isAlreadyStored()).isFalse();
            assertThat(reservation.allocation().spec()).isEqualTo(photo.spec());
            return "saved";
        });

        assertThat(saved).isEqualTo("saved");
        assertThat(open.unchargedUploads()).isEqualTo(1);
        assertThat(open.unchargedBytes()).isEqualTo(400);
        store.recover();
        assertThat(usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldNeverCallTheStoreForAnUnchargedReservation() {
        store.breakDown();
        Reservation reservation = open.reserve(photo);
        store.recover();
        int calls = store.calls();
        CallerTransaction transaction = Mockito.mock(CallerTransaction.class);

        reservation.renew();
        reservation.extendTo(450);
        clock.advance(Duration.ofDays(8));
        reservation.commitIn(transaction, 460);
        reservation.commit(460);
        reservation.close();
        open.resume(open.reserve(photo).detach()).close();

        Mockito.verifyNoInteractions(transaction);
        assertThat(reservation.allocation().bytes()).isEqualTo(460);
        assertThat(reservation.isOpen()).isFalse();
        assertThat(open.unchargedBytes()).isEqualTo(460);
        assertThat(store.calls() - calls)
                .as("the second reserve, its resumption and its close")
                .isEqualTo(3);
    }

    @Test
    void shouldStillRefuseWhatCouldNeverFit() {
        store.breakDown();

        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> open.reserve(Upload.of("acme", "film", 501)))
                .satisfies(refused -> assertThat(refused.metric()).isEqualTo(MetricType.FILE_BYTES));
        limits.set(QuotaLimits.ofBytes(1_000));
        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> open.reserve(Upload.of("acme", "film", 1_001)))
                .satisfies(refused -> assertThat(refused.metric()).isEqualTo(MetricType.BYTES));
        assertThat(open.reserve(Upload.of("acme", "film", 1_001).overwrite()).isUncharged())
                .isTrue();
        assertThat(open.reserve(Upload.of("acme", "film", 1_001).forced("restored by support"))
                        .isUncharged())
                .isTrue();
        assertThat(open.unchargedUploads()).isEqualTo(2);
    }

    @Test
    void shouldRefuseAGrowthThatCouldNeverFit() {
        store.breakDown();
        Reservation reservation = open.reserve(Upload.ofUnknownSize("acme", "film"));

        assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> reservation.extendTo(501));
        assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> reservation.commit(501));
        assertThatIllegalStateException().isThrownBy(reservation::commit);
        reservation.commit(500);

        assertThat(open.unchargedBytes()).isEqualTo(500);
    }

    @Test
    void shouldGuardAStreamUncharged() throws IOException {
        store.breakDown();

        try (UploadStream stream =
                open.stream(Upload.ofUnknownSize("acme", "film"), new ByteArrayInputStream(new byte[300]))) {
            assertThat(stream.readAllBytes()).hasSize(300);
            stream.commit();
        }
        try (UploadStream stream =
                open.stream(Upload.ofUnknownSize("acme", "film"), new ByteArrayInputStream(new byte[501]))) {
            assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(stream::readAllBytes);
        }

        assertThat(open.unchargedUploads()).isEqualTo(2);
        assertThat(open.unchargedBytes()).isEqualTo(300);
    }

    @Test
    void shouldResumeAnUnchargedReservationOnAnotherNodeThatIsOpen() {
        store.breakDown();
        String token = open.reserve(photo).detach();
        UploadGuard otherNode = guard(FailurePolicy.OPEN);

        Reservation resumed = otherNode.resume(token);
        assertThat(resumed.isUncharged()).isTrue();
        assertThat(resumed.isOpen()).isTrue();
        assertThat(resumed.allocation().spec()).isEqualTo(photo.spec());
        resumed.commit();
        Reservation ofUnknownSize = otherNode.resume(
                open.reserve(Upload.ofUnknownSize("acme", "film")).detach());
        assertThat(ofUnknownSize.allocation().spec())
                .isEqualTo(Upload.ofUnknownSize("acme", "film").spec());

        assertThatExceptionOfType(ReservationEndedException.class)
                .isThrownBy(() -> guard(FailurePolicy.CLOSED).resume(token));
        assertThatIllegalArgumentException().isThrownBy(() -> otherNode.resume(token.replace("qgu1.", "qg1.")));
        clock.advance(Duration.ofDays(7).plusMillis(1));
        assertThatExceptionOfType(ReservationEndedException.class).isThrownBy(() -> otherNode.resume(token));
    }

    @Test
    void shouldKeepAnUnchargedTokenWithinItsLength() {
        String widest = "僸".repeat(128);
        store.breakDown();

        String token = open.reserve(Upload.of(String.join("/", widest, widest, widest, widest), "寀".repeat(255), 0)
                        .version("版".repeat(255))
                        .category("類".repeat(64)))
                .detach();

        assertThat(token).hasSize(4_916).matches("[A-Za-z0-9._-]+");
    }

    @Test
    void shouldChargeAgainOnceTheStoreAnswers() {
        store.breakDown();
        open.reserve(photo).commit();
        store.recover();

        open.reserve(photo).commit();

        assertThat(usage()).isEqualTo(new Usage(400, 0, 1, 0));
        assertThat(open.unchargedUploads()).isEqualTo(1);
    }

    @Test
    void shouldThrowWhateverElseFails() {
        Reservation charged = open.reserve(photo);
        store.breakDown();

        assertThatExceptionOfType(UsageStoreException.class).isThrownBy(charged::commit);
        assertThatExceptionOfType(UsageStoreException.class).isThrownBy(() -> charged.extendTo(450));
        assertThatExceptionOfType(UsageStoreException.class).isThrownBy(() -> open.delete("acme/user-7", "photo-1"));
        assertThat(charged.isUncharged()).isFalse();
        assertThat(open.unchargedUploads()).isZero();
    }

    @Test
    void shouldTakeNoAnswerAndNoFaultOfThePolicyForAFailure() {
        ObservedStore busy = new ObservedStore(new InMemoryUsageStore(clock)) {
            @Override
            public ReserveResult reserve(ReserveCommand command) {
                return new ReserveResult.Busy("locked");
            }
        };
        UploadGuard onBusy = UploadGuard.builder(busy)
                .policy(QuotaPolicy.fixed(LIMITS))
                .whenStoreFails(FailurePolicy.OPEN)
                .build();
        UploadGuard onBadPolicy = UploadGuard.builder(store)
                .policy(account -> {
                    throw new IllegalStateException("no such plan");
                })
                .whenStoreFails(FailurePolicy.OPEN)
                .build();

        assertThat(onBusy.tryReserve(photo)).isInstanceOf(Admission.Busy.class);
        assertThatIllegalStateException().isThrownBy(() -> onBadPolicy.reserve(photo));
        open.reserve(photo);
        assertThat(open.tryReserve(Upload.of("acme", "photo-1", 1))).isInstanceOf(Admission.Conflict.class);
        assertThat(onBusy.unchargedUploads() + onBadPolicy.unchargedUploads() + open.unchargedUploads())
                .isZero();
    }

    @Test
    void shouldLetThroughWhatFailsWhenThePolicyIsAskedAfresh() {
        UploadGuard raised = UploadGuard.builder(new ObservedStore(store) {
                    private boolean asked;

                    @Override
                    public ReserveResult reserve(ReserveCommand command) {
                        if (asked) {
                            store.breakDown();
                        }
                        asked = true;
                        return super.reserve(command);
                    }
                })
                .policy(new QuotaPolicy() {
                    @Override
                    public QuotaLimits limits(AccountId account) {
                        return QuotaLimits.ofBytes(1);
                    }

                    @Override
                    public QuotaLimits freshLimits(AccountId account) {
                        return LIMITS;
                    }
                })
                .whenStoreFails(FailurePolicy.OPEN)
                .build();

        assertThat(raised.reserve(photo).isUncharged()).isTrue();
    }

    @Test
    void shouldSayOnceThatItBeginsAndOnceHowManyItWere() {
        String log = CapturedLog.of(() -> {
            open.reserve(photo);
            store.breakDown();
            open.reserve(Upload.of("acme", "film-1", 11));
            open.reserve(Upload.of("acme", "film-2", 22));
            store.recover();
            open.reserve(Upload.of("acme", "film-3", 33));
            open.reserve(Upload.of("acme", "film-4", 44));
        });

        assertThat(log.lines().filter(line -> line.contains("The store fails"))).hasSize(1);
        assertThat(log).containsOnlyOnce("the database is gone");
        assertThat(log.lines().filter(line -> line.contains("The store answers again: 2 uploads")))
                .hasSize(1);
        assertThat(log).contains("film-1 for acme is admitted uncharged, with 11 bytes");
        assertThat(log).doesNotContain("film-3").doesNotContain("photo-1");
    }

    @Test
    void shouldEndAnUnchargedReservationOnceLikeAnyOther() {
        store.breakDown();
        Reservation stored = open.reserve(photo);
        stored.commit();
        stored.commit();
        assertThatExceptionOfType(UploadConflictException.class).isThrownBy(() -> stored.commit(399));
        assertThatExceptionOfType(UploadConflictException.class).isThrownBy(stored::release);
        assertThatExceptionOfType(ReservationEndedException.class).isThrownBy(() -> stored.extendTo(400));

        Reservation released = open.reserve(Upload.of("acme/user-7", "photo-2", 400));
        released.release();
        released.release();
        assertThatExceptionOfType(ReservationEndedException.class).isThrownBy(released::commit);
    }

    @Test
    void shouldTakeAFailureOfThePolicysStorageForOne() {
        UploadGuard planned = UploadGuard.builder(store)
                .policy(account -> {
                    throw new UsageStoreException("down", true, null);
                })
                .whenStoreFails(FailurePolicy.OPEN)
                .build();

        Reservation reservation = planned.reserve(photo);
        reservation.extendTo(1_000_000);

        assertThat(reservation.isUncharged()).isTrue();
        assertThat(planned.unchargedUploads()).isEqualTo(1);
    }

    @Test
    void shouldNotTakeAnInterruptionForAFailure() {
        store.breakDown();
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(UsageStoreException.class).isThrownBy(() -> open.reserve(photo));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(open.unchargedUploads()).isZero();
    }
}
