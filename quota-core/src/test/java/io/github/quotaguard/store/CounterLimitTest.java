package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CounterLimitTest {

    private static final AccountId ACME = AccountId.of("acme");
    private static final Category IMAGE = new Category("image");
    private static final Usage USAGE = new Usage(300, 200, 3, 2);

    @Test
    void shouldRefuseNegativeLimits() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CounterLimit(ACME, null, -1, 0, 0))
                .withMessageContaining("limit of bytes is -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CounterLimit(ACME, null, 0, -1, 0))
                .withMessageContaining("limit of files is -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CounterLimit(ACME, null, 0, 0, -1))
                .withMessageContaining("limit of bytes per file is -1");
    }

    @Test
    void shouldFitUpToTheLastByte() {
        CounterLimit limit = new CounterLimit(ACME, null, 1_000, 6, 600);

        assertThat(limit.exceeded(USAGE, null, 500, 1, 500)).isEmpty();
        assertThat(limit.exceeded(USAGE, null, 501, 1, 501))
                .containsExactly(new LimitCheck(ACME, MetricType.BYTES, null, 501, 300, 200, 1_000));
        assertThat(limit.exceeded(USAGE, null, 500, 2, 500))
                .containsExactly(new LimitCheck(ACME, MetricType.FILES, null, 2, 3, 2, 6));
        assertThat(limit.exceeded(USAGE, null, 100, 1, 601))
                .containsExactly(new LimitCheck(ACME, MetricType.FILE_BYTES, null, 601, 0, 0, 600));
    }

    @Test
    void shouldCheckOnlyBytesOfACategory() {
        CounterLimit limit = new CounterLimit(ACME, IMAGE, 1_000, CounterLimit.UNLIMITED, CounterLimit.UNLIMITED);

        assertThat(limit.check(USAGE, null, 501, 1, 501))
                .containsExactly(new LimitCheck(ACME, MetricType.CATEGORY_BYTES, IMAGE, 501, 300, 200, 1_000));
    }

    @Test
    void shouldAlwaysFitWhatAsksForNothing() {
        CounterLimit lowered = new CounterLimit(ACME, null, 10, 1, 10);

        assertThat(lowered.exceeded(USAGE, null, 0, 0, 0)).isEmpty();
        assertThat(lowered.exceeded(USAGE, null, 1, 0, 1)).hasSize(1);
    }

    @Test
    void shouldNotOverflow() {
        Usage full = new Usage(Long.MAX_VALUE - 1, 1, 0, 0);
        CounterLimit unlimited = CounterLimit.unlimited(ACME, null);

        assertThat(unlimited.exceeded(full, null, 1, 1, 1)).hasSize(1);
        assertThat(unlimited.exceeded(new Usage(1, 1, 0, 0), null, Long.MAX_VALUE - 2, 1, Long.MAX_VALUE))
                .isEmpty();
        assertThat(unlimited.exceeded(new Usage(1, 1, 0, 0), null, Long.MAX_VALUE - 1, 1, Long.MAX_VALUE))
                .hasSize(1);
        assertThat(new LimitCheck(ACME, MetricType.BYTES, null, Long.MAX_VALUE, Long.MAX_VALUE, 0, 0).isExceeded())
                .isTrue();
    }

    @Test
    void shouldNeverHaveLessThanNothingAvailable() {
        assertThat(new LimitCheck(ACME, MetricType.BYTES, null, 600, 300, 200, 1_000).available())
                .isEqualTo(500);
        assertThat(new LimitCheck(ACME, MetricType.BYTES, null, 600, 300, 200, 400).available())
                .isZero();
        assertThat(new LimitCheck(ACME, MetricType.BYTES, null, 0, Long.MAX_VALUE, 0, 0).available())
                .isZero();
    }

    @Test
    void shouldForgetItsLimitsWhenForced() {
        assertThat(new CounterLimit(ACME, null, 1, 2, 3).withoutLimits()).isEqualTo(CounterLimit.unlimited(ACME, null));
    }

    @Test
    void shouldLimitNothingButTheBytesOfACategory() {
        assertThatThrownBy(() -> new CounterLimit(ACME, IMAGE, 1, 2, CounterLimit.UNLIMITED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("category image");
        assertThatThrownBy(() -> new CounterLimit(ACME, IMAGE, 1, CounterLimit.UNLIMITED, 3))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
