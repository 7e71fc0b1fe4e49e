package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.Usage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A limit lowered below what is in use deletes nothing: what grows is refused, what shrinks or stays equal passes. */
class LoweredLimitTest {

    private static final AccountId ACME = AccountId.of("acme");

    private final InMemoryUsageStore store = new InMemoryUsageStore();
    private QuotaLimits limits = QuotaLimits.unlimited();
    private final UploadGuard guard =
            UploadGuard.builder(store).policy(account -> limits).build();

    @BeforeEach
    void lower() {
        store(Upload.of("acme/user-7", "a", 600).category("image").version("v1"));
        store(Upload.of("acme/user-7", "b", 400).category("image"));
        limits = QuotaLimits.ofBytes(500).withBytes("image", 300).withFiles(1);
    }

    @Test
    void shouldDeleteNothing() {
        assertThat(usage()).isEqualTo(new Usage(1_000, 0, 2, 0));
    }

    @Test
    void shouldRefuseEverythingThatGrows() {
        refused(Upload.of("acme/user-7", "c", 1).category("image"), MetricType.BYTES);
        refused(Upload.of("acme", "c", 0), MetricType.FILES);
        refused(image("v2", 1), MetricType.BYTES);
        refused(image("v2", 601).replacing("v1"), MetricType.BYTES);
        refused(image("v2", 601).overwrite(), MetricType.CATEGORY_BYTES);

        assertThat(usage()).isEqualTo(new Usage(1_000, 0, 2, 0));
    }

    @Test
    void shouldLetSmallerReplacementsPass() {
        store(image("v2", 599).replacing("v1"));
        store(image("v3", 10).overwrite());
        store(Upload.of("acme/user-7", "b", 399).category("image").overwrite());

        assertThat(usage()).isEqualTo(new Usage(409, 0, 2, 0));
    }

    @Test
    void shouldLetReplacementsOfTheSameSizePass() {
        store(image("v2", 600).replacing("v1"));
        store(image("v3", 600).overwrite());

        assertThat(usage()).isEqualTo(new Usage(1_000, 0, 2, 0));
    }

    @Test
    void shouldLetASmallerReplacementOfUnknownSizePass() throws IOException {
        Upload unknown =
                Upload.ofUnknownSize("acme/user-7", "a").category("image").version("v2");
        InputStream body = new ByteArrayInputStream(new byte[600]);

        try (UploadStream in = guard.stream(unknown.replacing("v1"), body)) {
            assertThat(in.readAllBytes()).hasSize(600);
            in.commit();
        }

        assertThat(usage()).isEqualTo(new Usage(1_000, 0, 2, 0));
    }

    @Test
    void shouldLetDeletesPass() {
        assertThat(guard.delete("acme/user-7", "a", "v1").freedBytes()).isEqualTo(600);
        assertThat(guard.delete("acme/user-7", "b").freedBytes()).isEqualTo(400);

        assertThat(usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void shouldLetTheNextFileInOnceThereIsRoomAgain() {
        guard.delete("acme/user-7", "a");
        guard.delete("acme/user-7", "b");

        store(Upload.of("acme/user-7", "c", 300).category("image"));

        assertThat(usage()).isEqualTo(new Usage(300, 0, 1, 0));
    }

    /** It is no limit on what is in use: the caller asks for a file that is not allowed, whatever it replaces. */
    @Test
    void shouldRefuseALargeFileEvenIfItReplacesALargerOne() {
        limits = QuotaLimits.unlimited().withBytesPerFile(100);

        refused(image("v2", 101).replacing("v1"), MetricType.FILE_BYTES);
        store(image("v2", 100).replacing("v1"));
    }

    @Test
    void shouldCommitWhatWasReservedBefore() {
        limits = QuotaLimits.unlimited();
        Reservation reservation = guard.reserve(Upload.of("acme", "late", 50));
        limits = QuotaLimits.ofBytes(0);

        reservation.commit();

        assertThat(usage()).isEqualTo(new Usage(1_050, 0, 3, 0));
    }

    private static Upload image(String version, long bytes) {
        return Upload.of("acme/user-7", "a", bytes).category("image").version(version);
    }

    private void store(Upload upload) {
        try (Reservation reservation = guard.reserve(upload)) {
            reservation.commit();
        }
    }

    private void refused(Upload upload, MetricType metric) {
        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> guard.reserve(upload))
                .satisfies(refused -> assertThat(refused.violations())
                        .anyMatch(check -> check.metric() == metric)
                        .allMatch(check -> check.requested() > 0));
    }

    private Usage usage() {
        return store.usage(ACME).total();
    }
}
