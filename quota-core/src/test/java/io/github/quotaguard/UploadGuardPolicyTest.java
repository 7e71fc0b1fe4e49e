package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Usage;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How the guard asks the policy, which is the user's and may cache, fail or be wrong. */
class UploadGuardPolicyTest {

    private static final AccountId ACME = AccountId.of("acme");

    private final ObservedStore store = new ObservedStore(new InMemoryUsageStore());
    private final QuotaPolicy policy = mock(QuotaPolicy.class, CALLS_REAL_METHODS);
    private final UploadGuard guard = UploadGuard.builder(store).policy(policy).build();

    @Test
    void shouldAdmitWhatFitsOnlyIntoTheFreshLimit() {
        cachedAndFreshBytes(10, 20);

        assertThat(guard.tryReserve(Upload.of("acme", "photo-1", 15))).isInstanceOf(Admission.Granted.class);
    }

    @Test
    void shouldRefuseByTheFreshLimitEvenIfItIsLowerThanTheCachedOne() {
        cachedAndFreshBytes(10, 5);

        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> guard.reserve(Upload.of("acme", "photo-1", 15)))
                .satisfies(refused -> assertThat(refused.limit()).isEqualTo(5));
    }

    @Test
    void shouldNotAskAfreshForWhatFitsIntoTheCachedLimit() {
        cachedAndFreshBytes(20, 10);

        assertThat(guard.tryReserve(Upload.of("acme", "photo-1", 15))).isInstanceOf(Admission.Granted.class);
        verify(policy, never()).freshLimits(any());
    }

    @Test
    void shouldAskTheStoreOnceIfTheFreshLimitsAreTheSame() {
        cachedAndFreshBytes(10, 10);

        assertThat(guard.tryReserve(Upload.of("acme", "photo-1", 15))).isInstanceOf(Admission.Refused.class);
        assertThat(store.calls()).isEqualTo(1);
    }

    @Test
    void shouldExtendByTheFreshLimitToo() {
        cachedAndFreshBytes(10, 20);
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 10));

        reservation.extendTo(20);

        assertThat(usage()).isEqualTo(new Usage(0, 20, 0, 1));
        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> reservation.extendTo(21))
                .satisfies(refused -> assertThat(refused.limit()).isEqualTo(20));
    }

    @Test
    void shouldJudgeEachOfManyAccountsAndCategoriesByItsOwnLimits() {
        QuotaPolicy own = account -> {
            long bytes = Long.parseLong(account.path().substring("acme-".length()));
            return QuotaLimits.ofBytes(bytes).withBytes("image", bytes - 1).withBytes("film", bytes - 2);
        };
        UploadGuard guard = UploadGuard.builder(store).policy(own).build();

        for (int round = 0; round < 2; round++) {
            for (int bytes = 2; bytes < 3_000; bytes++) {
                Upload upload = Upload.of("acme-" + bytes, "photo-1", bytes + 1);
                assertThat(limit(guard, upload)).isEqualTo(bytes);
                assertThat(limit(
                                guard,
                                Upload.of("acme-" + bytes, "photo-1", bytes).category("image")))
                        .isEqualTo(bytes - 1);
                assertThat(limit(
                                guard,
                                Upload.of("acme-" + bytes, "photo-1", bytes - 1).category("film")))
                        .isEqualTo(bytes - 2);
            }
        }
    }

    /** As the view of a cache does that somebody changes at the same time. */
    @Test
    void shouldJudgeByTheLimitsInForceAfterAnAnswerThatChangedWhileItWasRead() {
        AtomicInteger reads = new AtomicInteger();
        List<QuotaLimits> view = new AbstractList<>() {
            @Override
            public QuotaLimits get(int index) {
                return QuotaLimits.ofBytes(reads.getAndIncrement() == 0 ? 10 : 20);
            }

            @Override
            public int size() {
                return 1;
            }
        };
        doReturn(view).when(policy).limitsOf(any());
        doReturn(view).when(policy).freshLimitsOf(any());
        guard.reserve(Upload.of("acme", "photo-1", 5));

        assertThat(guard.tryReserve(Upload.of("acme", "photo-2", 15))).isInstanceOf(Admission.Granted.class);
    }

    private static long limit(UploadGuard guard, Upload upload) {
        return ((Admission.Refused) guard.tryReserve(upload))
                .violations()
                .get(0)
                .limit();
    }

    @Test
    void shouldThrowWhatThePolicyThrowsAndReserveNothing() {
        IllegalStateException down = new IllegalStateException("the billing service is down");
        when(policy.limits(ACME)).thenThrow(down);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> guard.reserve(Upload.of("acme", "photo-1", 15)))
                .isSameAs(down);
        assertThat(store.calls()).isZero();
    }

    @Test
    void shouldReserveNothingWhenThePolicyFailsOnlyWhenAskedAfresh() {
        when(policy.limits(ACME)).thenReturn(QuotaLimits.ofBytes(10));
        doThrow(new IllegalStateException("the billing service is down"))
                .when(policy)
                .freshLimits(ACME);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> guard.reserve(Upload.of("acme", "photo-1", 15)));
        assertThat(usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldSayWhichAccountThePolicyAnsweredNullFor() {
        when(policy.limits(ACME)).thenReturn(QuotaLimits.unlimited());
        when(policy.limits(AccountId.of("acme/user-7"))).thenReturn(null);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> guard.reserve(Upload.of("acme/user-7", "photo-1", 15)))
                .withMessageContaining("null for account acme/user-7")
                .withMessageContaining("QuotaLimits.unlimited()");
        assertThat(store.calls()).isZero();
    }

    @Test
    void shouldAskForTheWholeLineageAtOnce() {
        AccountId user = AccountId.of("acme/user-7");
        doReturn(List.of(QuotaLimits.ofBytes(10), QuotaLimits.ofBytes(5)))
                .when(policy)
                .limitsOf(List.of(ACME, user));
        doReturn(List.of(QuotaLimits.ofBytes(12), QuotaLimits.ofBytes(7)))
                .when(policy)
                .freshLimitsOf(List.of(ACME, user));

        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> guard.reserve(Upload.of("acme/user-7", "photo-1", 8)))
                .satisfies(refused -> {
                    assertThat(refused.violations()).hasSize(1);
                    assertThat(refused.account()).isEqualTo(user);
                    assertThat(refused.limit()).isEqualTo(7);
                });
        verify(policy, never()).limits(any());
        verify(policy, never()).freshLimits(any());
    }

    @Test
    void shouldRefuseAnAnswerThatIsNotOneForEachAccount() {
        for (List<QuotaLimits> wrong : Arrays.asList(null, List.<QuotaLimits>of(), List.of(QuotaLimits.unlimited()))) {
            doReturn(wrong).when(policy).limitsOf(any());

            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> guard.reserve(Upload.of("acme/user-7", "photo-1", 15)))
                    .withMessageContaining("for the accounts [acme, acme/user-7]");
        }
        assertThat(store.calls()).isZero();
    }

    @Test
    void shouldLeaveTheReservationStandingWhenThePolicyFailsDuringACommit() {
        when(policy.limits(ACME))
                .thenReturn(QuotaLimits.ofBytes(100))
                .thenThrow(new IllegalStateException("the billing service is down"));
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 10));

        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> reservation.commit(11));
        assertThat(reservation.isOpen()).isTrue();
        assertThat(guard.find("acme", "photo-1").orElseThrow().state()).isEqualTo(AllocationState.RESERVED);
    }

    private void cachedAndFreshBytes(long cached, long fresh) {
        when(policy.limits(ACME)).thenReturn(QuotaLimits.ofBytes(cached));
        doReturn(QuotaLimits.ofBytes(fresh)).when(policy).freshLimits(ACME);
    }

    private Usage usage() {
        return store.usage(ACME).total();
    }
}
