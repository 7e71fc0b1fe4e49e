package io.github.quotaguard.quickstart;

import io.github.quotaguard.QuotaException;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * An upload handler as an application has one, with the guard around it: room is reserved first, then the bytes are
 * kept, then the file's row and its charge are committed in one transaction.
 */
final class UploadHandler {

    private final UploadGuard guard;
    private final JdbcUsageStore store;
    private final DataSource dataSource;
    private final TargetDirectory target;

    UploadHandler(UploadGuard guard, JdbcUsageStore store, DataSource dataSource, TargetDirectory target) {
        this.guard = guard;
        this.store = store;
        this.dataSource = dataSource;
        this.target = target;
    }

    /** What became of an upload. */
    enum Outcome {
        ADMITTED,
        REPLACED,
        STORED
    }

    /**
     * Handles an upload.
     *
     * @throws QuotaException if it was refused; nothing of it is kept then
     */
    Outcome handle(IncomingFile file) throws Exception {
        return guard.upload(file.upload(), reservation -> {
            boolean isRetry = reservation.isAlreadyStored();
            if (isRetry && target.holds(file.location())) {
                return Outcome.STORED;
            }
            long bytes = target.save(file.location(), file.body());
            return isRetry ? Outcome.STORED : commit(file, reservation, bytes);
        });
    }

    private Outcome commit(IncomingFile file, Reservation reservation, long bytes) throws IOException, SQLException {
        Optional<String> former;
        // The pool hands out connections with auto-commit off, and rolls back what was not committed.
        try (Connection connection = dataSource.getConnection()) {
            former = FileRows.put(connection, file, bytes);
            store.in(connection).commit(reservation, bytes);
            connection.commit();
        } catch (QuotaException e) {
            // Only then is it certain that the file is not stored: after a failure, a retry finds the bytes in place.
            target.delete(file.location());
            throw e;
        }
        if (former.isEmpty()) {
            return Outcome.ADMITTED;
        }
        target.delete(former.get());
        return Outcome.REPLACED;
    }
}
