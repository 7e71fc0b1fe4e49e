package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.WarningMonitor;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarningMonitorCloseTest {

    @TempDir
    Path directory;

    /** H2 closes a database in a file if a thread is interrupted that reads or writes it. */
    @Test
    void shouldLeaveADatabaseInAFileOpen() throws Exception {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:file:" + directory.resolve("quota") + ";WRITE_DELAY=0;CACHE_SIZE=0");
        CountDownLatch asked = new CountDownLatch(1);
        QuotaPolicy slow = account -> {
            asked.countDown();
            awaitInterrupt();
            return QuotaLimits.ofBytes(100);
        };
        try (JdbcUsageStore store = open(database)) {
            guard(store).reserve(Upload.of("acme", "photo", 80)).commit();
        }
        // Opened again, it reads what it needs from the file.
        try (Connection application = database.getConnection();
                JdbcUsageStore store = open(database)) {
            try (WarningMonitor monitor = WarningMonitor.builder(store)
                    .policy(slow)
                    .listener(event -> {})
                    .build()) {
                monitor.start();
                asked.await();
            }

            try (Statement statement = application.createStatement();
                    ResultSet raised = statement.executeQuery("SELECT count(*) FROM quota_warning")) {
                assertThat(raised.next()).isTrue();
                assertThat(raised.getInt(1)).as("what was under way is done").isEqualTo(1);
            }
            guard(store).reserve(Upload.of("acme", "film", 20)).commit();
        }
    }

    private static JdbcUsageStore open(JdbcDataSource database) {
        return JdbcUsageStore.builder(database).createSchemaIfMissing().build();
    }

    private static UploadGuard guard(JdbcUsageStore store) {
        return UploadGuard.builder(store)
                .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(100)))
                .build();
    }

    /** Goes on after an interrupt, as if it had been in the middle of a statement; or soon, if none comes. */
    private static void awaitInterrupt() {
        try {
            boolean unused = new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
