package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {

    @Test
    void shouldSayThatThereIsMoreWhenMoreWasFoundThanItHolds() {
        assertThat(Page.of(List.of(1, 2, 3), 2)).isEqualTo(new Page<>(List.of(1, 2), true));
        assertThat(Page.of(List.of(1, 2), 2)).isEqualTo(new Page<>(List.of(1, 2), false));
        assertThat(Page.of(List.of(), 2)).isEqualTo(new Page<>(List.of(), false));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10_000})
    void shouldHold1To10000Items(int size) {
        assertThatCode(() -> Page.requireSize(size)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 10_001, Integer.MAX_VALUE})
    void shouldRefuseAnyOtherSize(int size) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Page.requireSize(size))
                .withMessageContaining("allowed are 1 to 10000");
    }
}
