package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers can not even say to a store. */
class WarningValuesTest {

    private static final AccountId ACME = AccountId.of("acme");
    private static final WatchedLimit BYTES = new WatchedLimit(ACME, MetricType.BYTES, null);
    private static final Category IMAGE = new Category("image");

    @ParameterizedTest
    @ValueSource(ints = {-1, 4, Integer.MAX_VALUE})
    void shouldKnowNoLevelOutsideTheRange(int level) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WarningLevel(level, 0))
                .withMessageContaining("level is " + level);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LevelChange(BYTES, WarningLevel.NONE, level, 1, 1, null))
                .withMessageContaining("from 0 to " + level);
    }

    @Test
    void shouldTakeNoStepToTheSameLevelAndNoneOfNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> new LevelChange(BYTES, WarningLevel.NONE, 0, 1, 1, null));
        assertThatIllegalArgumentException().isThrownBy(() -> new WarningLevel(0, -1));
        assertThatNullPointerException()
                .isThrownBy(() -> new LevelChange(null, WarningLevel.NONE, 1, 1, 1, null))
                .withMessage("limit");
        assertThatNullPointerException()
                .isThrownBy(() -> new LevelChange(BYTES, null, 1, 1, 1, null))
                .withMessage("before");
    }

    @ParameterizedTest
    @EnumSource
    void shouldWatchACategoryForItsBytesAndForNothingElse(MetricType metric) {
        boolean hasCategory = metric == MetricType.CATEGORY_BYTES;
        assertThat(new WatchedLimit(ACME, metric, hasCategory ? IMAGE : null).metric())
                .isEqualTo(metric);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WatchedLimit(ACME, metric, hasCategory ? null : IMAGE))
                .withMessageContaining("for a limit of " + metric);
    }
}
