package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.Admission;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.proof.TableCheck;
import io.github.quotaguard.proof.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where PostgreSQL's one statement stands beside the several, and what it must not miss for being one. */
class OneStatementReserveTest {

    /** The statement looks at the file's versions before it has the lock; the other may have begun one meanwhile. */
    @ParameterizedTest
    @ValueSource(strings = {"", "v2"})
    void shouldLetAFileBelongToOneAccountOnly(String version) throws Exception {
        try (Stage stage = Stage.on(TestDatabase.POSTGRESQL);
                Connection connection = stage.begin()) {
            stage.stored("t/a", "x", 1);
            stage.stored("t/b", "y", 1);
            Stage.lockRoot(connection, "t");
            Future<Admission> one = Stage.start(
                    () -> stage.guard.tryReserve(Upload.of("t/a", "photo", 10).version("v1")));
            stage.awaitBlocked(1);
            Upload upload = Upload.of("t/b", "photo", 10);
            UploadGuard another =
                    Stage.guard(stage.store, Stage.TTL); // as on another node: it does not wait for the first
            Future<Admission> other =
                    Stage.start(() -> another.tryReserve(version.isEmpty() ? upload : upload.version(version)));
            stage.awaitBlocked(2);
            connection.rollback();
            for (Admission admission : List.of(one.get(), other.get())) {
                if (admission instanceof Admission.Granted granted) {
                    granted.reservation().commit();
                }
            }
            assertThat(TableCheck.violations(stage.pool)).isEmpty();
            assertThat(List.of(one.get(), other.get())).hasAtLeastOneElementOfType(Admission.Conflict.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v2"})
    void shouldWaitForALockOnlyOnce(String version) throws Exception {
        StatementLog log = new StatementLog();
        try (Stage stage = Stage.on(TestDatabase.POSTGRESQL);
                JdbcUsageStore impatient = JdbcUsageStore.builder(log.around(stage.pool))
                        .lockTimeout(Duration.ofMillis(100))
                        .sweepInterval(Duration.ofDays(1))
                        .build();
                Connection stuck = stage.begin()) {
            stage.stored("t", "x", 1);
            Stage.lockRoot(stuck, "t");
            log.clear();
            Upload upload = Upload.of("t", "photo", 10);
            assertThat(Stage.guard(impatient, Stage.TTL)
                            .tryReserve(version.isEmpty() ? upload : upload.version(version)))
                    .isInstanceOf(Admission.Busy.class);
            assertThat(log.executions())
                    .filteredOn(statement -> statement.contains("FOR UPDATE"))
                    .hasSize(1);
        }
    }
}
