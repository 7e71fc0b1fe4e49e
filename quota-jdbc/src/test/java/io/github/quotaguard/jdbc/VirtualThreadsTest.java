package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.PoolCheck;
import io.github.quotaguard.proof.TableCheck;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.Usage;
import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Many more threads than connections: virtual ones where the JDK has them, from 21 on, others before. */
class VirtualThreadsTest {

    private static final int THREADS = 500;

    private static ExecutorService threads() throws IllegalAccessException, InvocationTargetException {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException before21) {
            return Executors.newCachedThreadPool();
        }
    }

    @OnEachServer
    void shouldChargeEachOfManyThreads(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database)) {
            ExecutorService threads = threads();
            try {
                List<Future<?>> uploads = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    String file = "f" + i;
                    uploads.add(threads.submit(() -> upload(stage, file)));
                }
                for (Future<?> upload : uploads) {
                    upload.get(2, TimeUnit.MINUTES);
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(stage.usage("acme")).isEqualTo(new Usage(THREADS, 0, THREADS, 0));
            stage.sweep();
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
            PoolCheck.requireNothingLeaked(stage.pool);
        }
    }

    private static Void upload(Stage stage, String file) throws Exception {
        try (Reservation reservation = stage.reserve("acme/user-7", file, 1);
                Connection connection = stage.begin()) {
            Stage.insertFile(connection, file, 1);
            stage.store.in(connection).commit(reservation);
            connection.commit();
        }
        return null;
    }
}
