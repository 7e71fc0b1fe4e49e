package io.github.quotaguard.benchmarks.contender;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.benchmarks.database.Filling;
import io.github.quotaguard.benchmarks.database.Site;
import io.github.quotaguard.jdbc.JdbcUsageStore;

/** Quotaguard: the counters checked and moved, the allocation recorded. */
final class Quotaguard implements Contender {

    /** Limits the account and the category, which everybody checks. */
    static final QuotaPolicy POLICY =
            QuotaPolicy.fixed(QuotaLimits.ofBytes(PLENTY).withBytes(CATEGORY, PLENTY));

    private final HikariDataSource pool;
    private final JdbcUsageStore store;
    private final UploadGuard guard;

    private Quotaguard(HikariDataSource pool, JdbcUsageStore store, UploadGuard.Builder guard) {
        this.pool = pool;
        this.store = store;
        this.guard = guard.policy(POLICY).build();
    }

    static Quotaguard asItComes(Site site, int tenants) {
        HikariDataSource pool = site.pool(CONNECTIONS, true);
        JdbcUsageStore store = store(site, pool, tenants);
        return new Quotaguard(pool, store, UploadGuard.builder(store));
    }

    /** Sends each upload alone. */
    static Quotaguard uncoalesced(Site site, int tenants) {
        HikariDataSource pool = site.pool(CONNECTIONS, true);
        JdbcUsageStore store = store(site, pool, tenants);
        return new Quotaguard(pool, store, UploadGuard.builder(store).coalesceReserves(false));
    }

    /** Creates the tables, and the counters of the tenants, of whom each has had one upload that was given up. */
    static JdbcUsageStore store(Site site, HikariDataSource pool, int tenants) {
        JdbcUsageStore store =
                JdbcUsageStore.builder(pool).createSchemaIfMissing().build();
        UploadGuard guard = UploadGuard.builder(store).policy(POLICY).build();
        guard.reserve(Upload.of(Contender.tenant(1), "first", 0).category(CATEGORY))
                .close();
        new Filling(site).copyTenant("tenant-", tenants);
        return store;
    }

    @Override
    public void reserve(String tenant, String file, long bytes) {
        guard.reserve(Upload.of(tenant, file, bytes).category(CATEGORY)).detach();
    }

    @Override
    public void close() {
        store.close();
        pool.close();
    }
}
