package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.CallerTransaction;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.Usage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a reservation does with a transaction of the caller's; what a store does is for its own tests. */
class ReservationCommitInTest {

    private final ObservedStore store = new ObservedStore(new InMemoryUsageStore());
    private final UploadGuard guard = UploadGuard.builder(store)
            .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(1_000)))
            .build();
    private final RecordingTransaction transaction = new RecordingTransaction();

    @Test
    void shouldCommitInTheTransactionAndTellItOfTheClose() {
        Allocation handle;
        try (Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400))) {
            handle = reservation.allocation();
            reservation.commitIn(transaction);
            assertThat(transaction.closed).isEmpty();
        }

        assertThat(transaction.committed).containsExactly(400L);
        assertThat(transaction.closed).extracting(Allocation::generation).containsExactly(handle.generation());
    }

    @Test
    void shouldFirstExtendOutsideTheTransactionToWhatIsNotCovered() {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400));

        reservation.commitIn(transaction, 500);

        assertThat(transaction.committed).containsExactly(500L);
        assertThat(store.extensions()).containsExactly(500L);
        assertThat(store.usage(AccountId.of("acme")).total()).isEqualTo(new Usage(500, 0, 1, 0));
    }

    @Test
    void shouldReleaseOnCloseWhatTheTransactionRefused() {
        try (Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400))) {
            assertThatExceptionOfType(QuotaExceededException.class)
                    .isThrownBy(() -> reservation.commitIn(transaction, 1_001));
        }

        assertThat(transaction.closed).isEmpty();
        assertThat(store.usage(AccountId.of("acme")).total()).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldTellTheTransactionOfTheCloseOnlyOnce() {
        Reservation reservation = guard.reserve(Upload.of("acme", "photo-1", 400));
        reservation.commitIn(transaction);

        reservation.close();
        reservation.close();

        assertThat(transaction.closed).hasSize(1);
    }

    /** Commits at once: in the tests above the caller's transaction never rolls back. */
    private final class RecordingTransaction implements CallerTransaction {

        private final List<Long> committed = new ArrayList<>();
        private final List<Allocation> closed = new ArrayList<>();

        @Override
        public CommitResult commit(Allocation reservation, long bytes) {
            committed.add(bytes);
            return store.commit(reservation, bytes);
        }

        @Override
        public void closed(Allocation reservation) {
            closed.add(reservation);
        }
    }
}
