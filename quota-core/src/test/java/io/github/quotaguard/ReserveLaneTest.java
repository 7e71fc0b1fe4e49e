package io.github.quotaguard;

import static io.github.quotaguard.ReserveCallers.command;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.ReserveLane.Signal;
import io.github.quotaguard.ReserveLane.Turn;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.Test;

/** Who leads a lane that the thread of the test has begun. */
class ReserveLaneTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final ConcurrentMap<String, ReserveLane> lanes = new ConcurrentHashMap<>();
    private final ReserveLane lane = new ReserveLane("acme", lanes);

    ReserveLaneTest() {
        lanes.put("acme", lane);
    }

    private Turn turnOfAnother(String file) {
        return CompletableFuture.supplyAsync(() -> new Turn(command(file, 1))).join();
    }

    private Turn joined(String file) {
        Turn turn = turnOfAnother(file);
        assertThat(lane.join(turn, 10)).isTrue();
        return turn;
    }

    @Test
    void shouldLetTheFirstWhoWaitsLeadAfterIt() {
        Turn first = joined("a");
        Turn second = joined("b");

        lane.handOver();

        assertThat(first.word()).isEqualTo(Signal.LEAD);
        assertThat(second.word()).isNull();
        assertThat(lane.take(first, 10)).containsExactly(first, second);
    }

    @Test
    void shouldEndForGoodWhenNobodyWaits() {
        lane.handOver();

        assertThat(lanes).isEmpty();
        assertThat(lane.join(turnOfAnother("a"), 10)).isFalse();
    }

    @Test
    void shouldPassOverWhoIsGone() {
        Turn gone = joined("a");
        Turn goneToo = joined("b");
        Turn there = joined("c");
        gone.tell(Signal.GONE);

        lane.handOver();
        goneToo.tell(Signal.GONE);

        assertThat(gone.word()).isEqualTo(Signal.GONE);
        assertThat(goneToo.word()).isEqualTo(Signal.LEAD);
        assertThat(lane.take(goneToo, 10)).containsExactly(goneToo, there);
    }

    @Test
    void shouldNotSendWhoIsGone() {
        Turn gone = joined("a");
        Turn there = joined("b");
        gone.tell(Signal.GONE);

        Turn own = turnOfAnother("own");
        assertThat(lane.take(own, 10)).containsExactly(own, there);
    }

    @Test
    void shouldReplaceALeaderThatHasLedForTooLongAndNoOther() {
        Turn next = joined("a");

        lane.replaceLeaderAfter(LONG);
        assertThat(next.word()).isNull();

        lane.replaceLeaderAfter(Duration.ZERO);
        assertThat(next.word()).isEqualTo(Signal.LEAD);
    }

    @Test
    void shouldTakeNothingMoreFromALeaderThatWasReplaced() {
        Turn next = joined("a");
        Turn waiting = joined("b");
        lane.replaceLeaderAfter(Duration.ZERO);

        lane.handOver();

        assertThat(next.word()).isEqualTo(Signal.LEAD);
        assertThat(waiting.word()).isNull();
        assertThat(lane.putBack(List.of(turnOfAnother("c")))).isFalse();
        assertThat(lanes).containsOnlyKeys("acme");
    }

    @Test
    void shouldPutBackBeforeAllOthersAndForGood() {
        Turn first = joined("a");
        Turn second = joined("b");
        Turn own = turnOfAnother("own");
        lane.take(own, 10);
        Turn late = joined("c");

        assertThat(lane.putBack(List.of(first, second))).isTrue();

        assertThat(lane.withdraw(first)).as("it was sent before").isFalse();
        assertThat(lane.take(own, 10)).containsExactly(own, first, second, late);
    }

    @Test
    void shouldLetGoWhoWasNotSent() {
        Turn first = joined("a");
        Turn second = joined("b");
        lane.take(turnOfAnother("own"), 2);

        assertThat(lane.withdraw(first)).isFalse();
        assertThat(lane.withdraw(second)).isTrue();
        assertThat(lane.withdraw(second)).isFalse();
    }
}
