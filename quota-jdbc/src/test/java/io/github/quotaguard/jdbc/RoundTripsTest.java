package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.Admission;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.proof.Proof;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * How many statements each operation executes, for an account of depth 2 with a category, once its counters exist and
 * the pool knows its connections. The bounds are what it took when they were written; to lower one is welcome.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoundTripsTest {

    private static final String ACCOUNT = "acme/user-7";

    private static final String README = readme();

    private static String readme() {
        try {
            return Files.readString(Path.of("..", "README.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final Watched postgres = new Watched(TestDatabase.POSTGRESQL);
    private final Watched h2 = new Watched(TestDatabase.H2);
    private final Watched mariaDb = new Watched(TestDatabase.MARIADB);

    /** A store whose every statement is seen. */
    private static final class Watched implements AutoCloseable {

        final TestDatabase database;
        final StatementLog log = new StatementLog();
        final HikariDataSource pool;
        final JdbcUsageStore store;
        final UploadGuard guard;

        Watched(TestDatabase database) {
            this.database = database;
            this.pool = database.pool(5);
            this.store = JdbcUsageStore.builder(log.around(pool))
                    .sweepInterval(Duration.ofDays(1))
                    .createSchemaIfMissing()
                    .build();
            this.guard = UploadGuard.builder(store)
                    .policy(QuotaPolicy.fixed(QuotaLimits.ofBytes(1_000).withFiles(100)))
                    .build();
            store("warm", 1);
            guard.delete(ACCOUNT, "warm");
        }

        Reservation reserve(String file, long bytes) {
            return guard.reserve(Upload.of(ACCOUNT, file, bytes).category("image"));
        }

        void store(String file, long bytes) {
            reserve(file, bytes).commit();
        }

        /** Runs an operation when nothing is left to settle, and returns how many statements it executed. */
        int executions(String operation, Runnable work) {
            int executions = undocumented(operation, work);
            assertThat(log.executions()).as(log.summary()).hasSize(documented(operation, database));
            return executions;
        }

        int undocumented(String operation, Runnable work) {
            while (!store.sweep().isIdle()) {}
            log.clear();
            work.run();
            Proof.say("%s, %s: %s", database, operation, log.summary());
            return log.executions().size();
        }

        @Override
        public void close() {
            store.close();
            pool.close();
        }
    }

    /** Returns how many README.md says that an operation takes. */
    private static int documented(String operation, TestDatabase database) {
        Matcher row = Pattern.compile("\\| %s \\| (\\d+) \\| (\\d+) \\| (\\d+) \\|".formatted(operation))
                .matcher(README);
        assertThat(row.find()).as(operation).isTrue();
        return Integer.parseInt(row.group(List.of(TestDatabase.POSTGRESQL, TestDatabase.MARIADB, TestDatabase.H2)
                        .indexOf(database)
                + 1));
    }

    @AfterAll
    void close() {
        postgres.close();
        h2.close();
        mariaDb.close();
    }

    @Test
    void shouldReserveInOneStatementOnPostgres() {
        assertThat(postgres.executions("reserve", () -> postgres.reserve("one", 10)))
                .isEqualTo(1);
        assertThat(postgres.log.settings()).isEmpty();
    }

    @Test
    void shouldCallNoStoredFunctionOfItsOwn() throws Exception {
        postgres.log.clear();
        postgres.store("stored", 10);
        postgres.guard.delete(ACCOUNT, "stored");
        assertThat(postgres.log.executions()).isNotEmpty().noneMatch(statement -> {
            String start = statement.toUpperCase(Locale.ROOT);
            return start.startsWith("CALL") || start.startsWith("{");
        });
        try (Connection connection = postgres.pool.getConnection()) {
            assertThat(Stage.count(
                            connection,
                            "SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                                    + " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')"))
                    .isZero();
        }
    }

    @Test
    void shouldCommitInTheCallersConnectionWithOneStatement() throws Exception {
        for (Watched watched : new Watched[] {postgres, h2, mariaDb}) {
            Reservation reservation = watched.reserve("joined", 10);
            try (Connection connection = watched.log.around(watched.pool).getConnection()) {
                connection.setAutoCommit(false);
                assertThat(watched.executions(
                                "commit in the caller's connection",
                                () -> watched.store.in(connection).commit(reservation)))
                        .isEqualTo(1);
                assertThat(watched.log.settings()).isEmpty();
                connection.commit();
            }
        }
    }

    @Test
    void shouldReadUsageInOneStatement() {
        assertThat(postgres.executions("usage", () -> postgres.store.usage(AccountId.of(ACCOUNT))))
                .isEqualTo(1);
        assertThat(postgres.log.settings()).isEmpty();
        for (Watched watched : new Watched[] {h2, mariaDb}) {
            assertThat(watched.executions("usage", () -> watched.store.usage(AccountId.of(ACCOUNT))))
                    .isEqualTo(1);
        }
    }

    @Test
    void shouldReserveInFewStatements() {
        assertThat(h2.executions("reserve", () -> h2.reserve("one", 10))).isLessThanOrEqualTo(9);
        assertThat(mariaDb.executions("reserve", () -> mariaDb.reserve("one", 10)))
                .isLessThanOrEqualTo(5);
    }

    /** A JDBC batch is one, and {@code proof.BatchesOnTheWireTest} says that it is sent at once. */
    @Test
    void shouldReserveManyInAsManyStatementsAsOne() {
        assertThat(batch(postgres)).isEqualTo(1);
        assertThat(postgres.log.settings()).isEmpty();
        assertThat(batch(h2)).isLessThanOrEqualTo(9);
        assertThat(batch(mariaDb)).isLessThanOrEqualTo(5);
    }

    /** Retries, new versions, what was there before, and what does not fit. */
    @Test
    void shouldDecideManyOfEachKindInAsManyStatementsAsFew() {
        for (Watched watched : new Watched[] {postgres, h2, mariaDb}) {
            assertThat(batchOfEachKind(watched, 64)).isLessThanOrEqualTo(19).isEqualTo(batchOfEachKind(watched, 16));
        }
    }

    private static int batch(Watched watched) {
        List<ReserveCommand> batch = Commands.many("many", "f-", 64, 1);
        watched.store.reserve(Commands.reserve("many", "first", 1));
        return watched.executions("64 reserves together", () -> watched.store.reserveAll(batch));
    }

    private static int batchOfEachKind(Watched watched, int size) {
        String tenant = "mixed" + size;
        List<ReserveCommand> before = new ArrayList<>();
        List<ReserveCommand> batch = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            ReserveCommand plain = Commands.reserve(tenant, "f" + i, 1);
            ReserveCommand version = Commands.reserve(tenant, "f" + i, "v", null, 1, Stage.LIMIT);
            ReserveCommand tooLarge = Commands.reserve(tenant, "f" + i, Stage.LIMIT);
            before.add(i % 4 == 0 ? plain : Commands.reserve(tenant, "g" + i, 1));
            batch.add(i % 4 == 1 ? version : i % 4 == 2 ? tooLarge : plain);
        }
        for (ReserveResult result : watched.store.reserveAll(before)) {
            watched.store.release(((ReserveResult.Granted) result).allocation());
        }
        watched.store.reserveAll(before.subList(0, size / 2));
        return watched.undocumented("batch of " + size + " of each kind", () -> watched.store.reserveAll(batch));
    }

    @Test
    void shouldRefuseInFewStatements() {
        assertThat(refused(postgres)).isLessThanOrEqualTo(5);
        assertThat(refused(h2)).isLessThanOrEqualTo(9);
        assertThat(refused(mariaDb)).isLessThanOrEqualTo(5);
    }

    private static int refused(Watched watched) {
        Upload upload = Upload.of(ACCOUNT, "huge", 1_001).category("image");
        return watched.executions(
                "refused reserve",
                () -> assertThat(watched.guard.tryReserve(upload)).isInstanceOf(Admission.Refused.class));
    }

    @Test
    void shouldCommitInFewStatements() {
        assertThat(committed(postgres)).isLessThanOrEqualTo(8);
        assertThat(committed(h2)).isLessThanOrEqualTo(11);
        assertThat(committed(mariaDb)).isLessThanOrEqualTo(9);
    }

    private static int committed(Watched watched) {
        Reservation reservation = watched.reserve("own", 10);
        return watched.executions("commit", reservation::commit);
    }

    @Test
    void shouldReleaseInFewStatements() {
        assertThat(released(postgres)).isLessThanOrEqualTo(9);
        assertThat(released(h2)).isLessThanOrEqualTo(13);
        assertThat(released(mariaDb)).isLessThanOrEqualTo(10);
    }

    private static int released(Watched watched) {
        Reservation reservation = watched.reserve("closed", 10);
        return watched.executions("close", reservation::close);
    }

    @Test
    void shouldDeleteInFewStatements() {
        assertThat(deleted(postgres)).isLessThanOrEqualTo(8);
        assertThat(deleted(h2)).isLessThanOrEqualTo(11);
        assertThat(deleted(mariaDb)).isLessThanOrEqualTo(9);
    }

    private static int deleted(Watched watched) {
        watched.store("gone", 10);
        return watched.executions("delete", () -> watched.guard.delete(ACCOUNT, "gone"));
    }

    @Test
    void shouldDeleteInTheCallersConnectionInFewStatements() throws Exception {
        for (Watched watched : new Watched[] {postgres, h2, mariaDb}) {
            watched.store("left", 10);
            try (Connection connection = watched.log.around(watched.pool).getConnection()) {
                connection.setAutoCommit(false);
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                assertThat(watched.executions(
                                "delete in the caller's connection",
                                () -> watched.store.in(connection).delete(ACCOUNT, "left")))
                        .isLessThanOrEqualTo(3);
                connection.commit();
            }
        }
    }
}
