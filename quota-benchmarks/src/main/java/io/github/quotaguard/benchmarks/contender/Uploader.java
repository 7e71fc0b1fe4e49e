package io.github.quotaguard.benchmarks.contender;

import io.github.quotaguard.benchmarks.database.Site;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;

/** What the handler of an upload does: everything from the check to the row of the stored file. */
public interface Uploader extends AutoCloseable {

    /** As many transactions of the application as there are threads: nobody waits for the pool. */
    int CONNECTIONS = 32;

    /**
     * Creates the tables of a contender in an empty database, and one tenant without files.
     *
     * @param name {@code quotaguard} or {@code byHand}
     * @param site the database
     * @return the contender, ready
     */
    static Uploader named(String name, Site site) {
        Uploader uploader = switch (name) {
            case "quotaguard" -> new QuotaguardUploader(site);
            case "byHand" -> new HandmadeUploader(site);
            default -> throw new IllegalArgumentException("no contender is called " + name);
        };
        site.rest();
        return uploader;
    }

    /** Waits as long as what else the application does in its transaction, such as to call another service. */
    static void work(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /**
     * Uploads a file.
     *
     * @param tenant whose
     * @param file an id that was not used before
     * @param bytes how large it is
     * @param workNanos how long the application's other work takes within its transaction
     * @throws SQLException if the database failed
     * @throws IllegalStateException if there was no room
     */
    void upload(String tenant, String file, long bytes, long workNanos) throws SQLException;

    @Override
    void close();
}
