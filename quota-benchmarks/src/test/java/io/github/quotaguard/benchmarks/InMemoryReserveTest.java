package io.github.quotaguard.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Upload;
import org.junit.jupiter.api.Test;

class InMemoryReserveTest {

    private final InMemoryReserve benchmark = new InMemoryReserve();
    private final InMemoryReserve.Uploads uploads = new InMemoryReserve.Uploads();

    @Test
    void shouldChargeAnotherUploadWithEachCall() {
        benchmark.begin();

        assertThat(benchmark.reserveAndCommit(uploads)).isEqualTo(438_407);
        assertThat(benchmark.reserveAndCommit(uploads)).isEqualTo(438_407);
        assertThat(benchmark.describe(uploads))
                .isEqualTo(Upload.of("acme", "photo-3", 438_407).category("image"));
    }

    @Test
    void shouldAdmitWhatItIsComparedWithToo() {
        benchmark.begin();

        assertThat(benchmark.bucket4jTryConsume()).isTrue();
        assertThat(benchmark.compareAndSet()).isTrue();
    }
}
