package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.Usage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class UploadGuardReserveTest {

    private static final AccountId ACME = AccountId.of("acme");

    private final TestClock clock = new TestClock();
    private final InMemoryUsageStore store = new InMemoryUsageStore(clock);

    @Test
    void shouldRefuseWithEveryNumberOfTheTightestLimit() {
        UploadGuard guard = guard(QuotaLimits.ofBytes(1_000_000));
        guard.upload(Upload.of("acme", "stored", 900_000), reservation -> "saved");
        guard.reserve(Upload.of("acme", "under-way", 47_570));

        QuotaExceededException refused = catchThrowableOfType(
                QuotaExceededException.class, () -> guard.reserve(Upload.of("acme", "photo-1", 438_407)));

        assertThat(refused.requested()).isEqualTo(438_407);
        assertThat(refused.used()).isEqualTo(900_000);
        assertThat(refused.reserved()).isEqualTo(47_570);
        assertThat(refused.limit()).isEqualTo(1_000_000);
        assertThat(refused.available()).isEqualTo(52_430);
        assertThat(refused.account()).isEqualTo(ACME);
        assertThat(refused.metric()).isEqualTo(MetricType.BYTES);
        assertThat(refused.violations()).containsExactly(refused.violation());
    }

    @Test
    void shouldRefuseWithAMessageThatAPersonUnderstands() {
        UploadGuard guard = guard(QuotaLimits.ofBytes(1_000_000));
        guard.upload(Upload.of("acme", "stored", 900_000), reservation -> "saved");
        guard.reserve(Upload.of("acme", "under-way", 47_570));

        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> guard.reserve(Upload.of("acme", "photo-1", 438_407)))
                .withMessage("acme:photo-1 does not fit: 438407 bytes (428.1 KiB) asked for,"
                        + " 52430 bytes (51.2 KiB) available: acme has used 900000 bytes (878.9 KiB)"
                        + " of 1000000 bytes (976.5 KiB), 47570 bytes (46.4 KiB) held for uploads under way");
    }

    @Test
    void shouldNameTheAncestorWhoseLimitIsViolated() {
        QuotaPolicy policy =
                account -> account.equals(ACME) ? QuotaLimits.ofBytes(100) : QuotaLimits.ofBytes(1_000_000);
        UploadGuard guard = UploadGuard.builder(store).policy(policy).build();
        guard.upload(Upload.of("acme/user-1", "photo", 60), reservation -> "saved");

        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> guard.reserve(Upload.of("acme/user-2", "photo-2", 50)))
                .satisfies(refused -> assertThat(refused.account()).isEqualTo(ACME))
                .withMessageContaining("acme has used 60 bytes of 100 bytes");
        assertThat(usage("acme/user-2")).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldListEveryViolatedLimitAndLeadWithTheTightest() {
        QuotaLimits limits =
                QuotaLimits.ofBytes(500).withFiles(0).withBytes("image", 300).withBytesPerFile(200);

        QuotaExceededException refused = catchThrowableOfType(
                QuotaExceededException.class,
                () -> guard(limits).reserve(Upload.of("acme", "photo-1", 600).category("image")));

        Category image = new Category("image");
        assertThat(refused.violations())
                .containsExactly(
                        new LimitCheck(ACME, MetricType.BYTES, null, 600, 0, 0, 500),
                        new LimitCheck(ACME, MetricType.FILES, null, 1, 0, 0, 0),
                        new LimitCheck(ACME, MetricType.FILE_BYTES, null, 600, 0, 0, 200),
                        new LimitCheck(ACME, MetricType.CATEGORY_BYTES, image, 600, 0, 0, 300));
        assertThat(refused.metric()).isEqualTo(MetricType.FILES);
        assertThat(refused.requested()).isEqualTo(1);
    }

    @Test
    void shouldAdmitTheLastByteAndRefuseTheNext() {
        UploadGuard guard = guard(QuotaLimits.ofBytes(100));

        assertThat(guard.tryReserve(Upload.of("acme", "last", 100))).isInstanceOf(Admission.Granted.class);
        assertThat(guard.tryReserve(Upload.of("acme", "next", 1))).isInstanceOf(Admission.Refused.class);
    }

    @Test
    void shouldAnswerGrantedWithAnOpenReservation() {
        Admission answer = guard(QuotaLimits.unlimited()).tryReserve(Upload.of("acme", "photo-1", 10));

        assertThat(answer).isInstanceOfSatisfying(Admission.Granted.class, granted -> {
            assertThat(granted.reservation().isOpen()).isTrue();
            assertThat(granted.reservation().isAlreadyStored()).isFalse();
            assertThat(granted.reservation().deadline()).isEqualTo(TestClock.START.plus(Duration.ofMinutes(15)));
        });
        assertThat(usage("acme")).isEqualTo(new Usage(0, 10, 0, 1));
    }

    @Test
    void shouldAnswerAlreadyStoredForTheRetryOfAFinishedUpload() {
        UploadGuard guard = guard(QuotaLimits.ofBytes(10));
        Upload photo = Upload.of("acme", "photo-1", 10);
        guard.upload(photo, reservation -> "saved");

        assertThat(guard.tryReserve(photo)).isInstanceOfSatisfying(Admission.AlreadyStored.class, stored -> {
            assertThat(stored.reservation().isAlreadyStored()).isTrue();
            assertThat(stored.reservation().isOpen()).isFalse();
        });
        assertThat(usage("acme")).isEqualTo(new Usage(10, 0, 1, 0));
    }

    @Test
    void shouldAnswerRefusedWithTheViolations() {
        Admission answer = guard(QuotaLimits.ofBytes(9)).tryReserve(Upload.of("acme", "photo-1", 10));

        assertThat(answer).isInstanceOfSatisfying(Admission.Refused.class, refused -> {
            assertThat(refused.id()).hasToString("acme:photo-1");
            assertThat(refused.violations()).containsExactly(new LimitCheck(ACME, MetricType.BYTES, null, 10, 0, 0, 9));
        });
        assertThat(usage("acme")).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldAnswerConflictWithWhatStandsInTheWay() {
        UploadGuard guard = guard(QuotaLimits.unlimited());
        Reservation first = guard.reserve(Upload.of("acme", "photo-1", 10));

        assertThat(guard.tryReserve(Upload.of("acme", "photo-1", 11)))
                .isInstanceOfSatisfying(
                        Admission.Conflict.class,
                        conflict -> assertThat(conflict.standing()).isEqualTo(first.allocation()));
        assertThat(usage("acme")).isEqualTo(new Usage(0, 10, 0, 1));
    }

    @Test
    void shouldExplainAConflictInItsMessage() {
        UploadGuard guard = guard(QuotaLimits.unlimited());
        guard.reserve(Upload.of("acme", "photo-1", 10));

        assertThatExceptionOfType(UploadConflictException.class)
                .isThrownBy(() -> guard.reserve(Upload.of("acme", "photo-1", 11)))
                .satisfies(conflict ->
                        assertThat(conflict.standing().orElseThrow().bytes()).isEqualTo(10))
                .withMessageContainingAll("acme:photo-1", "10 bytes", "RESERVED", "overwrite()")
                .withMessageNotContaining("null");
    }

    @Test
    void shouldAnswerBusyAsAnythingButARefusal() {
        ObservedStore busy = new ObservedStore(store) {
            @Override
            public ReserveResult reserve(ReserveCommand command) {
                return new ReserveResult.Busy("20 commits are in flight");
            }
        };
        UploadGuard guard = UploadGuard.builder(busy)
                .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                .build();
        Upload photo = Upload.of("acme", "photo-1", 10);

        assertThat(guard.tryReserve(photo))
                .isEqualTo(new Admission.Busy(photo.spec().id(), "20 commits are in flight"));
        assertThatExceptionOfType(QuotaBusyException.class)
                .isThrownBy(() -> guard.reserve(photo))
                .withMessage("acme:photo-1: 20 commits are in flight; nothing is held, try again");
    }

    @Test
    void shouldGiveTheSameUploadTheSameReservationRenewed() {
        UploadGuard guard = guard(QuotaLimits.ofBytes(10));
        Upload photo = Upload.of("acme", "photo-1", 10);
        Reservation first = guard.reserve(photo);
        clock.advance(Duration.ofMinutes(10));

        Reservation second = guard.reserve(photo);

        assertThat(second.allocation().generation())
                .isEqualTo(first.allocation().generation());
        assertThat(second.deadline()).isEqualTo(first.deadline().plus(Duration.ofMinutes(10)));
        assertThat(usage("acme")).isEqualTo(new Usage(0, 10, 0, 1));
    }

    @Test
    void shouldLetAnAdministratorPassTheLimits() {
        UploadGuard guard = guard(QuotaLimits.ofBytes(9).withFiles(0).withBytesPerFile(1));

        guard.upload(Upload.of("acme", "photo-1", 10).forced("ticket 4711"), reservation -> "saved");

        assertThat(usage("acme")).isEqualTo(new Usage(10, 0, 1, 0));
        assertThat(store.entries("acme", 0, 10).items())
                .singleElement()
                .satisfies(entry -> assertThat(entry.reason()).isEqualTo("ticket 4711"));
    }

    private UploadGuard guard(QuotaLimits limits) {
        return UploadGuard.builder(store)
                .policy(QuotaPolicy.fixed(limits))
                .clock(clock)
                .build();
    }

    private Usage usage(String account) {
        return store.usage(AccountId.of(account)).total();
    }
}
