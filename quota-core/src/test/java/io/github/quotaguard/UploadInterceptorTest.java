package io.github.quotaguard;

import static io.github.quotaguard.ReserveCallers.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quotaguard.GatedStore.Call;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.UsageStoreException;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UploadInterceptorTest {

    private static final Upload PHOTO = Upload.of("acme/user-7", "photo-1", 40);

    /** Writes down each call, and what came of it. */
    private static final class Recorder implements UploadInterceptor {

        final List<String> calls = new CopyOnWriteArrayList<>();

        private <T> T record(String name, Object subject, Supplier<T> call) {
            try {
                T result = call.get();
                calls.add("%s of %s: %s"
                        .formatted(
                                name,
                                subject,
                                result instanceof Enum<?> value
                                        ? value.name()
                                        : result.getClass().getSimpleName()));
                return result;
            } catch (RuntimeException e) {
                calls.add("%s of %s: %s".formatted(name, subject, e.getClass().getSimpleName()));
                throw e;
            }
        }

        @Override
        public Admission reserve(AllocationSpec upload, Supplier<Admission> call) {
            return record("reserve", upload.id().file(), call);
        }

        @Override
        public ExtendResult extend(Allocation reservation, long bytes, Supplier<ExtendResult> call) {
            return record("extension", reservation.id().file() + " to " + bytes, call);
        }

        @Override
        public CommitResult commit(Allocation reservation, long bytes, Supplier<CommitResult> call) {
            return record("commit", reservation.id().file() + " with " + bytes, call);
        }

        @Override
        public ReleaseResult release(Allocation reservation, Supplier<ReleaseResult> call) {
            return record("release", reservation.id().file(), call);
        }

        @Override
        public DeleteResult delete(DeleteCommand command, Supplier<DeleteResult> call) {
            return record("delete", command.file(), call);
        }

        @Override
        public void sent(int uploads) {
            calls.add("sent " + uploads);
        }
    }

    private final Recorder recorder = new Recorder();

    private UploadGuard guard(UsageStore store) {
        return builder(store).build();
    }

    private UploadGuard.Builder builder(UsageStore store) {
        return UploadGuard.builder(store)
                .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(100)))
                .intercept(recorder);
    }

    @Test
    void shouldGoAroundEveryCall() {
        UploadGuard guard = guard(new InMemoryUsageStore());

        guard.upload(PHOTO, reservation -> "kept");
        guard.reserve(Upload.of("acme/user-7", "photo-2", 20)).release();
        guard.reserve(Upload.of("acme/user-7", "photo-3", 20)).close();
        guard.delete("acme/user-7", "photo-1");

        assertThat(recorder.calls)
                .containsExactly(
                        "reserve of photo-1: Granted",
                        "commit of photo-1 with 40: Committed",
                        "reserve of photo-2: Granted",
                        "release of photo-2: RELEASED",
                        "reserve of photo-3: Granted",
                        "release of photo-3: RELEASED",
                        "delete of photo-1: DeleteResult");
    }

    @Test
    void shouldGoAroundWhatIsRefused() {
        UploadGuard guard = guard(new InMemoryUsageStore());
        Reservation reservation = guard.reserve(PHOTO);

        assertThat(guard.tryReserve(Upload.of("acme/user-7", "photo-2", 61))).isInstanceOf(Admission.Refused.class);
        assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> reservation.commit(101));

        assertThat(recorder.calls)
                .containsExactly(
                        "reserve of photo-1: Granted",
                        "reserve of photo-2: Refused",
                        "extension of photo-1 to 101: Refused");
    }

    @Test
    void shouldGoAroundTheExtensionsOfAStream() throws Exception {
        UploadGuard guard = guard(new InMemoryUsageStore());

        try (UploadStream stream =
                guard.stream(Upload.ofUnknownSize("acme/user-7", "photo-1"), new ByteArrayInputStream(new byte[50]))) {
            stream.transferTo(OutputStream.nullOutputStream());
            stream.commit();
        }

        assertThat(recorder.calls)
                .containsExactly(
                        "reserve of photo-1: Granted",
                        "extension of photo-1 to 262194: Refused",
                        "extension of photo-1 to 100: Extended",
                        "commit of photo-1 with 50: Committed");
    }

    @Test
    void shouldGoAroundWhatFails() {
        ObservedStore store = new ObservedStore(new InMemoryUsageStore());
        store.breakDown();
        UploadGuard guard = guard(store);

        assertThatExceptionOfType(UsageStoreException.class).isThrownBy(() -> guard.reserve(PHOTO));

        assertThat(recorder.calls).containsExactly("reserve of photo-1: UsageStoreException");
    }

    @Test
    void shouldSeeTheWaitingAndHowManyAreSentTogether() throws Exception {
        GatedStore store = new GatedStore();
        UploadGuard guard = builder(store).build();
        Thread first = uploading(guard, "a");
        Call alone = store.next();
        Thread second = inQueue(uploading(guard, "b"));
        Thread third = inQueue(uploading(guard, "c"));
        assertThat(recorder.calls).containsExactly("sent 1");

        alone.letGo();
        store.next().letGo();
        for (Thread thread : List.of(first, second, third)) {
            thread.join();
        }

        assertThat(recorder.calls)
                .containsExactlyInAnyOrder(
                        "sent 1", "sent 2", "reserve of a: Granted", "reserve of b: Granted", "reserve of c: Granted");
    }

    private static Thread uploading(UploadGuard guard, String file) {
        Thread thread = new Thread(() -> guard.tryReserve(Upload.of("acme", file, 10)));
        thread.start();
        return thread;
    }

    private static Thread inQueue(Thread thread) {
        soon().until(() -> LockSupport.getBlocker(thread) instanceof ReserveCoalescer);
        return thread;
    }
}
