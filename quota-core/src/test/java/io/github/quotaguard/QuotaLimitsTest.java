package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.quotaguard.store.Category;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class QuotaLimitsTest {

    private static final Category IMAGE = new Category("image");

    @Test
    void shouldLimitNothingThatIsNotNamed() {
        QuotaLimits none = QuotaLimits.unlimited();

        assertThat(none.bytes()).isEmpty();
        assertThat(none.files()).isEmpty();
        assertThat(none.bytesPerFile()).isEmpty();
        assertThat(none.bytes(IMAGE)).isEmpty();
        assertThat(none.bytesByCategory()).isEmpty();
        assertThat(none.thresholds()).isEqualTo(WarningThresholds.DEFAULT);
    }

    @Test
    void shouldKeepEachLimitApart() {
        QuotaLimits limits = QuotaLimits.ofBytes(10_485_760)
                .withFiles(1_000)
                .withBytes("image", 5_242_880)
                .withBytes("film", 0)
                .withBytesPerFile(1_048_576)
                .withThresholds(new WarningThresholds(50, 60));

        assertThat(limits.bytes()).hasValue(10_485_760);
        assertThat(limits.files()).hasValue(1_000);
        assertThat(limits.bytesPerFile()).hasValue(1_048_576);
        assertThat(limits.bytes(IMAGE)).hasValue(5_242_880);
        assertThat(limits.bytesByCategory()).isEqualTo(Map.of(IMAGE, 5_242_880L, new Category("film"), 0L));
        assertThat(limits.thresholds()).isEqualTo(new WarningThresholds(50, 60));
    }

    @Test
    void shouldAllowNothingWithALimitOfZero() {
        assertThat(QuotaLimits.ofBytes(0).bytes()).hasValue(0);
    }

    @Test
    void shouldNotChangeTheOneItWasMadeFrom() {
        QuotaLimits before = QuotaLimits.ofBytes(10).withBytes("image", 5);

        assertThat(before.withBytes("image", 6)
                        .withBytes("film", 1)
                        .withBytes(11)
                        .withFiles(1)
                        .withBytesPerFile(1))
                .isNotEqualTo(before);
        assertThat(before).isEqualTo(QuotaLimits.ofBytes(10).withBytes("image", 5));
    }

    @Test
    void shouldTakeTheLargestNumberForUnlimited() {
        QuotaLimits largest = QuotaLimits.ofBytes(Long.MAX_VALUE)
                .withFiles(Long.MAX_VALUE)
                .withBytesPerFile(Long.MAX_VALUE)
                .withBytes("image", Long.MAX_VALUE);

        assertThat(largest).isEqualTo(QuotaLimits.unlimited()).hasSameHashCodeAs(QuotaLimits.unlimited());
        assertThat(largest.bytes()).isEqualTo(OptionalLong.empty());
        assertThat(largest.bytesByCategory()).isEmpty();
    }

    @Test
    void shouldBeEqualByEveryLimit() {
        QuotaLimits limits = QuotaLimits.ofBytes(10);

        assertThat(limits).isEqualTo(QuotaLimits.unlimited().withBytes(10)).hasSameHashCodeAs(QuotaLimits.ofBytes(10));
        assertThat(limits)
                .isNotEqualTo(QuotaLimits.ofBytes(11))
                .isNotEqualTo(limits.withFiles(10))
                .isNotEqualTo(limits.withBytesPerFile(10))
                .isNotEqualTo(limits.withBytes("image", 10))
                .isNotEqualTo(limits.withThresholds(new WarningThresholds(1, 2)))
                .isNotEqualTo("10 bytes");
    }

    @Test
    void shouldRefuseNegativeLimitsAndSayWhatToDoInstead() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QuotaLimits.ofBytes(-1))
                .withMessage("limit of bytes is -1, allowed are 0 or more; leave it out for unlimited");
        QuotaLimits limits = QuotaLimits.unlimited();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limits.withFiles(-1))
                .withMessageContaining("files");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limits.withBytesPerFile(Long.MIN_VALUE))
                .withMessageContaining("bytes per file");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limits.withBytes("image", -1))
                .withMessageContaining("category image");
        assertThatIllegalArgumentException().isThrownBy(() -> limits.withBytes("", 1));
        assertThatNullPointerException().isThrownBy(() -> limits.withThresholds(null));
    }

    @Test
    void shouldReadWell() {
        assertThat(QuotaLimits.ofBytes(10).withBytes("image", 5))
                .hasToString(
                        "QuotaLimits[bytes=10, files=unlimited, bytesPerFile=unlimited,"
                                + " bytesByCategory={image=5}, softBytes=none, thresholds=WarningThresholds[warningPercent=80, criticalPercent=90, hysteresisPoints=5]]");
    }
}
