package io.github.quotaguard.proof;

import io.github.quotaguard.QuotaService;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import javax.sql.DataSource;

/** One node of an application: its store, and guards that let reservations live for a short or a long while. */
final class Node implements AutoCloseable {

    static final long LONG_MILLIS = 60_000;

    /** Short enough that some expire before they are taken up again. */
    static final long SHORT_MILLIS = 150;

    private final DataSource dataSource;
    private final JdbcUsageStore store;
    private final UploadGuard longGuard;
    private final UploadGuard shortGuard;
    private final QuotaService quotas;

    Node(DataSource dataSource, Load load, InstantSource clock) {
        this.dataSource = dataSource;
        this.store = JdbcUsageStore.builder(dataSource)
                .sweepInterval(Duration.ofMillis(200))
                .build();
        this.longGuard = guard(store, load, clock, LONG_MILLIS);
        this.shortGuard = guard(store, load, clock, SHORT_MILLIS);
        this.quotas = QuotaService.of(store, load.policy());
    }

    private static UploadGuard guard(JdbcUsageStore store, Load load, InstantSource clock, long ttlMillis) {
        return UploadGuard.builder(store)
                .policy(load.policy())
                .clock(clock)
                .reservationTtl(Duration.ofMillis(ttlMillis))
                .build();
    }

    JdbcUsageStore store() {
        return store;
    }

    UploadGuard guard(long ttlMillis) {
        return ttlMillis == SHORT_MILLIS ? shortGuard : longGuard;
    }

    QuotaService quotas() {
        return quotas;
    }

    /** Begins a transaction of the application's, whose snapshot is older than whatever is called next. */
    Connection begin(Slot slot, int isolation) throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(isolation);
            try (PreparedStatement look = connection.prepareStatement("SELECT count(*) FROM files WHERE tenant = ?")) {
                look.setString(1, Load.tenant(slot.tenant));
                look.executeQuery().close();
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
