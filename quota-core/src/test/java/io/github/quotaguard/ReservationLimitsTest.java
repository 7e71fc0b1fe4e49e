package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CallerTransaction;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.ExtendCommand;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.Replacement;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStore;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That a commit passes every limit, and what it says when it has to extend first and the life has ended. */
class ReservationLimitsTest {

    private final ObservedStore store = new ObservedStore(new InMemoryUsageStore());
    private final UploadGuard guard = guard(store);
    private final Upload video = Upload.ofUnknownSize("acme", "video-9");

    private enum Way {
        IN_A_TRANSACTION_OF_THE_STORE,
        IN_A_TRANSACTION_OF_THE_CALLER
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotPassTheLimitPerFileOnTheCreditOfTheReplacedVersion(Way way) {
        administratorStores(900);
        Reservation reservation = guard.reserve(video.version("v2").replacing("v1"));

        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> commit(way, reservation, 501))
                .satisfies(refused -> assertThat(refused.metric()).isEqualTo(MetricType.FILE_BYTES));

        assertThat(reservation.isOpen()).isTrue();
        assertThat(usage()).isEqualTo(new Usage(900, 0, 1, 0));
        commit(way, reservation, 500);
        assertThat(usage()).isEqualTo(new Usage(500, 0, 1, 0));
    }

    @Test
    void shouldNotPassTheLimitPerFileWithMoreThanWasDeclaredEither() {
        administratorStores(900);
        Reservation reservation =
                guard.reserve(Upload.of("acme", "video-9", 400).version("v2").overwrite());

        assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> reservation.commit(501));
        assertThat(usage()).isEqualTo(new Usage(900, 0, 1, 0));
    }

    @Test
    void shouldNotExtendToWhatWasDeclaredOrExtendedToOrIsHeld() {
        administratorStores(300);
        Reservation declared =
                guard.reserve(Upload.of("acme", "video-9", 400).version("v2").replacing("v1"));
        declared.commit(400);
        assertThat(store.extensions()).isEmpty();

        Reservation extended = guard.reserve(video.version("v3").replacing("v2"));
        extended.extendTo(450);
        extended.extendTo(10);
        extended.commit(450);
        assertThat(store.extensions()).containsExactly(450L, 10L);

        Reservation detached = guard.reserve(video.version("v4"));
        detached.extendTo(333);
        guard.resume(detached.detach()).commit(333);
        assertThat(store.extensions()).containsExactly(450L, 10L, 333L);
    }

    @Test
    void shouldLetAnAdministratorPassTheLimitPerFile() {
        Reservation reservation = guard.reserve(video.forced("ticket 4711"));

        reservation.commit(501);

        assertThat(usage()).isEqualTo(new Usage(501, 0, 1, 0));
    }

    @ParameterizedTest
    @EnumSource
    void shouldReplayTheSameSizeThatSomebodyElseHasJustCommitted(Way way) {
        Reservation slow = guard.reserve(video);
        guard.reserve(video).commit(300);

        commit(way, slow, 300);

        assertThat(slow.isOpen()).isFalse();
        assertThat(slow.allocation().state()).isEqualTo(AllocationState.COMMITTED);
        assertThat(usage()).isEqualTo(new Usage(300, 0, 1, 0));
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeInConflictWithAnotherSizeThatSomebodyElseHasJustCommitted(Way way) {
        Reservation slow = guard.reserve(video);
        guard.reserve(video).commit(299);

        assertThatExceptionOfType(UploadConflictException.class)
                .isThrownBy(() -> commit(way, slow, 300))
                .withMessage("acme:video-9 was committed with 299 bytes, not with 300");
        assertThat(usage()).isEqualTo(new Usage(299, 0, 1, 0));
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayThatTheReservationEndedWhenItDid(Way way) {
        Reservation slow = guard.reserve(video);
        guard.reserve(video).release();

        assertThatExceptionOfType(ReservationEndedException.class)
                .isThrownBy(() -> commit(way, slow, 300))
                .satisfies(ended ->
                        assertThat(ended.allocation().orElseThrow().state()).isEqualTo(AllocationState.RELEASED));
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayThatNothingIsKnownOfAReservationOfAnotherStore(Way way) {
        UploadGuard elsewhere = UploadGuard.builder(new InMemoryUsageStore())
                .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                .build();
        Reservations ours = new Reservations(
                store,
                store::reserve,
                QuotaPolicy.fixed(QuotaLimits.unlimited()),
                Duration.ofMinutes(15),
                Clock.systemUTC(),
                null,
                UploadGuard.NO_INTERCEPTOR);
        Reservation unknown = new Reservation(ours, elsewhere.reserve(video).allocation());

        assertThatExceptionOfType(ReservationEndedException.class)
                .isThrownBy(() -> commit(way, unknown, 300))
                .withMessageContaining("no reservation of acme:video-9 is known");
    }

    /** The end may also come between a commit that is not covered and the extension that follows. */
    @Test
    void shouldReplayWhenTheLifeEndedBetweenTheCommitAndItsExtension() {
        administratorStores(300);
        Upload second = Upload.of("acme", "video-9", 400).version("v2").replacing("v1");
        ObservedStore raced = new ObservedStore(store) {
            @Override
            public ExtendResult extendTo(ExtendCommand command) {
                guard.reserve(second).commit();
                return super.extendTo(command);
            }
        };
        Reservation reservation = guard(raced).reserve(second);
        guard.delete("acme", "video-9", "v1");

        reservation.commit();

        assertThat(raced.extensions()).containsExactly(400L);
        assertThat(usage()).isEqualTo(new Usage(400, 0, 1, 0));
        assertThat(reservation.isOpen()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void shouldNeverExtendAHandleGivenOutAsStored(Way way) {
        guard.reserve(video).commit(300);
        int before = store.extensions().size();
        Reservation stored = guard.reserve(video);

        commit(way, stored, 300);
        assertThatExceptionOfType(UploadConflictException.class).isThrownBy(() -> commit(way, stored, 301));

        assertThat(store.extensions()).hasSize(before);
    }

    private void commit(Way way, Reservation reservation, long bytes) {
        if (way == Way.IN_A_TRANSACTION_OF_THE_STORE) {
            reservation.commit(bytes);
        } else {
            reservation.commitIn(new HandleTransaction(), bytes);
        }
    }

    private void administratorStores(long bytes) {
        guard.upload(Upload.of("acme", "video-9", bytes).version("v1").forced("ticket 4711"), reservation -> "saved");
    }

    private static UploadGuard guard(UsageStore over) {
        return UploadGuard.builder(over)
                .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(10_000).withBytesPerFile(500)))
                .build();
    }

    private Usage usage() {
        return store.usage(AccountId.of("acme")).total();
    }

    /** Judges by the handle what is covered, as a store does that only inserts into the caller's transaction. */
    private final class HandleTransaction implements CallerTransaction {

        @Override
        public CommitResult commit(Allocation reservation, long bytes) {
            boolean replaces = reservation.spec().replacement().scope() != Replacement.Scope.NONE;
            return !replaces && reservation.state() == AllocationState.RESERVED && bytes > reservation.bytes()
                    ? new CommitResult.NotCovered(reservation, 0)
                    : store.commit(reservation, bytes);
        }

        @Override
        public void closed(Allocation reservation) {}
    }
}
