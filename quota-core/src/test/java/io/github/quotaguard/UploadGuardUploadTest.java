package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Usage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UploadGuardUploadTest {

    private final ObservedStore store = new ObservedStore(new InMemoryUsageStore());
    private final UploadGuard guard = UploadGuard.builder(store)
            .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(1_000)))
            .build();
    private final Upload photo = Upload.of("acme/user-7", "photo-1", 400).category("image");

    @Test
    void shouldReturnWhatTheWorkReturnsAndChargeTheDeclaredSizeAtEveryLevel() {
        String url = guard.upload(photo, reservation -> "https://files/photo-1");

        assertThat(url).isEqualTo("https://files/photo-1");
        assertThat(used("acme")).isEqualTo(new Usage(400, 0, 1, 0));
        assertThat(used("acme/user-7")).isEqualTo(new Usage(400, 0, 1, 0));
    }

    @Test
    void shouldHoldTheBytesWhileTheWorkRuns() {
        Usage during = guard.upload(photo, reservation -> used("acme"));

        assertThat(during).isEqualTo(new Usage(0, 400, 0, 1));
    }

    @Test
    void shouldAcceptWorkThatReturnsNull() {
        String nothing = guard.upload(photo, reservation -> null);

        assertThat(nothing).isNull();
        assertThat(used("acme").usedBytes()).isEqualTo(400);
    }

    @Test
    void shouldReleaseWhenTheWorkThrows() {
        IllegalStateException disk = new IllegalStateException("disk full");

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> guard.upload(photo, reservation -> {
                    throw disk;
                }))
                .isSameAs(disk);
        assertThat(used("acme")).isEqualTo(Usage.NONE);
        assertThat(state()).isEqualTo(AllocationState.RELEASED);
    }

    @Test
    void shouldReleaseWhenTheWorkFailsWithAnError() {
        assertThatExceptionOfType(StackOverflowError.class)
                .isThrownBy(() -> guard.upload(photo, reservation -> {
                    throw new StackOverflowError();
                }));
        assertThat(used("acme")).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldThrowCheckedExceptionsOfTheWorkAsTheyAre() {
        assertThatExceptionOfType(FileNotFoundException.class)
                .isThrownBy(() -> saveDeclaringOnlyIOException(new FileNotFoundException("/mnt/files")))
                .withMessage("/mnt/files");
        assertThat(used("acme")).isEqualTo(Usage.NONE);
    }

    /** Compiles only as long as the guard throws no more than the work does. */
    private String saveDeclaringOnlyIOException(IOException failure) throws IOException {
        return guard.upload(photo, reservation -> {
            if (failure != null) {
                throw failure;
            }
            return "saved";
        });
    }

    @Test
    void shouldKeepTheSizeThatTheWorkCommitted() {
        guard.upload(photo, reservation -> {
            reservation.commit(123);
            return "saved";
        });

        assertThat(used("acme")).isEqualTo(new Usage(123, 0, 1, 0));
    }

    @Test
    void shouldStayChargedWhenTheWorkThrowsAfterItCommitted() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> guard.upload(photo, reservation -> {
                    reservation.commit();
                    throw new IllegalStateException("could not answer the client");
                }));

        assertThat(used("acme")).isEqualTo(new Usage(400, 0, 1, 0));
    }

    @Test
    void shouldNotChargeWhenTheWorkReleased() {
        guard.upload(photo, reservation -> {
            reservation.release();
            return "not kept";
        });

        assertThat(used("acme")).isEqualTo(Usage.NONE);
        assertThat(state()).isEqualTo(AllocationState.RELEASED);
    }

    @Test
    void shouldLeaveTheReservationAloneWhenTheWorkDetachedIt() {
        String token = guard.upload(photo, Reservation::detach);

        assertThat(used("acme")).isEqualTo(new Usage(0, 400, 0, 1));
        guard.resume(token).commit();
        assertThat(used("acme")).isEqualTo(new Usage(400, 0, 1, 0));
    }

    @Test
    void shouldNotRunTheWorkOfAnUploadThatDoesNotFit() {
        AtomicInteger runs = new AtomicInteger();

        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(
                        () -> guard.upload(Upload.of("acme", "film", 1_001), reservation -> runs.incrementAndGet()));
        assertThat(runs).hasValue(0);
        assertThat(used("acme")).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldNotRunTheWorkOfAConflictingUpload() {
        AtomicInteger runs = new AtomicInteger();
        guard.upload(photo, reservation -> "saved");

        assertThatExceptionOfType(UploadConflictException.class)
                .isThrownBy(() -> guard.upload(
                        Upload.of("acme/user-7", "photo-1", 401).category("image"),
                        reservation -> runs.incrementAndGet()));
        assertThat(runs).hasValue(0);
    }

    @Test
    void shouldChargeAnUnknownSizeByWhatTheWorkCommits() {
        guard.upload(Upload.ofUnknownSize("acme", "video-9"), reservation -> {
            reservation.commit(777);
            return "saved";
        });

        assertThat(used("acme")).isEqualTo(new Usage(777, 0, 1, 0));
    }

    @Test
    void shouldRefuseToGuessAnUnknownSizeThatTheWorkDidNotCommit() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> guard.upload(Upload.ofUnknownSize("acme", "video-9"), reservation -> "saved"))
                .withMessageContaining("acme:video-9")
                .withMessageContaining("commit(bytes)");
        assertThat(used("acme")).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldRunTheWorkOfAStoredUploadAgainAndChargeItOnce() {
        guard.upload(photo, reservation -> "first");

        String again = guard.upload(photo, reservation -> {
            assertThat(reservation.isAlreadyStored()).isTrue();
            reservation.commit(400);
            return "again";
        });

        assertThat(again).isEqualTo("again");
        assertThat(used("acme")).isEqualTo(new Usage(400, 0, 1, 0));
    }

    @Test
    void shouldKeepAStoredUploadWhenItsRetryThrows() {
        guard.upload(photo, reservation -> "first");

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> guard.upload(photo, reservation -> {
                    throw new IOException("second attempt");
                }));
        assertThat(used("acme")).isEqualTo(new Usage(400, 0, 1, 0));
    }

    @Test
    void shouldReserveAgainAfterAnAttemptThatFailed() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> guard.upload(photo, reservation -> {
                    throw new IOException("first attempt");
                }));

        guard.upload(photo, reservation -> "second");

        assertThat(used("acme")).isEqualTo(new Usage(400, 0, 1, 0));
    }

    @Test
    void shouldCallTheStoreTwiceForAnUploadThatGoesWell() {
        guard.upload(photo, reservation -> "saved");

        assertThat(store.calls()).isEqualTo(2);
    }

    private Usage used(String account) {
        return store.usage(AccountId.of(account)).total();
    }

    private AllocationState state() {
        return guard.find("acme/user-7", "photo-1").orElseThrow().state();
    }
}
