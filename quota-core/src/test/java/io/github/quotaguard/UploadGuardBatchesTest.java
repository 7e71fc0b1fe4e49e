package io.github.quotaguard;

import static io.github.quotaguard.ReserveCallers.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.GatedStore.Call;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.UsageStoreException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guards whose uploads may go to the store together. */
@Timeout(60)
class UploadGuardBatchesTest {

    private static final QuotaPolicy POLICY = QuotaPolicy.fixed(QuotaLimits.ofBytes(100));

    private final GatedStore store = new GatedStore();

    /** Calls are held as long as a test takes, and nobody is to pass by them meanwhile. */
    private static UploadGuard.Builder guard(GatedStore store) {
        return UploadGuard.builder(store).policy(POLICY).patience(Duration.ofMinutes(1));
    }

    /** An upload of 10 bytes on a thread of its own. */
    private static final class Uploading {

        private final CompletableFuture<Admission> admission = new CompletableFuture<>();
        private final Thread thread;

        Uploading(UploadGuard guard, String file) {
            thread = new Thread(
                    () -> admission.completeAsync(() -> guard.tryReserve(Upload.of("acme", file, 10)), Runnable::run));
            thread.start();
        }

        Uploading inQueue() {
            soon().until(() -> LockSupport.getBlocker(thread) instanceof ReserveCoalescer);
            return this;
        }

        Reservation reservation() {
            return admission.orTimeout(10, TimeUnit.SECONDS).join().orElseThrow();
        }
    }

    @AfterEach
    void letEveryoneGo() {
        store.open();
    }

    @Test
    void shouldSendUploadsTogetherIfTheStoreGainsFromIt() throws Exception {
        UploadGuard guard = guard(store).build();

        assertSentTogether(guard, store);
    }

    @Test
    void shouldSendEachUploadAloneIfTheStoreGainsNothing() throws Exception {
        GatedStore other = new GatedStore(false);

        assertSentAlone(guard(other).build(), other);
    }

    @Test
    void shouldSendEachUploadAloneIfToldSo() throws Exception {
        UploadGuard guard = guard(store).coalesceReserves(false).build();

        assertSentAlone(guard, store);
    }

    @Test
    void shouldSendUploadsTogetherIfToldSo() throws Exception {
        GatedStore other = new GatedStore(false);

        assertSentTogether(guard(other).coalesceReserves(true).build(), other);
    }

    private static void assertSentTogether(UploadGuard guard, GatedStore store) throws InterruptedException {
        Uploading first = new Uploading(guard, "a");
        Call alone = store.next();
        Uploading second = new Uploading(guard, "b").inQueue();
        Uploading third = new Uploading(guard, "c").inQueue();
        alone.letGo();
        Call batch = store.next();
        batch.letGo();

        alone.assertReserves("a");
        batch.assertReservesTogether("b", "c");
        assertThat(List.of(first, second, third))
                .extracting(
                        uploading -> uploading.reservation().allocation().id().file())
                .containsExactly("a", "b", "c");
    }

    private static void assertSentAlone(UploadGuard guard, GatedStore store) throws InterruptedException {
        Uploading first = new Uploading(guard, "a");
        Call one = store.next();
        Uploading second = new Uploading(guard, "b");
        Call other = store.next();
        other.letGo();
        one.letGo();

        one.assertReserves("a");
        other.assertReserves("b");
        assertThat(second.reservation().isOpen()).isTrue();
        assertThat(first.reservation().isOpen()).isTrue();
    }

    @Test
    void shouldLetAFailedBatchThroughUnchargedIfTheGuardIsOpen() throws Exception {
        UploadGuard guard = guard(store).whenStoreFails(FailurePolicy.OPEN).build();
        new Uploading(guard, "a");
        Call alone = store.next();
        Uploading second = new Uploading(guard, "b").inQueue();
        Uploading third = new Uploading(guard, "c").inQueue();
        alone.letGo();
        store.next().fail(new UsageStoreException("the connection was lost", true, null));

        assertThat(second.reservation().isUncharged()).isTrue();
        assertThat(third.reservation().isUncharged()).isTrue();
        assertThat(guard.unchargedUploads()).isEqualTo(2);
    }

    /** It may come from the queue before the store. */
    @Test
    void shouldNotTakeABusyQueueForAStoreThatAnswersAgain() {
        store.open();
        Deque<ReserveResult> answers = new ArrayDeque<>(List.of(new ReserveResult.Busy("too many wait")));
        UnchargedUploads uncharged = new UnchargedUploads(POLICY, Clock.systemUTC());
        Reservations reservations = new Reservations(
                store,
                command -> answers.isEmpty() ? store.reserve(command) : answers.remove(),
                POLICY,
                Duration.ofMinutes(15),
                Clock.systemUTC(),
                uncharged,
                UploadGuard.NO_INTERCEPTOR);

        String log = CapturedLog.of(() -> {
            uncharged.admit(
                    Upload.of("acme", "a", 1).spec(), List.of(), new UsageStoreException("it is gone", true, null));
            reservations.reserve(Upload.of("acme", "b", 1).spec());
        });
        String later = CapturedLog.of(
                () -> reservations.reserve(Upload.of("acme", "b", 1).spec()));

        assertThat(log).contains("The store fails").doesNotContain("The store answers again");
        assertThat(later).contains("The store answers again: 1 uploads");
    }
}
