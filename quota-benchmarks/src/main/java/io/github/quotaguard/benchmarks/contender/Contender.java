package io.github.quotaguard.benchmarks.contender;

import io.github.quotaguard.benchmarks.database.Site;
import java.sql.SQLException;

/** A way to hold room for an upload. All have the same pool of connections and the same tenants. */
public interface Contender extends AutoCloseable {

    /**
     * How many connections each contender has: plenty for the two processors that these figures come from. With more, the
     * contenders that lock a row would queue for it in the database instead of in the pool.
     */
    int CONNECTIONS = 16;

    /** What no tenant ever reaches. */
    long PLENTY = Long.MAX_VALUE / 2;

    /** The category of every upload. */
    String CATEGORY = "image";

    /**
     * Returns the name of a tenant.
     *
     * @param number 1 and up
     * @return such as {@code tenant-1}
     */
    static String tenant(int number) {
        return "tenant-" + number;
    }

    /**
     * Creates the tables of a contender in an empty database, and its tenants, who have no files.
     *
     * @param name one of those in the table of {@code JdbcReserve}
     * @param site the database
     * @param tenants how many
     * @return the contender, ready
     */
    static Contender named(String name, Site site, int tenants) {
        Contender contender = switch (name) {
            case "quotaguard" -> Quotaguard.asItComes(site, tenants);
            case "uncoalesced" -> Quotaguard.uncoalesced(site, tenants);
            case "bucket4j" -> new Bucket4j(site, tenants);
            case "selectForUpdate" -> new SelectForUpdate(site, tenants);
            case "guardedUpdate" -> new GuardedUpdate(site, tenants);
            case "sumThenInsert" -> new SumThenInsert(site);
            case "floor" -> new Floor(site, tenants);
            default -> throw new IllegalArgumentException("no contender is called " + name);
        };
        site.rest();
        return contender;
    }

    /**
     * Holds room for an upload, durably.
     *
     * @param tenant whose
     * @param file an id that was not used before
     * @param bytes how large it is
     * @throws SQLException if the database failed
     * @throws IllegalStateException if there was no room
     */
    void reserve(String tenant, String file, long bytes) throws SQLException;

    @Override
    void close();
}
