package io.github.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PercentageTest {

    @ParameterizedTest
    @CsvSource({
        "0, 1000, 0.00",
        "438407, 10485760, 4.18",
        "1, 3, 33.33",
        "2, 3, 66.66",
        "1000, 1000, 100.00",
        "1200, 1000, 120.00",
        "9223372036854775807, 9223372036854775807, 100.00",
        "9223372036854775807, 1, 922337203685477580700.00"
    })
    void shouldHaveTwoDecimalsRoundedDown(long used, long limit, String percent) {
        assertThat(Percentage.of(used, limit)).hasToString(percent);
    }

    @ParameterizedTest
    @CsvSource({"99999, 100000", "9223372036854775806, 9223372036854775807"})
    void shouldSay100OnlyWhenTheLimitIsReached(long used, long limit) {
        assertThat(Percentage.of(used, limit)).hasToString("99.99");
    }

    @ParameterizedTest
    @CsvSource({"0, 0.00", "1, 100.00", "9223372036854775807, 100.00"})
    void shouldTakeAnythingOfNothingForAllOfIt(long used, String percent) {
        assertThat(Percentage.of(used, 0)).hasToString(percent);
    }
}
