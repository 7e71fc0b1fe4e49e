package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.UsageStoreException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** One database; a client whose wire is faulty, and one beside it. */
final class FaultyScene implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final TestDatabase database;
    final HikariDataSource pool;
    final FaultyClient direct;
    private final HikariConfig again;
    private final FaultyWire wire;
    private final FaultyClient faulty;

    FaultyScene(TestDatabase database, UnaryOperator<JdbcUsageStore.Builder> settings) throws Exception {
        this.database = database;
        HikariConfig config = database.connect();
        again = new HikariConfig();
        again.setJdbcUrl(config.getJdbcUrl());
        pool = pool(config, PATIENCE);
        TestDatabase.execute(pool, FaultyClient.FILES);
        direct = FaultyClient.on(pool, builder -> settings.apply(builder).lockTimeout(PATIENCE));
        wire = new FaultyWire(pool);
        faulty = FaultyClient.on(wire.connections(), settings);
    }

    /** Makes a pool whose connections wait so long for a lock, for the application's own rows too. */
    HikariDataSource another(Duration lockTimeout) {
        HikariConfig config = new HikariConfig();
        again.copyStateTo(config);
        return pool(config, lockTimeout);
    }

    private HikariDataSource pool(HikariConfig config, Duration lockTimeout) {
        config.setConnectionInitSql(database.lockTimeout(lockTimeout));
        return TestDatabase.pool(config, 20);
    }

    /**
     * What a caller was told, and the connection that its COMMIT was sent on.
     *
     * @param failure empty if it was told that all was well
     */
    record Told(Optional<Exception> failure, FaultyProxy.Link link) {}

    /** Prepares a call, and runs it with a fault at its COMMIT, or at one after it. */
    Told fail(FaultyCall call, PowersOfTwo.File file, FaultyWire.Kind kind, int commitsBefore) throws SQLException {
        call.prepare(direct, file);
        FaultyWire.Fault[] fault = new FaultyWire.Fault[1];
        Exception failure = null;
        try {
            call.run(faulty, file, () -> fault[0] = wire.arm(kind, commitsBefore));
        } catch (UsageStoreException | SQLException e) {
            failure = e;
        } finally {
            wire.disarm();
        }
        return new Told(
                Optional.ofNullable(failure),
                fault[0].link().orElseThrow(() -> new AssertionError(file + ": no COMMIT was sent")));
    }

    void requireNoConnectionLeaked() {
        Awaitility.await().untilAsserted(() -> assertThat(wire.open()).isZero());
        PoolCheck.requireNothingLeaked(pool);
    }

    @Override
    public void close() throws IOException {
        faulty.close();
        direct.close();
        wire.close();
        pool.close();
    }
}
