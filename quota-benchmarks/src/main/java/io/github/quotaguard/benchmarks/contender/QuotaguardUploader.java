package io.github.quotaguard.benchmarks.contender;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.benchmarks.database.Site;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Quotaguard: the reserve in a transaction of its own, then the file's row and the commit in the application's. The
 * store settles what was committed at the same time. It has a small pool of its own, as the README recommends.
 */
final class QuotaguardUploader implements Uploader {

    private final HikariDataSource application;
    private final HikariDataSource own;
    private final JdbcUsageStore store;
    private final UploadGuard guard;

    QuotaguardUploader(Site site) {
        HandmadeTables.createFiles(site);
        application = site.pool(CONNECTIONS, false);
        own = site.pool(Contender.CONNECTIONS, true);
        store = Quotaguard.store(site, own, 1);
        guard = UploadGuard.builder(store).policy(Quotaguard.POLICY).build();
    }

    @Override
    public void upload(String tenant, String file, long bytes, long workNanos) throws SQLException {
        Upload upload = Upload.of(tenant, file, bytes).category(Contender.CATEGORY);
        try (Reservation reservation = guard.reserve(upload);
                Connection connection = application.getConnection()) {
            HandmadeTables.insertFile(connection, tenant, file, bytes);
            Uploader.work(workNanos);
            store.in(connection).commit(reservation);
            connection.commit();
        }
    }

    @Override
    public void close() {
        store.close();
        own.close();
        application.close();
    }
}
