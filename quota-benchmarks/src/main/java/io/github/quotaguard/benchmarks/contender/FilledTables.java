package io.github.quotaguard.benchmarks.contender;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.StorageQuota;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.benchmarks.database.Filling;
import io.github.quotaguard.benchmarks.database.Site;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** Quotaguard on tables that have many tenants, many files or deep accounts already, filled once for all forks. */
public final class FilledTables implements AutoCloseable {

    private final String prefix;
    private final String below;
    private final HikariDataSource pool;
    private final JdbcUsageStore store;
    private final UploadGuard guard;
    private final QuotaService quotas;

    private FilledTables(Site site, String prefix, int depth) {
        this.prefix = prefix;
        this.below = Stream.of("/a", "/b", "/c").limit(depth - 1L).collect(Collectors.joining());
        pool = site.pool(Contender.CONNECTIONS, true);
        store = JdbcUsageStore.builder(pool).createSchemaIfMissing().build();
        guard = UploadGuard.builder(store).policy(Quotaguard.POLICY).build();
        quotas = QuotaService.of(store, Quotaguard.POLICY);
    }

    /**
     * Opens tables that have certain tenants among others, and fills in those that are not there.
     *
     * @param site the database
     * @param tenants how many
     * @param files how many each of them has
     * @param depth how many levels their accounts have, 1 to 4
     * @param bytes how large each file is
     * @return Quotaguard on those tables
     * @throws IllegalStateException if Quotaguard does not read what was filled in
     */
    public static FilledTables with(Site site, int tenants, int files, int depth, long bytes) {
        String prefix = "depth%d-files%d-of%d-".formatted(depth, files, tenants);
        FilledTables tables = new FilledTables(site, prefix, depth);
        if (tables.fileCount(tenants) == 0) {
            tables.fill(site, tenants, files, bytes);
            site.rest();
        }
        if (tables.fileCount(1) != files || tables.fileCount(tenants) != files) {
            throw new IllegalStateException(
                    "%d and %d files instead of %d".formatted(tables.fileCount(1), tables.fileCount(tenants), files));
        }
        return tables;
    }

    private void fill(Site site, int tenants, int files, long bytes) {
        Upload upload = Upload.of(account(1), "file", bytes).category(Contender.CATEGORY);
        guard.reserve(upload).commit();
        Filling filling = new Filling(site);
        filling.copyFile(prefix + 1, "file", files);
        filling.copyTenant(prefix, tenants);
        StorageQuota quota = quotas.storageQuota(account(tenants));
        if (quota.usedQuota() != files * bytes) {
            throw new IllegalStateException("%s after %d files of %d bytes".formatted(quota, files, bytes));
        }
    }

    private long fileCount(int tenant) {
        return quotas.storageQuota(account(tenant)).fileCount();
    }

    /**
     * Names the account of a tenant.
     *
     * @param tenant 1 and up
     * @return its deepest account
     */
    public String account(int tenant) {
        return prefix + tenant + below;
    }

    /** Returns what admits uploads. */
    public UploadGuard guard() {
        return guard;
    }

    /** Returns what reads usage. */
    public QuotaService quotas() {
        return quotas;
    }

    /** Returns the connections. */
    public DataSource pool() {
        return pool;
    }

    @Override
    public void close() {
        store.close();
        pool.close();
    }
}
