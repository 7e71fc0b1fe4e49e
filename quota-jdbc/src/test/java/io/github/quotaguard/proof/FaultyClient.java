package io.github.quotaguard.proof;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import java.time.Duration;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** An application on one pool: its store and guard, and the connections that it has for itself. */
record FaultyClient(DataSource connections, JdbcUsageStore store, UploadGuard guard) implements AutoCloseable {

    static final String FILES =
            "CREATE TABLE files (id VARCHAR(400) PRIMARY KEY, tenant VARCHAR(128) NOT NULL," + " size BIGINT NOT NULL)";

    /** Its store sweeps only when it is told to. */
    static FaultyClient on(DataSource pool, UnaryOperator<JdbcUsageStore.Builder> settings) {
        return on(pool, pool, settings);
    }

    /** Its store has connections of its own. */
    static FaultyClient on(
            DataSource connections, DataSource storesOwn, UnaryOperator<JdbcUsageStore.Builder> settings) {
        JdbcUsageStore store = settings.apply(JdbcUsageStore.builder(storesOwn)
                        .sweepInterval(Duration.ofDays(1))
                        .createSchemaIfMissing())
                .build();
        UploadGuard guard = UploadGuard.builder(store)
                .policy(QuotaPolicy.fixed(QuotaLimits.unlimited()))
                .reservationTtl(Duration.ofDays(6))
                .build();
        return new FaultyClient(connections, store, guard);
    }

    @Override
    public void close() {
        store.close();
    }
}
