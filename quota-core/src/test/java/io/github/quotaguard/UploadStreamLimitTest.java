package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.ExtendCommand;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStore;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How a stream fills the last of a quota. */
class UploadStreamLimitTest {

    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    private final InMemoryUsageStore memory = new InMemoryUsageStore();
    private final ObservedStore store = new ObservedStore(memory);

    @Test
    void shouldExtendByAllThatIsLeftWhenAStepIsRefused() throws IOException {
        UploadStream in = stream(Upload.ofUnknownSize("acme", "video-9"), QuotaLimits.ofBytes(300 * KIB));

        EndlessStream.read(in, 296 * KIB, 8 * KIB);

        assertThat(held()).isEqualTo(300 * KIB);
        assertThat(store.extensions()).containsExactly(264 * KIB, (272 + 264) * KIB, 300 * KIB);
    }

    @Test
    void shouldFillAQuotaWithABoundedNumberOfCalls() throws IOException {
        CountingPolicy policy = new CountingPolicy(QuotaLimits.ofBytes(64 * MIB));
        UploadStream in = stream(Upload.ofUnknownSize("acme", "video-9"), store, policy);
        policy.asked.set(0);

        EndlessStream.read(in, 64 * MIB, 8 * KIB);

        assertThat(held()).isEqualTo(64 * MIB);
        assertThat(store.extensions()).hasSizeLessThanOrEqualTo(12).endsWith(64 * MIB);
        assertThat(policy.asked).hasValueLessThanOrEqualTo(14);
        in.commit();
        assertThat(usage()).isEqualTo(new Usage(64 * MIB, 0, 1, 0));
    }

    @Test
    void shouldFillWhatIsLeftOfAQuotaThatIsInUse() throws IOException {
        QuotaLimits limits = QuotaLimits.ofBytes(64 * MIB);
        guard(limits).upload(Upload.of("acme", "old", 40 * MIB), reservation -> "saved");
        guard(limits).reserve(Upload.of("acme", "underway", 8 * MIB));
        UploadStream in = stream(Upload.of("acme", "video-9", MIB), limits);

        EndlessStream.read(in, 16 * MIB, 8 * KIB);

        assertThat(held()).isEqualTo(24 * MIB);
        assertThat(store.extensions()).hasSizeLessThanOrEqualTo(8).endsWith(16 * MIB);
        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(in::read)
                .satisfies(refused -> assertThat(refused.requested()).isEqualTo(1));
    }

    @Test
    void shouldFillTheLimitOfBytesPerFile() throws IOException {
        QuotaLimits limits = QuotaLimits.ofBytes(70 * MIB).withBytesPerFile(64 * MIB);
        UploadStream in = stream(Upload.ofUnknownSize("acme", "video-9"), limits);

        EndlessStream.read(in, 64 * MIB, 8 * KIB);

        assertThat(store.extensions()).hasSizeLessThanOrEqualTo(12).endsWith(64 * MIB);
        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(in::read)
                .satisfies(refused -> assertThat(refused.metric()).isEqualTo(MetricType.FILE_BYTES));
    }

    @Test
    void shouldStopAtTheTightestOfSeveralLimits() throws IOException {
        QuotaLimits limits =
                QuotaLimits.ofBytes(60 * MIB).withBytes("film", 50 * MIB).withBytesPerFile(55 * MIB);
        UploadStream in = stream(Upload.ofUnknownSize("acme/user-7", "video-9").category("film"), limits);

        EndlessStream.read(in, 50 * MIB, 8 * KIB);

        assertThat(store.extensions()).hasSizeLessThanOrEqualTo(12).endsWith(50 * MIB);
        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(in::read)
                .satisfies(refused -> assertThat(refused.metric()).isEqualTo(MetricType.CATEGORY_BYTES));
    }

    /** The bytes of the old version are room too, though they are in use: 100 of which 80 are used are left. */
    @Test
    void shouldCountWhatTheReplacedVersionSetsFreeAsRoom() throws IOException {
        QuotaLimits limits = QuotaLimits.ofBytes(100 * MIB);
        guard(limits).upload(Upload.of("acme", "video-9", 80 * MIB).version("v1"), reservation -> "saved");
        UploadStream in =
                stream(Upload.ofUnknownSize("acme", "video-9").version("v2").replacing("v1"), limits);

        EndlessStream.read(in, 100 * MIB, 8 * KIB);

        assertThat(held()).isEqualTo(20 * MIB);
        assertThat(store.extensions()).hasSizeLessThanOrEqualTo(12).endsWith(100 * MIB);
    }

    @Test
    void shouldExtendByJustWhatIsNeededWhenSomebodyElseTookTheRoom() throws IOException {
        ObservedStore raced = new ObservedStore(memory) {
            @Override
            public ExtendResult extendTo(ExtendCommand command) {
                if (command.bytes() == 300 * KIB) {
                    guard(QuotaLimits.ofBytes(300 * KIB)).reserve(Upload.of("acme", "rival", 4 * KIB));
                }
                return super.extendTo(command);
            }
        };
        UploadStream in = stream(
                Upload.ofUnknownSize("acme", "video-9"), raced, QuotaPolicy.fixed(QuotaLimits.ofBytes(300 * KIB)));

        EndlessStream.read(in, 272 * KIB, 8 * KIB);

        assertThat(raced.extensions()).containsExactly(264 * KIB, (272 + 264) * KIB, 300 * KIB, 272 * KIB);
        assertThat(held()).isEqualTo((272 + 4) * KIB);
    }

    @Test
    void shouldBeRefusedAfterTwoCallsWhenNothingIsLeft() throws IOException {
        UploadStream in = stream(Upload.of("acme", "video-9", 8 * KIB), QuotaLimits.ofBytes(8 * KIB));
        EndlessStream.read(in, 8 * KIB, 8 * KIB);

        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(in::read)
                .satisfies(refused -> assertThat(refused.requested()).isEqualTo(1));

        assertThat(store.extensions()).containsExactly((8 + 256) * KIB + 1, 8 * KIB + 1);
    }

    private UploadStream stream(Upload upload, QuotaLimits limits) {
        return stream(upload, store, QuotaPolicy.fixed(limits));
    }

    private static UploadStream stream(Upload upload, UsageStore over, QuotaPolicy policy) {
        UploadGuard guard = UploadGuard.builder(over).policy(policy).build();
        return guard.stream(upload, new EndlessStream());
    }

    private UploadGuard guard(QuotaLimits limits) {
        return UploadGuard.builder(memory).policy(QuotaPolicy.fixed(limits)).build();
    }

    private long held() {
        return usage().reservedBytes();
    }

    private Usage usage() {
        return memory.usage(AccountId.of("acme")).total();
    }

    private static final class CountingPolicy implements QuotaPolicy {

        private final AtomicInteger asked = new AtomicInteger();
        private final QuotaLimits limits;

        private CountingPolicy(QuotaLimits limits) {
            this.limits = limits;
        }

        @Override
        public QuotaLimits limits(AccountId account) {
            asked.incrementAndGet();
            return limits;
        }
    }
}
