package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.ExtendCommand;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a stream keeps its reservation alive. */
class UploadStreamRenewalTest {

    private static final long KIB = 1024;
    private static final Duration RENEWAL = Duration.ofMinutes(5);

    private final TestClock clock = new TestClock();
    private final TroubledStore store = new TroubledStore(clock);
    private long nanos = 1_000_000_007;

    @Test
    void shouldRenewTheReservationAsBytesFlow() throws IOException {
        UploadStream in = stream(Upload.of("acme", "video-9", 100), QuotaLimits.unlimited());
        for (int minute = 0; minute < 60; minute++) {
            pass(Duration.ofMinutes(1));
            in.read();
            store.sweep();
        }
        in.commit();

        assertThat(usage()).isEqualTo(new Usage(60, 0, 1, 0));
        assertThat(store.extensions()).hasSize(10).containsOnly(0L);
    }

    @Test
    void shouldSetTheDeadlineAWholeTimeToLiveFromTheRenewal() throws IOException {
        UploadStream in = stream(Upload.of("acme", "video-9", 100), QuotaLimits.unlimited());
        pass(RENEWAL);
        in.read();
        assertThat(in.reservation().deadline()).isEqualTo(TestClock.START.plus(Duration.ofMinutes(15)));

        pass(Duration.ofNanos(1_000));
        in.read();

        assertThat(in.reservation().deadline()).isEqualTo(clock.instant().plus(Duration.ofMinutes(15)));
    }

    @Test
    void shouldNotRenewWhileNothingFlows() throws IOException {
        UploadStream in = stream(Upload.of("acme", "video-9", 100), QuotaLimits.unlimited());
        pass(Duration.ofMinutes(16));
        store.sweep();

        assertThatExceptionOfType(ReservationEndedException.class).isThrownBy(in::read);
        assertThat(in.count()).isZero();
    }

    @Test
    void shouldTakeAnExtensionForARenewal() throws IOException {
        UploadStream in = stream(Upload.ofUnknownSize("acme", "video-9"), QuotaLimits.unlimited());
        pass(RENEWAL.plusNanos(1));
        in.read();
        pass(RENEWAL);
        in.read();

        assertThat(store.extensions()).containsExactly(256 * KIB + 1);
    }

    @Test
    void shouldReadOnWhenARenewalFailsForTheMomentAndSayWhy() throws IOException {
        UploadStream in = stream(Upload.of("acme", "video-9", 100), QuotaLimits.unlimited());
        store.trouble = () -> {
            throw new UsageStoreException("connection reset", true, null);
        };
        pass(RENEWAL.plusNanos(1));

        String log = CapturedLog.of(() -> assertThat(readUnchecked(in)).isZero());

        assertThat(in.count()).isEqualTo(1);
        assertThat(log)
                .contains("WARN", "acme:video-9", "connection reset")
                .contains(in.reservation().deadline().toString());
        assertThat(in.read()).isZero();
    }

    @Test
    void shouldReadOnWhenARenewalIsAnsweredBusy() {
        UploadStream in = stream(Upload.of("acme", "video-9", 100), QuotaLimits.unlimited());
        store.trouble = () -> new ExtendResult.Busy("a lock was not free in time");
        pass(RENEWAL.plusNanos(1));

        String log = CapturedLog.of(() -> assertThat(readUnchecked(in)).isZero());

        assertThat(log).contains("WARN", "acme:video-9", "a lock was not free in time");
    }

    @Test
    void shouldTryAFailedRenewalAgainAfterAnotherThirdOfTheTimeToLive() throws IOException {
        UploadStream in = stream(Upload.of("acme", "video-9", 100), QuotaLimits.unlimited());
        store.trouble = () -> {
            throw new UsageStoreException("connection reset", true, null);
        };
        pass(RENEWAL.plusNanos(1));
        assertThat(CapturedLog.of(() -> readUnchecked(in))).contains("WARN");
        store.trouble = null;
        pass(RENEWAL);
        in.read();
        assertThat(store.extensions()).hasSize(1);

        pass(Duration.ofNanos(1));
        in.read();

        assertThat(store.extensions()).hasSize(2);
        assertThat(in.reservation().deadline()).isEqualTo(clock.instant().plus(Duration.ofMinutes(15)));
    }

    @Test
    void shouldFailTheReadWhenARetryOfTheRenewalCanNotHelp() {
        UploadStream in = stream(Upload.of("acme", "video-9", 100), QuotaLimits.unlimited());
        UsageStoreException corrupt = new UsageStoreException("the schema is missing", false, null);
        store.trouble = () -> {
            throw corrupt;
        };
        pass(RENEWAL.plusNanos(1));

        assertThatExceptionOfType(UsageStoreException.class)
                .isThrownBy(in::read)
                .isSameAs(corrupt);
        assertThat(in.count()).isZero();
    }

    @Test
    void shouldFailTheReadWhenBytesThatAreNotCoveredCanNotBeReserved() {
        UploadStream in = stream(Upload.ofUnknownSize("acme", "video-9"), QuotaLimits.unlimited());
        store.trouble = () -> {
            throw new UsageStoreException("connection reset", true, null);
        };

        assertThatExceptionOfType(UsageStoreException.class).isThrownBy(in::read);
        assertThat(in.count()).isZero();
    }

    private static int readUnchecked(UploadStream in) {
        try {
            return in.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private UploadStream stream(Upload upload, QuotaLimits limits) {
        UploadGuard guard = UploadGuard.builder(store)
                .policy(QuotaPolicy.fixed(limits))
                .clock(clock)
                .build();
        return new UploadStream(new EndlessStream(), guard.reserve(upload), RENEWAL.toNanos(), () -> nanos);
    }

    private void pass(Duration time) {
        clock.advance(time);
        nanos += time.toNanos();
    }

    private Usage usage() {
        return store.usage(AccountId.of("acme")).total();
    }

    /** Answers extensions as a test wants. */
    private static final class TroubledStore extends ObservedStore {

        private @Nullable Supplier<ExtendResult> trouble;

        private TroubledStore(TestClock clock) {
            super(new InMemoryUsageStore(clock));
        }

        @Override
        public ExtendResult extendTo(ExtendCommand command) {
            if (trouble == null) {
                return super.extendTo(command);
            }
            extensions().add(command.bytes());
            return trouble.get();
        }
    }
}
