package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Usage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading, committing and closing; {@link UploadStreamExtensionTest} has how it extends. */
class UploadStreamTest {

    private final ObservedStore store = new ObservedStore(new InMemoryUsageStore());
    private final UploadGuard guard = UploadGuard.builder(store)
            .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(1_000_000)))
            .build();

    @Test
    void shouldCopyToAFileAndChargeWhatWasCopied(@TempDir Path directory) throws IOException {
        byte[] contents = new byte[700_001];
        new Random(7).nextBytes(contents);
        Path target = directory.resolve("video-9");

        try (UploadStream in = guard.stream(Upload.ofUnknownSize("acme", "video-9"), source(contents))) {
            Files.copy(in, target);
            in.commit();
        }

        assertThat(target).hasBinaryContent(contents);
        assertThat(usage()).isEqualTo(new Usage(700_001, 0, 1, 0));
    }

    @Test
    void shouldReleaseACopyThatDidNotFit(@TempDir Path directory) {
        Path target = directory.resolve("video-9");

        assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> {
            try (UploadStream in = guard.stream(Upload.ofUnknownSize("acme", "video-9"), source(new byte[1_000_001]))) {
                Files.copy(in, target);
                in.commit();
            }
        });

        assertThat(target).satisfies(file -> assertThat(Files.size(file)).isLessThanOrEqualTo(1_000_000));
        assertThat(usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldReadAsFarAsTheLastByteOfTheLimit() throws IOException {
        try (UploadStream in = guard.stream(Upload.ofUnknownSize("acme", "video-9"), source(new byte[1_000_000]))) {
            assertThat(in.readAllBytes()).hasSize(1_000_000);
            in.commit();
        }

        assertThat(usage()).isEqualTo(new Usage(1_000_000, 0, 1, 0));
    }

    @Test
    void shouldCommitMoreThanWasDeclared() throws IOException {
        try (UploadStream in = guard.stream(Upload.of("acme", "photo-1", 10), source(new byte[20]))) {
            assertThat(in.readAllBytes()).hasSize(20);
            in.commit();
        }

        assertThat(usage()).isEqualTo(new Usage(20, 0, 1, 0));
    }

    @Test
    void shouldGiveBackWhatWasDeclaredTooMuch() throws IOException {
        try (UploadStream in = guard.stream(Upload.of("acme", "photo-1", 1_000), source(new byte[20]))) {
            in.readAllBytes();
            assertThat(usage().reservedBytes()).isEqualTo(1_000);
            in.commit();
        }

        assertThat(usage()).isEqualTo(new Usage(20, 0, 1, 0));
        assertThat(store.extensions()).isEmpty();
    }

    @Test
    void shouldChargeAnEmptyFileAsAFileOfZeroBytes() throws IOException {
        try (UploadStream in = guard.stream(Upload.ofUnknownSize("acme", "empty"), source(new byte[0]))) {
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.read(new byte[8])).isEqualTo(-1);
            assertThat(in.count()).isZero();
            in.commit();
        }

        assertThat(usage()).isEqualTo(new Usage(0, 0, 1, 0));
        assertThat(store.extensions()).isEmpty();
    }

    @Test
    void shouldCountEveryWayOfReading() throws IOException {
        byte[] contents = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        try (UploadStream in = guard.stream(Upload.of("acme", "photo-1", 9), source(contents))) {
            assertThat(in.read()).isEqualTo(1);
            assertThat(in.count()).isEqualTo(1);
            assertThat(in.read(new byte[2])).isEqualTo(2);
            assertThat(in.count()).isEqualTo(3);
            assertThat(in.read(new byte[10], 5, 1)).isEqualTo(1);
            assertThat(in.read(new byte[0])).isZero();
            assertThat(in.count()).isEqualTo(4);
            assertThat(in.readAllBytes()).containsExactly(5, 6, 7, 8, 9);
            assertThat(in.count()).isEqualTo(9);
        }
    }

    @Test
    void shouldSkipNothingByItselfAndCountWhatIsReadInstead() throws IOException {
        try (UploadStream in = guard.stream(Upload.of("acme", "photo-1", 9), source(new byte[9]))) {
            assertThat(in.skip(5)).isZero();
            assertThat(in.count()).isZero();

            in.skipNBytes(5);

            assertThat(in.count()).isEqualTo(5);
            assertThat(in.readAllBytes()).hasSize(4);
        }
    }

    @Test
    void shouldNotOfferToReadBytesTwice() throws IOException {
        try (UploadStream in = guard.stream(Upload.of("acme", "photo-1", 9), source(new byte[9]))) {
            assertThat(in.markSupported()).isFalse();
        }
    }

    @Test
    void shouldCloseTheSourceAndRelease() throws IOException {
        ClosingSource source = new ClosingSource(new byte[20]);
        UploadStream in = guard.stream(Upload.of("acme", "photo-1", 20), source);
        in.read();

        in.close();

        assertThat(source.closed).isTrue();
        assertThat(in.reservation().isOpen()).isFalse();
        assertThat(usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldReleaseAlsoWhenTheSourceCanNotBeClosed() {
        IOException reset = new IOException("connection reset");
        UploadStream in = guard.stream(Upload.of("acme", "photo-1", 20), new ByteArrayInputStream(new byte[20]) {
            @Override
            public void close() throws IOException {
                throw reset;
            }
        });

        assertThatExceptionOfType(IOException.class).isThrownBy(in::close).isSameAs(reset);
        assertThat(usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldCloseTheSourceAlsoWhenTheStoreIsBroken() {
        ClosingSource source = new ClosingSource(new byte[20]);
        UploadStream in = guard.stream(Upload.of("acme", "photo-1", 20), source);
        store.breakDown();

        assertThatCode(in::close).doesNotThrowAnyException();
        assertThat(source.closed).isTrue();
    }

    @Test
    void shouldLeaveTheSourceOpenWhenNothingWasReserved() {
        ClosingSource source = new ClosingSource(new byte[20]);

        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> guard.stream(Upload.of("acme", "photo-1", 1_000_001), source));
        assertThat(source.closed).isFalse();
    }

    @Test
    void shouldReadAStoredUploadAgainWithoutChargingItAgain() throws IOException {
        Upload video = Upload.ofUnknownSize("acme", "video-9");
        store(video, 600_000);

        try (UploadStream again = guard.stream(video, source(new byte[600_000]))) {
            assertThat(again.reservation().isAlreadyStored()).isTrue();
            assertThat(again.readAllBytes()).hasSize(600_000);
            again.commit();
        }

        assertThat(usage()).isEqualTo(new Usage(600_000, 0, 1, 0));
    }

    @Test
    void shouldNotReadMoreThanIsStored() throws IOException {
        Upload video = Upload.ofUnknownSize("acme", "video-9");
        store(video, 10);

        try (UploadStream longer = guard.stream(video, source(new byte[11]))) {
            assertThat(longer.readNBytes(10)).hasSize(10);
            assertThatExceptionOfType(UploadConflictException.class).isThrownBy(longer::read);
        }

        assertThat(usage()).isEqualTo(new Usage(10, 0, 1, 0));
    }

    @Test
    void shouldReadAStoredUploadAgainHoweverLongItTakes() throws IOException {
        Upload photo = Upload.of("acme", "photo-1", 2);
        store(photo, 2);
        long[] nanos = {0};

        try (UploadStream again = new UploadStream(source(new byte[2]), guard.reserve(photo), 1, () -> nanos[0])) {
            again.read();
            nanos[0] += Duration.ofHours(1).toNanos();
            again.read();
            again.commit();
        }

        assertThat(usage()).isEqualTo(new Usage(2, 0, 1, 0));
    }

    @Test
    void shouldHandOutTheReservationForACommitInATransaction() throws IOException {
        try (UploadStream in = guard.stream(Upload.of("acme", "photo-1", 20), source(new byte[20]))) {
            in.readAllBytes();
            in.reservation().commit(in.count());
        }

        assertThat(usage()).isEqualTo(new Usage(20, 0, 1, 0));
    }

    private void store(Upload upload, int bytes) throws IOException {
        try (UploadStream in = guard.stream(upload, source(new byte[bytes]))) {
            in.readAllBytes();
            in.commit();
        }
    }

    private static InputStream source(byte[] contents) {
        return new ByteArrayInputStream(contents);
    }

    private Usage usage() {
        return store.usage(AccountId.of("acme")).total();
    }

    private static final class ClosingSource extends ByteArrayInputStream {

        private boolean closed;

        private ClosingSource(byte[] contents) {
            super(contents);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
