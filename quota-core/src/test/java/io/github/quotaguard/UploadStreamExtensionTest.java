package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Usage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link UploadStreamLimitTest} has how it fills the last of a quota, {@link UploadStreamRenewalTest} how it renews. */
class UploadStreamExtensionTest {

    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final Duration RENEWAL = Duration.ofMinutes(5);

    private final TestClock clock = new TestClock();
    private final ObservedStore store = new ObservedStore(new InMemoryUsageStore(clock));

    @Test
    void shouldExtendInStepsThatGrowWithTheUpload() throws IOException {
        try (UploadStream in = stream(Upload.ofUnknownSize("acme", "video-9"), QuotaLimits.unlimited())) {
            EndlessStream.read(in, 4 * MIB, 8 * KIB);
        }

        assertThat(store.extensions())
                .containsExactly(264 * KIB, (264 + 8) * KIB + 264 * KIB, 1_080 * KIB, 2_168 * KIB, 4_344 * KIB);
    }

    @Test
    void shouldNeverHoldMoreThan64MebibytesAhead() throws IOException {
        List<Long> ahead = new ArrayList<>();
        try (UploadStream in = stream(Upload.ofUnknownSize("acme", "video-9"), QuotaLimits.unlimited())) {
            for (int i = 0; i < 1_024; i++) {
                EndlessStream.read(in, MIB, MIB);
                ahead.add(held() - in.count());
            }
        }

        assertThat(ahead).allMatch(bytes -> bytes >= 0 && bytes <= 64 * MIB).contains(64 * MIB);
        assertThat(store.extensions()).hasSizeLessThan(30);
    }

    @Test
    void shouldNotExtendWithinTheDeclaredSize() throws IOException {
        try (UploadStream in = stream(Upload.of("acme", "video-9", MIB), QuotaLimits.ofBytes(MIB))) {
            EndlessStream.read(in, MIB, 8 * KIB);
            assertThat(store.extensions()).isEmpty();
            in.commit();
        }

        assertThat(usage()).isEqualTo(new Usage(MIB, 0, 1, 0));
    }

    @Test
    void shouldThrowBeforeItReturnsTheFirstByteThatIsNotCovered() throws IOException {
        UploadStream in = stream(Upload.ofUnknownSize("acme", "video-9"), QuotaLimits.ofBytes(3));
        EndlessStream.read(in, 3, 1);

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
        EndlessStream.read(in, 296 * KIB, 8 * KIB);

        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> in.read(new byte[(int) (8 * KIB)]))
                .satisfies(refused -> assertThat(refused.requested()).isEqualTo(4 * KIB));

        assertThat(in.count()).isEqualTo(296 * KIB);
        assertThat(held()).isEqualTo(300 * KIB);
    }

    /** The bytes of the read that failed are lost: who reads on would keep a file with a hole. */
    @Test
    void shouldFailEveryReadAfterOneThatWasRefused() throws IOException {
        UploadStream in = stream(Upload.ofUnknownSize("acme", "video-9"), QuotaLimits.ofBytes(10));
        EndlessStream.read(in, 6, 6);
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
        EndlessStream.read(in, 10, 5);

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
            EndlessStream.read(in, 100, 10);
            assertThat(usage()).isEqualTo(new Usage(80, 20, 1, 0));
            in.commit();
        }

        assertThat(usage()).isEqualTo(new Usage(100, 0, 1, 0));
    }

    private UploadStream stream(Upload upload, QuotaLimits limits) {
        return new UploadStream(new EndlessStream(), guard(limits).reserve(upload), RENEWAL.toNanos(), () -> 0);
    }

    private UploadGuard guard(QuotaLimits limits) {
        return UploadGuard.builder(store)
                .policy(QuotaPolicy.fixed(limits))
                .clock(clock)
                .build();
    }

    private long held() {
        return usage().reservedBytes();
    }

    private Usage usage() {
        return store.usage(AccountId.of("acme")).total();
    }
}
