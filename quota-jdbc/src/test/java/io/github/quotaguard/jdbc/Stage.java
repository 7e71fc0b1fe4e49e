package io.github.quotaguard.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Usage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.awaitility.Awaitility;

/**
 * A store on a database of its own, its thread asleep but for closed handles, and a guard that allows every account
 * {@value #LIMIT} bytes. Beside the store's tables there is one for the caller's: {@code files (id, size)}.
 */
final class Stage implements AutoCloseable {

    static final long LIMIT = 1_000;
    static final Duration TTL = Duration.ofMinutes(15);

    final TestDatabase database;
    final HikariDataSource pool;
    final JdbcUsageStore store;
    final UploadGuard guard;
    private final AtomicInteger tenants = new AtomicInteger();

    private Stage(TestDatabase database, HikariDataSource pool, JdbcUsageStore store) {
        this.database = database;
        this.pool = pool;
        this.store = store;
        this.guard = guard(store, TTL);
    }

    static Stage on(TestDatabase database) {
        return on(database, builder -> builder);
    }

    static Stage on(TestDatabase database, UnaryOperator<JdbcUsageStore.Builder> settings) {
        HikariDataSource pool = database.pool(10);
        JdbcUsageStore store = store(pool, settings);
        TestDatabase.execute(pool, "CREATE TABLE files (id VARCHAR(255) PRIMARY KEY, size BIGINT NOT NULL)");
        return new Stage(database, pool, store);
    }

    static JdbcUsageStore store(DataSource dataSource, UnaryOperator<JdbcUsageStore.Builder> settings) {
        return settings.apply(JdbcUsageStore.builder(dataSource)
                        .sweepInterval(Duration.ofDays(1))
                        .createSchemaIfMissing())
                .build();
    }

    /** Sends each upload alone: what several do to each other, they do in the database. */
    static UploadGuard guard(JdbcUsageStore store, Duration ttl) {
        return UploadGuard.builder(store)
                .coalesceReserves(false)
                .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(LIMIT)))
                .reservationTtl(ttl)
                .build();
    }

    /** Returns an account that nobody else uses. */
    String account() {
        return "t" + tenants.incrementAndGet() + "/user-7";
    }

    Reservation reserve(String account, String file, long bytes) {
        return guard.reserve(Upload.of(account, file, bytes));
    }

    /** Stores a file and leaves nothing unsettled. */
    void stored(String account, String file, long bytes) {
        try (Reservation reservation = reserve(account, file, bytes)) {
            reservation.commit();
        }
    }

    void storedVersion(String account, String file, String version, long bytes) {
        try (Reservation reservation =
                guard.reserve(Upload.of(account, file, bytes).version(version))) {
            reservation.commit();
        }
    }

    /** Returns a connection with a transaction of a caller's. */
    Connection begin() throws SQLException {
        Connection connection = pool.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    /** Does the same at what is not MariaDB's default, where it locks no more than what it names. */
    Connection beginReadCommitted() throws SQLException {
        Connection connection = begin();
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        return connection;
    }

    Usage usage(String account) {
        return store.usage(AccountId.of(account)).total();
    }

    Allocation find(String account, String file) {
        return guard.find(account, file).orElseThrow();
    }

    Allocation find(String account, String file, String version) {
        return guard.find(account, file, version).orElseThrow();
    }

    AllocationState state(Reservation reservation) {
        Allocation life = reservation.allocation();
        return store.find(life.id(), life.generation()).orElseThrow().state();
    }

    long unsettled(String account) throws SQLException {
        return count("SELECT count(*) FROM quota_ledger WHERE seq IS NULL AND account = '" + account + "'");
    }

    long count(String query) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return count(connection, query);
        }
    }

    static long count(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static void insertFile(Connection connection, String file, long size) throws SQLException {
        execute(connection, "INSERT INTO files VALUES ('" + file + "', " + size + ")");
    }

    /** Holds the lock of a tenant's root counter until the connection's transaction ends. */
    static void lockRoot(Connection connection, String account) throws SQLException {
        String tenant = AccountId.of(account).tenant();
        execute(
                connection,
                "SELECT * FROM quota_usage WHERE tenant = '%1$s' AND account = '%1$s' AND category = '' FOR UPDATE"
                        .formatted(tenant));
    }

    /** Runs in a thread of its own. */
    static <T> Future<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Executors.defaultThreadFactory().newThread(task).start();
        return task;
    }

    /** Waits until so many sessions of this database wait for a lock; H2 shows only that they take their time. */
    void awaitBlocked(int sessions) {
        String blocked = switch (database) {
            case H2 ->
                "SELECT count(*) FROM INFORMATION_SCHEMA.SESSIONS"
                        + " WHERE EXECUTING_STATEMENT IS NOT NULL AND SESSION_ID <> SESSION_ID()";
            case POSTGRESQL ->
                "SELECT count(*) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND wait_event_type = 'Lock'";
            case MARIADB, MARIADB_SNAPSHOTS ->
                "SELECT count(*) FROM information_schema.INNODB_TRX t"
                        + " JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id"
                        + " WHERE p.DB = DATABASE() AND t.trx_state = 'LOCK WAIT'";
        };
        Awaitility.await().during(Duration.ofMillis(100)).until(() -> count(blocked) >= sessions);
    }

    void sweep() {
        while (!store.sweep().isIdle()) {}
    }

    @Override
    public void close() {
        store.close();
        pool.close();
    }
}
