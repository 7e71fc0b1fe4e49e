package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SweepResultTest {

    @Test
    void shouldAddEachCount() {
        assertThat(new SweepResult(1, 2, 3).plus(new SweepResult(10, 20, 30))).isEqualTo(new SweepResult(11, 22, 33));
    }

    @Test
    void shouldBeIdleOnlyIfEveryCountIsZero() {
        assertThat(new SweepResult(0, 0, 0).isIdle()).isTrue();
        assertThat(new SweepResult(1, 0, 0).isIdle()).isFalse();
        assertThat(new SweepResult(0, 1, 0).isIdle()).isFalse();
        assertThat(new SweepResult(0, 0, 1).isIdle()).isFalse();
    }
}
