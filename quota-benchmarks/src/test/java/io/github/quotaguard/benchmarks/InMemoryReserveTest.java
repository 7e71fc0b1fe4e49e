package io.github.quotaguard.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Admission;
import io.github.quotaguard.Upload;
import org.junit.jupiter.api.Test;

class InMemoryReserveTest {

    private final InMemoryReserve benchmark = new InMemoryReserve();
    private final InMemoryReserve.Tenant tenant = new InMemoryReserve.Tenant();

    @Test
    void shouldChargeAnotherUploadWithEachCall() {
        benchmark.begin();

        assertThat(benchmark.reserve(tenant).isOpen()).isTrue();
        assertThat(benchmark.reserveAndCommit(tenant)).isEqualTo(438_407);
        assertThat(benchmark.reserveAndCommit(tenant)).isEqualTo(438_407);
        assertThat(benchmark.describe(tenant))
                .isEqualTo(Upload.of("tenant", "photo-4", 438_407).category("image"));
    }

    @Test
    void shouldRefuseWhatDoesNotFitBesideAThousandFiles() {
        assertThat(benchmark.refuse(tenant)).isInstanceOf(Admission.Refused.class);
        assertThat(benchmark.storageQuota().usedQuota()).isEqualTo(438_407_000);
        assertThat(benchmark.storageQuota().availableQuota()).hasValue(0);
    }

    @Test
    void shouldAdmitWhatItIsComparedWithToo() {
        assertThat(benchmark.bucket4jTryConsume(tenant)).isTrue();
        assertThat(benchmark.compareAndSet(tenant)).isTrue();
    }
}
