package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UploadStreamExtensionTest {

    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final Duration RENEWAL = Duration.ofMinutes(5);

    private final TestClock clock = new TestClock();
    private final ObservedStore store = new ObservedStore(new InMemoryUsageStore(clock));
    private long nanos = 1_000_000_007;

    @Test
    void shouldExtendInStepsThatGrowWithTheUpload() throws IOException {
        try (UploadStream in = stream(Upload.ofUnknownSize("acme", "video-9"), QuotaLimits.unlimited())) {
            read(in, 4 * MIB, 8 * KIB);
        }

        assertThat(store.extensions())
                .containsExactly(264 * KIB, (264 + 8) * KIB + 264 * KIB, 1_080 * KIB, 2_168 * KIB, 4_344 * KIB);
    }

    @Test
    void shouldNeverHoldMoreThan64MebibytesAhead() throws IOException {
        List<Long> ahead = new ArrayList<>();
        try (UploadStream in = stream(Upload.ofUnknownSize("acme", "video-9"), QuotaLimits.unlimited())) {
            for (int i = 0; i < 1_024; i++) {
                read(in, MIB, MIB);
                ahead.add(held() - in.count());
            }
        }

        assertThat(ahead).allMatch(bytes -> bytes >= 0 && bytes <= 64 * MIB).contains(64 * MIB);
        assertThat(store.extensions()).hasSizeLessThan(30);
    }

    @Test
    void shouldNotExtendWithinTheDeclaredSize() throws IOException {
        try (UploadStream in = stream(Upload.of("acme", "video-9", MIB), QuotaLimits.ofBytes(MIB))) {
            read(in, MIB, 8 * KIB);
            assertThat(store.extensions()).isEmpty();
            in.commit();
        }

        assertThat(usage()).isEqualTo(new Usage(MIB, 0, 1, 0));
    }

    @Test
    void shouldExtendByJustWhatIsNeededNearALimit() throws IOException {
        UploadStream in = stream(Upload.ofUnknownSize("acme", "video-9"), QuotaLimits.ofBytes(300 * KIB));

        read(in, 288 * KIB, 8 * KIB);

        assertThat(held()).isEqualTo(288 * KIB);
        assertThat(store.extensions())
                .containsExactly(
                        264 * KIB,
                        (272 + 264) * KIB,
                        272 * KIB,
                        (280 + 272) * KIB,
                        280 * KIB,
                        (288 + 280) * KIB,
                        288 * KIB);
    }

    @Test
    void shouldThrowBeforeItReturnsTheFirstByteThatIsNotCovered() throws IOException {
        UploadStream in = stream(Upload.ofUnknownSize("acme", "video-9"), QuotaLimits.ofBytes(3));
        read(in, 3, 1);

        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(in::read)
                .satisfies(refused -> {
                    assertThat(refused.requested()).isEqualTo(1);
                    assertThat(refused.limit()).isEqualTo(3);
                });

        assertThat(in.count()).isEqualTo(3);
        assertThat(usage()).isEqualTo(new Usage(0, 3, 0, 1));
        in.commit();
        assertThat(usage()).isEqualTo(new Usage(3, 0, 1, 0));
    }

    @Test
    void shouldNotCountAReadOfWhichOnlyAPartFits() throws IOException {
        UploadStream in = stream(Upload.ofUnknownSize("acme", "video-9"), QuotaLimits.ofBytes(300 * KIB));
        read(in, 296 * KIB, 8 * KIB);

        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> in.read(new byte[(int) (8 * KIB)]))
                .satisfies(refused -> assertThat(refused.requested()).isEqualTo(8 * KIB));

        assertThat(in.count()).isEqualTo(296 * KIB);
        assertThat(held()).isEqualTo(296 * KIB);
    }

    /** The bytes of the read that failed are lost: who reads on would keep a file with a hole. */
    @Test
    void shouldFailEveryReadAfterOneThatWasRefused() throws IOException {
        UploadStream in = stream(Upload.ofUnknownSize("acme", "video-9"), QuotaLimits.ofBytes(10));
        read(in, 6, 6);
        assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> in.read(new byte[8]));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(in::read)
                .withMessageContaining("upload the file again")
                .withCauseInstanceOf(QuotaExceededException.class);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> in.read(new byte[1]));
        assertThat(in.count()).isEqualTo(6);
    }

    @Test
    void shouldNeverHaveReturnedMoreBytesThanAreHeld() throws IOException {
        UploadStream in = stream(Upload.of("acme", "video-9", 100 * KIB), QuotaLimits.ofBytes(2 * MIB));
        byte[] buffer = new byte[7_001];
        long returned = 0;

        while (returned + buffer.length <= 2 * MIB) {
            returned += in.read(buffer);
            assertThat(in.count()).isEqualTo(returned);
            assertThat(held()).isGreaterThanOrEqualTo(returned);
        }

        assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> in.read(buffer));
    }

    @Test
    void shouldStopAtTheLimitOfBytesPerFile() throws IOException {
        UploadStream in = stream(
                Upload.ofUnknownSize("acme", "video-9"), QuotaLimits.unlimited().withBytesPerFile(10));
        read(in, 10, 5);

        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(in::read)
                .withMessageContaining("10 bytes per file");
    }

    @Test
    void shouldHoldOnlyTheDifferenceToTheVersionItReplaces() throws IOException {
        QuotaLimits limits = QuotaLimits.ofBytes(100);
        guard(limits).upload(Upload.of("acme", "photo-1", 80).version("v1"), reservation -> "saved");

        try (UploadStream in =
                stream(Upload.ofUnknownSize("acme", "photo-1").version("v2").replacing("v1"), limits)) {
            read(in, 100, 10);
            assertThat(usage()).isEqualTo(new Usage(80, 20, 1, 0));
            in.commit();
        }

        assertThat(usage()).isEqualTo(new Usage(100, 0, 1, 0));
    }

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

    private UploadStream stream(Upload upload, QuotaLimits limits) {
        return new UploadStream(new Endless(), guard(limits).reserve(upload), RENEWAL.toNanos(), () -> nanos);
    }

    private UploadGuard guard(QuotaLimits limits) {
        return UploadGuard.builder(store)
                .policy(QuotaPolicy.fixed(limits))
                .clock(clock)
                .build();
    }

    private void pass(Duration time) {
        clock.advance(time);
        nanos += time.toNanos();
    }

    private static void read(UploadStream in, long bytes, long bufferSize) throws IOException {
        byte[] buffer = new byte[(int) bufferSize];
        for (long read = 0; read < bytes; read += bufferSize) {
            assertThat(in.read(buffer)).isEqualTo(buffer.length);
        }
    }

    private long held() {
        return usage().reservedBytes();
    }

    private Usage usage() {
        return store.usage(AccountId.of("acme")).total();
    }

    /** As many zeros as anybody wants. */
    private static final class Endless extends InputStream {

        @Override
        public int read() {
            return 0;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            return length;
        }
    }
}
