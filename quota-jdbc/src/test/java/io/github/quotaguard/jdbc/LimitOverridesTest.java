package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.WarningThresholds;
import io.github.quotaguard.store.CounterLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitOverridesTest {

    private static final QuotaLimits PLAN = QuotaLimits.ofBytes(10)
            .withFiles(3)
            .withBytesPerFile(5)
            .withBytes("image", 4)
            .withBytes("document", 6)
            .withThresholds(new WarningThresholds(50, 60));

    @Test
    void shouldLeaveThePlanAsItIs() {
        assertThat(LimitOverrides.NONE.applyTo(PLAN)).isEqualTo(PLAN);
        assertThat(LimitOverrides.NONE).hasToString("");
    }

    @Test
    void shouldReplaceOneLimitAlone() {
        assertThat(LimitOverrides.NONE.withBytes(20).applyTo(PLAN)).isEqualTo(PLAN.withBytes(20));
        assertThat(LimitOverrides.NONE.withFiles(0).applyTo(PLAN)).isEqualTo(PLAN.withFiles(0));
        assertThat(LimitOverrides.NONE.withBytesPerFile(7).applyTo(PLAN)).isEqualTo(PLAN.withBytesPerFile(7));
        assertThat(LimitOverrides.NONE.withBytes("image", 9).applyTo(PLAN)).isEqualTo(PLAN.withBytes("image", 9));
        assertThat(LimitOverrides.NONE.withBytes("video", 9).applyTo(PLAN)).isEqualTo(PLAN.withBytes("video", 9));
        assertThat(LimitOverrides.NONE.withThresholds(WarningThresholds.DEFAULT).applyTo(PLAN))
                .isEqualTo(PLAN.withThresholds(WarningThresholds.DEFAULT));
    }

    @Test
    void shouldLiftALimit() {
        QuotaLimits lifted = LimitOverrides.NONE
                .withBytes(CounterLimit.UNLIMITED)
                .withFiles(CounterLimit.UNLIMITED)
                .withBytesPerFile(CounterLimit.UNLIMITED)
                .withBytes("image", CounterLimit.UNLIMITED)
                .applyTo(PLAN);

        assertThat(lifted)
                .isEqualTo(QuotaLimits.unlimited().withBytes("document", 6).withThresholds(PLAN.thresholds()));
    }

    @Test
    void shouldReadAsASentenceOfTheAudit() {
        assertThat(LimitOverrides.NONE
                        .withThresholds(new WarningThresholds(70, 95))
                        .withBytes("video", 9)
                        .withBytes("image", CounterLimit.UNLIMITED)
                        .withBytesPerFile(7)
                        .withFiles(CounterLimit.UNLIMITED)
                        .withBytes(20))
                .hasToString("bytes=20, files=unlimited, bytesPerFile=7, bytesByCategory[image=unlimited, video=9], "
                        + "warning=70%, critical=95%, hysteresis=5");
    }

    @Test
    void shouldReadDifferentlyWhateverACategoryOrAPlanIsCalled() {
        List<String> read = new ArrayList<>();
        read.add(LimitOverrides.NONE.withBytes(5).toString());
        read.add(LimitOverrides.NONE.withBytes("a", 5).withBytes("bytes", 5).toString());
        for (String name : List.of(
                "bytes", "bytes=5", "a=5, bytes", "a=5], bytes", "a", "A", "a+", "a ", "a%20", "\u00E9", "e\u0301")) {
            read.add(LimitOverrides.NONE.withBytes(name, 5).toString());
            read.add(new AccountPlan(Optional.of(name), LimitOverrides.NONE).toString());
        }
        read.add(new AccountPlan(Optional.of("a"), LimitOverrides.NONE.withBytes(5)).toString());
        read.add(new AccountPlan(Optional.of("a, bytes=5"), LimitOverrides.NONE).toString());

        assertThat(read).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE})
    void shouldRefuseNegativeLimits(long limit) {
        assertThatIllegalArgumentException().isThrownBy(() -> LimitOverrides.NONE.withBytes(limit));
        assertThatIllegalArgumentException().isThrownBy(() -> LimitOverrides.NONE.withFiles(limit));
        assertThatIllegalArgumentException().isThrownBy(() -> LimitOverrides.NONE.withBytesPerFile(limit));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LimitOverrides.NONE.withBytes("image", limit))
                .withMessageContaining("category image")
                .withMessageContaining(Long.toString(limit));
    }

    @Test
    void shouldRefuseWhatIsNoCategoryOrNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> LimitOverrides.NONE.withBytes("", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> LimitOverrides.NONE.withBytes("a\n", 1));
        assertThatNullPointerException().isThrownBy(() -> LimitOverrides.NONE.withThresholds(null));
    }

    @Test
    void shouldRefuseMoreCategoriesThanCanBeKept() {
        LimitOverrides many = LimitOverrides.NONE;
        for (int i = 0; i < 40; i++) {
            many = many.withBytes("x".repeat(62) + (10 + i), CounterLimit.UNLIMITED);
        }
        LimitOverrides most = many;
        assertThat(most.bytesByCategory()).hasSize(40);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> most.withBytes("\u6F22".repeat(64), 1).withBytes("\u6F23".repeat(64), 1))
                .withMessageContaining("allowed are 4096");
    }

    @Test
    void shouldReplaceOrLiftASoftLimit() {
        QuotaLimits soft = PLAN.withSoftBytes(8, Duration.ofDays(7));

        assertThat(LimitOverrides.NONE.applyTo(soft)).isEqualTo(soft);
        assertThat(LimitOverrides.NONE.withSoftBytes(9, Duration.ofDays(1)).applyTo(soft))
                .isEqualTo(PLAN.withSoftBytes(9, Duration.ofDays(1)));
        assertThat(LimitOverrides.NONE.withoutSoftBytes().applyTo(soft)).isEqualTo(PLAN);
    }

    @Test
    void shouldHaveNoSoftLimitAboveTheLimitItself() {
        QuotaLimits soft = PLAN.withSoftBytes(8, Duration.ofDays(7));

        assertThat(LimitOverrides.NONE.withBytes(7).applyTo(soft)).isEqualTo(PLAN.withBytes(7));
        assertThat(LimitOverrides.NONE.withSoftBytes(11, Duration.ofDays(7)).applyTo(PLAN))
                .isEqualTo(PLAN);
    }

    @Test
    void shouldRefuseAGraceThatPlansCanNotKeep() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LimitOverrides.NONE.withSoftBytes(1, Duration.ofMillis(1_500)))
                .withMessageContaining("PT1.5S");
    }
}
