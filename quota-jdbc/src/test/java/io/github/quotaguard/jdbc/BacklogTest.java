package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.quotaguard.Reservation;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.Proof;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.Backlog;
import java.sql.Connection;
import java.sql.SQLSyntaxErrorException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.junit.jupiter.api.Test;

/** What the contract can not tell: entries that callers leave open, transactions, and what a look costs. */
class BacklogTest {

    private static Backlog backlog(Stage stage) {
        return stage.store.backlog().orElseThrow();
    }

    @OnEachServer
    void shouldCountWhatCallersHaveCommittedUntilItIsSettled(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database);
                Connection caller = stage.begin()) {
            Reservation photo = stage.reserve("acme/user-7", "photo", 10);
            Reservation film = stage.reserve("other/user-7", "film", 10);
            stage.store.in(caller).commit(photo);
            assertThat(backlog(stage).unsettled()).as("not committed yet").isZero();
            caller.commit();
            database.advance(stage.pool, Duration.ofMinutes(10));
            stage.store.in(caller).commit(film);
            caller.commit();

            Backlog backlog = backlog(stage);

            assertThat(backlog.unsettled()).isEqualTo(2);
            assertThat(backlog.unsettledFor()).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(11));
            stage.sweep();
            assertThat(backlog(stage).unsettled()).isZero();
            assertThat(backlog(stage).unsettledFor()).isZero();
        }
    }

    /** It holds nothing that an expiry could set free. */
    @OnEachServer
    void shouldNotCountAsOverdueWhatACallerHasCommitted(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database);
                Connection caller = stage.begin()) {
            Reservation photo = stage.reserve("acme/user-7", "photo", 10);
            stage.reserve("acme/user-7", "film", 10);
            database.advance(stage.pool, Stage.TTL.plusMinutes(2));
            stage.store.in(caller).commit(photo);
            assertThat(backlog(stage).overdue()).isEqualTo(2);

            caller.commit();

            assertThat(backlog(stage).overdue()).isEqualTo(1);
            assertThat(backlog(stage).overdueFor()).isBetween(Duration.ofMinutes(2), Duration.ofMinutes(3));
        }
    }

    /** Its entry is committed, and no settlement can make it go. */
    @OnEachServer
    void shouldNotCountTheEndOfWhatIsNotRecordedAnyMore(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database);
                Connection caller = stage.begin()) {
            Reservation photo = stage.reserve("acme/user-7", "photo", 10);
            stage.store.in(caller).commit(photo);
            caller.commit();
            TestDatabase.execute(stage.pool, "DELETE FROM quota_allocation");

            assertThat(backlog(stage).unsettled()).isZero();
        }
    }

    /** MariaDB looks at its transactions ten times a second. */
    @OnEachServer
    void shouldTellTheOldestOpenTransactionOfAnother(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database);
                Connection forgotten = stage.begin()) {
            await().until(() -> backlog(stage).oldestTransaction() == null);
            Instant before = Instant.now().minusSeconds(1);

            Stage.insertFile(forgotten, "photo", 10);

            await().until(() -> backlog(stage).oldestTransaction() != null);
            Backlog backlog = backlog(stage);
            assertThat(backlog.oldestTransaction()).isBetween(before, Instant.now());
            assertThat(backlog.transactionOpenFor()).isLessThan(Duration.ofMinutes(1));
            forgotten.rollback();
            await().until(() -> backlog(stage).oldestTransaction() == null);
        }
    }

    /** Its connection may be gone, and its locks stay. */
    @Test
    void shouldTellATransactionThatIsPreparedAndForgotten() throws Exception {
        try (Stage stage = Stage.on(TestDatabase.POSTGRESQL);
                Connection caller = stage.begin()) {
            Stage.insertFile(caller, "photo", 10);
            Stage.execute(caller, "PREPARE TRANSACTION 'forgotten'");
            caller.rollback();

            assertThat(backlog(stage).oldestTransaction()).isNotNull();
            caller.setAutoCommit(true);
            Stage.execute(caller, "ROLLBACK PREPARED 'forgotten'");
            assertThat(backlog(stage).oldestTransaction()).isNull();
        }
    }

    /** What MariaDB says to users without the privilege PROCESS; the server of the tests knows no users. */
    @Test
    void shouldDoWithoutTransactionsThatTheDatabaseUserMayNotSee() throws Exception {
        try (Stage stage = Stage.on(TestDatabase.MARIADB)) {
            DataSource denying = ProxyDataSourceBuilder.create(stage.pool)
                    .listener(new DeniedTransactions())
                    .build();
            try (JdbcUsageStore store = Stage.store(denying, builder -> builder)) {
                stage.reserve("acme/user-7", "photo", 10);
                stage.database.advance(stage.pool, Duration.ofHours(1));

                assertThat(store.backlog().orElseThrow().oldestTransaction()).isNull();
                assertThat(store.backlog().orElseThrow().overdue()).isEqualTo(1);
            }
        }
    }

    private static final class DeniedTransactions implements QueryExecutionListener {

        @Override
        public void beforeQuery(ExecutionInfo execution, List<QueryInfo> queries) {
            if (queries.get(0).getQuery().contains("innodb_trx")) {
                sneak(new SQLSyntaxErrorException(
                        "(conn=9) Access denied; you need (at least one of) the PROCESS privilege(s) for this operation",
                        "42000",
                        1227));
            }
        }

        @Override
        public void afterQuery(ExecutionInfo execution, List<QueryInfo> queries) {}

        /** The listener's methods declare nothing, those that it is called for declare SQLException. */
        @SuppressWarnings("unchecked")
        private static <E extends Exception> void sneak(Exception e) throws E {
            throw (E) e;
        }
    }

    /** Each tenant's entries and reservations by their index, whatever else the tables have. */
    @OnEachServer
    void shouldFindWhatWaitsByIndexes(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database);
                Connection connection = stage.pool.getConnection()) {
            fill(stage, 2_000);
            Dialect dialect = Dialect.of(connection);
            String statement = new BacklogQuery(null, new TableNames(null, TableNames.DEFAULT_PREFIX), dialect).waiting;

            String plan = String.join("\n", new Sql(connection, dialect).query("EXPLAIN " + statement, row -> {
                        return database.isMariaDb()
                                ? row.text("table") + " " + row.textOrNull("key")
                                : row.text(database == TestDatabase.H2 ? "PLAN" : "QUERY PLAN");
                    }));

            Proof.say("%s", plan);
            assertThat(plan).containsIgnoringCase(database.isMariaDb() ? "e ledger_seq" : "quota_ledger_");
            assertThat(plan).containsIgnoringCase(database.isMariaDb() ? "a allocation_due" : "quota_allocation_due");
            assertThat(plan)
                    .doesNotContain(
                            "Seq Scan on quota_ledger",
                            "Seq Scan on quota_allocation",
                            "QUOTA_LEDGER.tableScan",
                            "QUOTA_ALLOCATION.tableScan");
        }
    }

    private static void fill(Stage stage, int files) throws Exception {
        for (String tenant : List.of("t", "u", "v")) {
            stage.reserve(tenant, "first", 1);
        }
        for (int size = 1; size < files; size *= 2) {
            TestDatabase.execute(stage.pool, """
                    INSERT INTO quota_allocation (tenant, file, version, account, category, state, generation, attempt,
                        bytes, files_held, metadata, born_at, deadline, since)
                    SELECT tenant, concat(file, '+%d'), '', account, '', 'COMMITTED', generation, 1, 1, 0, '', born_at,
                        deadline, since
                    FROM quota_allocation""".formatted(size));
        }
        TestDatabase.execute(stage.pool, """
                INSERT INTO quota_ledger (tenant, file, version, generation, phase, kind, account, category, bytes,
                    metadata, recorded_at, seq, files, settled_at)
                SELECT tenant, file, '', generation, 1, 'COMMIT', account, '', 1, '', since,
                    row_number() OVER (ORDER BY file), 1, since
                FROM quota_allocation WHERE state = 'COMMITTED'""");
        TestDatabase.execute(
                stage.pool,
                stage.database.isMariaDb() ? "ANALYZE TABLE quota_allocation, quota_ledger, quota_usage" : "ANALYZE");
    }
}
