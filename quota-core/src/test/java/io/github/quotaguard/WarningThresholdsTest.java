package io.github.quotaguard;

import static io.github.quotaguard.QuotaSeverity.CRITICAL;
import static io.github.quotaguard.QuotaSeverity.EXCEEDED;
import static io.github.quotaguard.QuotaSeverity.WARNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarningThresholdsTest {

    private final WarningThresholds thresholds = WarningThresholds.DEFAULT;

    @Test
    void shouldWarnAt80And90PerCentByDefault() {
        assertThat(thresholds).isEqualTo(new WarningThresholds(80, 90));
    }

    @Test
    void shouldBeExactAtEachThreshold() {
        assertThat(thresholds.severity(79_999, 100_000)).isEmpty();
        assertThat(thresholds.severity(80_000, 100_000)).contains(WARNING);
        assertThat(thresholds.severity(89_999, 100_000)).contains(WARNING);
        assertThat(thresholds.severity(90_000, 100_000)).contains(CRITICAL);
        assertThat(thresholds.severity(99_999, 100_000)).contains(CRITICAL);
        assertThat(thresholds.severity(100_000, 100_000)).contains(EXCEEDED);
        assertThat(thresholds.severity(100_001, 100_000)).contains(EXCEEDED);
    }

    @Test
    void shouldBeExactWhereAShareIsNoWholeNumber() {
        // 80 % of 7 are 5.6, 90 % are 6.3
        assertThat(thresholds.severity(5, 7)).isEmpty();
        assertThat(thresholds.severity(6, 7)).contains(WARNING);
        assertThat(thresholds.severity(7, 7)).contains(EXCEEDED);
    }

    @Test
    void shouldNotOverflow() {
        long limit = Long.MAX_VALUE; // 80 % are 7378697629483820645.6
        assertThat(thresholds.severity(7_378_697_629_483_820_645L, limit)).isEmpty();
        assertThat(thresholds.severity(7_378_697_629_483_820_646L, limit)).contains(WARNING);
        assertThat(thresholds.severity(limit - 1, limit)).contains(CRITICAL);
        assertThat(thresholds.severity(limit, limit)).contains(EXCEEDED);
        assertThat(thresholds.severity(limit, 1)).contains(EXCEEDED);
    }

    @Test
    void shouldNotWarnOfNothingUsedOfNothing() {
        assertThat(thresholds.severity(0, 0)).isEmpty();
        assertThat(thresholds.severity(1, 0)).contains(EXCEEDED);
        assertThat(thresholds.severity(0, 1)).isEmpty();
    }

    @Test
    void shouldSkipTheWarningWhenBothThresholdsAreTheSame() {
        assertThat(new WarningThresholds(90, 90).severity(90, 100)).contains(CRITICAL);
        assertThat(new WarningThresholds(90, 90).severity(89, 100)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 90", "-1, 90", "91, 90", "80, 101", "101, 101"})
    void shouldRefuseThresholdsOutsideTheirRange(int warning, int critical) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WarningThresholds(warning, critical))
                .withMessageContaining("%d %% and %d %%".formatted(warning, critical));
    }

    @ParameterizedTest
    @CsvSource({"80, -1", "80, 81", "1, 2"})
    void shouldRefuseAHysteresisThatWouldNeverArm(int warning, int hysteresis) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WarningThresholds(warning, 90, hysteresis))
                .withMessageContaining("hysteresis is %d points", hysteresis);
    }

    @Test
    void shouldHaveAHysteresisOf5PointsOrAsManyAsThereAre() {
        assertThat(thresholds.hysteresisPoints()).isEqualTo(5);
        assertThat(new WarningThresholds(3, 90).hysteresisPoints()).isEqualTo(3);
        assertThat(new WarningThresholds(80, 90, 80).hysteresisPoints()).isEqualTo(80);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 100", "100, 100"})
    void shouldAcceptThresholdsAtTheEndsOfTheirRange(int warning, int critical) {
        assertThat(new WarningThresholds(warning, critical).warningPercent()).isEqualTo(warning);
    }
}
