package io.github.quotaguard;

import static io.github.quotaguard.ReserveCallers.ACME;
import static io.github.quotaguard.ReserveCallers.LIMIT;
import static io.github.quotaguard.ReserveCallers.command;
import static io.github.quotaguard.ReserveCallers.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.GatedStore.Call;
import io.github.quotaguard.ReserveCallers.Caller;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for whom, what goes to the store together, and in which order. */
@Timeout(60)
class ReserveCoalescerTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final GatedStore store = new GatedStore();
    private ReserveCoalescer coalescer = new ReserveCoalescer(store, 128, 10_000, LONG, LONG, uploads -> {});
    private ReserveCallers callers = new ReserveCallers(coalescer);

    private void bounds(int maxBatch, int maxWaiting, Duration maxWait) {
        bounds(maxBatch, maxWaiting, maxWait, LONG);
    }

    private void bounds(int maxBatch, int maxWaiting, Duration maxWait, Duration patience) {
        coalescer = new ReserveCoalescer(store, maxBatch, maxWaiting, maxWait, patience, uploads -> {});
        callers = new ReserveCallers(coalescer);
    }

    private Usage usage() {
        return store.usage(ACME).total();
    }

    @AfterEach
    void everyoneIsGone() throws InterruptedException {
        store.open();
        callers.assertGone();
    }

    @Test
    void shouldSendALoneCallerAtOnceOnItsOwnThread() throws Exception {
        store.open();

        assertThat(coalescer.reserve(command("a", 1))).isInstanceOf(ReserveResult.Granted.class);

        Call call = store.next();
        call.assertReserves("a");
        assertThat(call.thread()).isSameAs(Thread.currentThread());
        store.assertNoOtherCall();
        assertThat(coalescer.lanes).isEmpty();
    }

    @Test
    void shouldSendTogetherInTheirOrderWhatArrivesMeanwhile() throws Exception {
        Caller first = callers.start("a");
        Call alone = store.next();
        List<Caller> others = new ArrayList<>();
        for (String file : List.of("e", "b", "d", "c")) {
            others.add(callers.queue(file));
        }
        alone.letGo();

        Call batch = store.next();

        alone.assertReserves("a");
        batch.assertReservesTogether("e", "b", "d", "c");
        assertThat(batch.thread())
                .as("the first of those who waited")
                .isSameAs(others.get(0).thread());
        assertThat(first.granted().id().file()).isEqualTo("a");
        batch.letGo();
        assertThat(others).extracting(caller -> caller.granted().id().file()).containsExactly("e", "b", "d", "c");
        store.assertNoOtherCall();
        assertThat(usage()).isEqualTo(new Usage(0, 5, 0, 5));
    }

    @Test
    void shouldSendWhoWaitsAloneWithoutABatch() throws Exception {
        callers.start("a");
        Call first = store.next();
        callers.queue("b");
        first.letGo();

        Call second = store.next();

        second.assertReserves("b");
    }

    @Test
    void shouldSendNoMoreTogetherThanABatchHolds() throws Exception {
        bounds(3, 10_000, LONG);
        callers.start("a");
        Call alone = store.next();
        for (String file : List.of("b", "c", "d", "e", "f")) {
            callers.queue(file);
        }
        alone.letGo();

        Call batch = store.next();
        batch.letGo();
        Call rest = store.next();

        batch.assertReservesTogether("b", "c", "d");
        rest.assertReservesTogether("e", "f");
    }

    @Test
    void shouldLetTheNextBatchBeginBeforeTheLastOneIsAnswered() throws Exception {
        bounds(2, 10_000, LONG);
        callers.start("a");
        Call alone = store.next();
        callers.queue("b");
        Caller follower = callers.queue("c");
        callers.queue("d");
        alone.letGo();
        Call batch = store.next();
        ReentrantLock handingOver = coalescer.lanes.get("acme").lock;

        handingOver.lock();
        try {
            batch.letGo();
            soon().until(() -> handingOver.hasQueuedThread(batch.thread()));
            soon().during(Duration.ofMillis(50)).until(() -> callers.isWaiting(follower.thread()));
        } finally {
            handingOver.unlock();
        }

        store.next().assertReserves("d");
        assertThat(follower.granted().id().file()).isEqualTo("c");
    }

    @Test
    void shouldNotLetATenantWaitForAnother() throws Exception {
        callers.start("a");
        store.next();
        AccountId other = new AccountId("corp/user-7");

        callers.start(command(new AccountId("corp"), "a", 1));
        Call call = store.next();

        call.assertReserves("a");
        assertThat(coalescer.lanes).containsOnlyKeys("acme", other.tenant());
    }

    @Test
    void shouldGiveTheLastPlacesToThoseWhoCameFirst() throws Exception {
        callers.start(command("a", LIMIT - 30));
        Call alone = store.next();
        List<Caller> others = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            others.add(callers.queue(command("f" + i, 10)));
        }
        alone.letGo();
        store.next().letGo();

        assertThat(others)
                .extracting(Caller::result)
                .extracting(result -> result.getClass().getSimpleName())
                .containsExactly("Granted", "Granted", "Granted", "Refused", "Refused", "Refused");
        assertThat(usage()).isEqualTo(new Usage(0, LIMIT, 0, 4));
    }

    @Test
    void shouldTellThatItIsBusyWhenTooManyWait() throws Exception {
        bounds(128, 2, LONG);
        callers.start("a");
        store.next();
        callers.queue("b");
        Caller second = callers.queue("c");

        assertThat(callers.start("d").busy()).isEqualTo("2 uploads of its tenant wait already, so it was not sent");

        second.interrupt();
        second.failure();
        callers.queue("e"); // there is room again
    }

    @Test
    void shouldTellThatItIsBusyToWhoWaitedForTooLong() throws Exception {
        bounds(128, 10_000, Duration.ofMillis(20));
        callers.start("a");
        Call call = store.next();

        assertThat(callers.start("b").busy())
                .isEqualTo("it waited for 20 ms behind others of its tenant, and was not sent");

        call.letGo();
        store.open();
        callers.assertGone();
        store.assertNoOtherCall();
    }

    /** As behind a connection whose other end is gone, or a file that somebody has locked. */
    @Test
    void shouldNotKeepATenantOutBehindACallThatDoesNotComeBack() throws Exception {
        bounds(128, 10_000, LONG, Duration.ofMillis(20));
        Caller stuck = callers.start("a");
        Call hanging = store.next();

        Caller next = callers.start("c");
        Call call = store.next();

        call.assertReserves("c");
        call.letGo();
        assertThat(next.granted().id().file()).isEqualTo("c");
        hanging.letGo();
        assertThat(stuck.granted().id().file()).isEqualTo("a");
    }

    /** A call from within the store would wait for itself. */
    @Test
    void shouldLetTheStoreReserveForTheSameTenant() {
        List<ReserveResult> inner = new ArrayList<>();
        ObservedStore nested = new ObservedStore(new InMemoryUsageStore()) {
            @Override
            public ReserveResult reserve(ReserveCommand command) {
                if (command.spec().id().file().equals("outer")) {
                    inner.add(coalescer.reserve(command("inner", 1)));
                }
                return super.reserve(command);
            }
        };
        coalescer = new ReserveCoalescer(nested, 128, 10_000, LONG, LONG, uploads -> {});

        ReserveResult outer = coalescer.reserve(command("outer", 1));

        assertThat(outer).isInstanceOf(ReserveResult.Granted.class);
        assertThat(inner).hasOnlyElementsOfType(ReserveResult.Granted.class).hasSize(1);
        assertThat(coalescer.lanes).isEmpty();
    }
}
