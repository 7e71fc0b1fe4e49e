package io.github.quotaguard.benchmarks.contender;

import io.github.quotaguard.benchmarks.database.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/**
 * The tables of a home-grown quota with categories: for each tenant a counter of the total (category {@code ''}) and one
 * for each category, and a row for each file that is reserved.
 */
public final class HandmadeTables {

    private static final String INSERT_FILE =
            "INSERT INTO file_reservation (id, tenant, category, bytes, created_at) VALUES (?, ?, ?, ?, CURRENT_TIMESTAMP)";

    private HandmadeTables() {}

    static void createUsage(Site site, int tenants) {
        site.execute(List.of(
                """
                CREATE TABLE storage_usage (
                    tenant     VARCHAR(128) NOT NULL,
                    category   VARCHAR(64)  NOT NULL,
                    used_bytes BIGINT       NOT NULL,
                    max_bytes  BIGINT       NOT NULL,
                    PRIMARY KEY (tenant, category)
                )""" + site.database().roomForUpdates(),
                insertUsage(site, "", tenants),
                insertUsage(site, Contender.CATEGORY, tenants)));
    }

    private static String insertUsage(Site site, String category, int tenants) {
        return "INSERT INTO storage_usage SELECT CONCAT('tenant-', n), '%s', 0, %d FROM %s"
                .formatted(category, Contender.PLENTY, site.numbers(1, tenants));
    }

    static void createFiles(Site site) {
        site.execute(List.of("""
                CREATE TABLE IF NOT EXISTS file_reservation (
                    id         VARCHAR(255) NOT NULL,
                    tenant     VARCHAR(128) NOT NULL,
                    category   VARCHAR(64)  NOT NULL,
                    bytes      BIGINT       NOT NULL,
                    created_at TIMESTAMP    NOT NULL,
                    PRIMARY KEY (tenant, id)
                )"""));
    }

    /** Adds what lets a sum be read from the index alone. */
    static void indexSums(Site site) {
        site.execute(List.of(
                "CREATE INDEX IF NOT EXISTS file_reservation_sum ON file_reservation (tenant, category, bytes)"));
    }

    /**
     * Fills the table of files with those of a tenant, unless they are there, and lets their sum be read from the index.
     *
     * @param site the database
     * @param dataSource connections to it
     * @param tenant whose
     * @param files how many
     * @param bytes how large each is
     * @throws SQLException if the database failed
     */
    public static void fillFiles(Site site, DataSource dataSource, String tenant, int files, long bytes)
            throws SQLException {
        createFiles(site);
        indexSums(site);
        if (sum(dataSource, tenant) == 0) {
            site.execute(List.of("""
                    INSERT INTO file_reservation (id, tenant, category, bytes, created_at)
                    SELECT CONCAT('file-', n), '%s', '%s', %d, CURRENT_TIMESTAMP FROM %s
                    """.formatted(tenant, Contender.CATEGORY, bytes, site.numbers(1, files))));
            site.rest();
        }
    }

    /**
     * Adds up the files of a tenant.
     *
     * @param dataSource the database
     * @param tenant whose
     * @return bytes
     * @throws SQLException if the database failed
     */
    public static long sum(DataSource dataSource, String tenant) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement sum =
                        connection.prepareStatement("SELECT SUM(bytes) FROM file_reservation WHERE tenant = ?")) {
            sum.setString(1, tenant);
            try (ResultSet row = sum.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    static void insertFile(Connection connection, String tenant, String file, long bytes) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_FILE)) {
            insert.setString(1, file);
            insert.setString(2, tenant);
            insert.setString(3, Contender.CATEGORY);
            insert.setLong(4, bytes);
            insert.executeUpdate();
        }
    }
}
