package io.github.quotaguard.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdjustmentTest {

    private static final RepairCause CAUSE = new RepairCause("ops", "incident 7");

    private static Balance balance(
            String account, @Nullable String category, Usage counter, Usage lives, long ledgerBytes, long ledgerFiles) {
        return new Balance(
                AccountId.of(account),
                category == null ? null : new Category(category),
                counter,
                lives,
                new Usage(ledgerBytes, 0, ledgerFiles, 0));
    }

    private static Usage used(long bytes, long files) {
        return new Usage(bytes, 0, files, 0);
    }

    @Test
    void shouldAdjustNothingThatIsEven() {
        assertThat(Adjustment.of(List.of(balance("a", null, used(10, 1), used(10, 1), 10, 1))))
                .isEmpty();
    }

    @Test
    void shouldMoveACounterWhoseLedgerIsRight() {
        assertThat(Adjustment.of(List.of(
                        balance("a", null, used(0, 0), used(10, 1), 10, 1),
                        balance("a", "image", used(10, 1), used(10, 1), 10, 1))))
                .singleElement()
                .satisfies(adjustment -> {
                    assertThat(adjustment.category()).isNull();
                    assertThat(adjustment.move()).isEqualTo(used(10, 1));
                    assertThat(adjustment.ledgerBytes()).isZero();
                    assertThat(adjustment.reason(CAUSE))
                            .isEqualTo("counter 0 bytes, 0 files -> 10 bytes, 1 files: incident 7");
                });
    }

    /** An entry counts for the ancestors and totals too, so only where it is missing one is added. */
    @Test
    void shouldAddAnEntryWhereOneIsMissingAndNowhereElse() {
        List<Adjustment> adjustments = Adjustment.of(List.of(
                balance("a", null, used(30, 3), used(30, 3), 17, 2),
                balance("a", "image", used(20, 2), used(20, 2), 10, 1),
                balance("a/b", null, used(23, 2), used(23, 2), 10, 1),
                balance("a/b", "image", used(20, 2), used(20, 2), 10, 1)));

        assertThat(adjustments)
                .extracting(adjustment -> adjustment.account() + " " + adjustment.category() + " "
                        + adjustment.ledgerBytes() + " " + adjustment.ledgerFiles())
                .containsExactly("a/b image 10 1", "a/b null 3 0");
        assertThat(adjustments).extracting(Adjustment::move).containsOnly(Usage.NONE);
    }

    @Test
    void shouldGiveNoReasonThatIsLongerThanOneMayBe() {
        Usage most = new Usage(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
        Usage before = new Usage(Long.MAX_VALUE - 1, Long.MAX_VALUE - 1, Long.MAX_VALUE, Long.MAX_VALUE);
        Adjustment adjustment = new Adjustment(AccountId.of("a"), null, most.minus(before), 0, 0, before, most);

        assertThat(adjustment.reason(new RepairCause("ops", "x".repeat(RepairCause.MAX_REASON_LENGTH))))
                .hasSize(AllocationSpec.MAX_REASON_LENGTH);
    }

    @Test
    void shouldSayWhatWasReservedIfThatIsWrong() {
        assertThat(Adjustment.of(List.of(balance("a", null, new Usage(1, 5, 1, 2), new Usage(1, 0, 1, 0), 1, 1))))
                .singleElement()
                .satisfies(adjustment -> {
                    assertThat(adjustment.move()).isEqualTo(new Usage(0, -5, 0, -2));
                    assertThat(adjustment.reason(CAUSE))
                            .isEqualTo(
                                    "counter 1 bytes, 1 files, reserved 5, 2 -> 1 bytes, 1 files, reserved 0, 0: incident 7");
                });
    }
}
