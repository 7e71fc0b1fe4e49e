package io.github.quotaguard.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaBusyException;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.jdbc.JdbcUsageStore;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Row 7, with the database's failures injected before and after each statement of each call: the library's own
 * transactions are rolled back and run again as a whole, a bounded number of times; a caller's is left to the caller.
 */
@Tag("proof")
class InjectedDeadlocksTest {

    /** Those that open no transaction of the caller's. */
    private static final List<FaultyCall> OWN = List.of(
            FaultyCall.RESERVE,
            FaultyCall.EXTEND,
            FaultyCall.COMMIT,
            FaultyCall.RELEASE,
            FaultyCall.DELETE,
            FaultyCall.OVERWRITE,
            FaultyCall.SWEEP);

    /** In the build they take turns. */
    private static final int FAILURES_PER_STATEMENT =
            Scale.of("failuresPerStatement", 1, StatementFaults.Failure.values().length);

    /** What may be done to a connection whose statement has failed, before it is used for anything else. */
    private static final Set<String> ENDS = Set.of("rollback", "close");

    @OnEachServer
    void shouldRunItsOwnTransactionsAgainAsAWhole(TestDatabase database) throws Exception {
        failEachStatement(database, "", OWN, builder -> builder);
    }

    @Test
    void shouldReserveAgainInSeveralStatements() throws Exception {
        failEachStatement(
                TestDatabase.POSTGRESQL,
                "-several",
                List.of(FaultyCall.RESERVE),
                JdbcUsageStore.Builder::reserveInSeveralStatements);
    }

    private static void failEachStatement(
            TestDatabase database,
            String variant,
            List<FaultyCall> calls,
            UnaryOperator<JdbcUsageStore.Builder> settings)
            throws Exception {
        Proof proof = new Proof("7-injected" + variant, database, 0);
        List<String> violations = new ArrayList<>();
        StatementFaults.Failure[] failures = StatementFaults.Failure.values();
        try (Scene scene = new Scene(database, settings)) {
            for (FaultyCall call : calls) {
                PowersOfTwo powers = new PowersOfTwo(call, scene.client);
                int statements = scene.watch(call, powers.next(), powers);
                for (int position = 0; position < statements; position++) {
                    for (int i = 0; i < FAILURES_PER_STATEMENT; i++) {
                        StatementFaults.Failure failure = failures[(position + i) % failures.length];
                        violations.addAll(scene.fail(call, powers, position, false, failure, proof));
                        violations.addAll(scene.fail(call, powers, position, true, failure, proof));
                    }
                }
            }
            violations.addAll(TableCheck.violations(scene.pool));
            PoolCheck.requireNothingLeaked(scene.pool);
        }
        proof.violations.add(violations.size());
        proof.write();
        assertThat(violations).isEmpty();
    }

    @OnEachServer
    void shouldGiveUpAfterABoundedNumberOfAttempts(TestDatabase database) throws Exception {
        try (Scene scene = new Scene(database, JdbcUsageStore.Builder::reserveInSeveralStatements)) {
            for (FaultyCall call : OWN) {
                PowersOfTwo powers = new PowersOfTwo(call, scene.client);
                PowersOfTwo.File file = powers.next();
                call.prepare(scene.client, file);
                StatementFaults.Plan[] plan = new StatementFaults.Plan[1];
                Throwable thrown = catchThrowable(() -> call.run(
                        scene.client,
                        file,
                        () -> plan[0] = scene.faults.failEveryCommit(StatementFaults.Failure.DEADLOCK)));
                scene.faults.disarm();
                // The sweep leaves a tenant that can not be swept to the next sweep.
                if (call != FaultyCall.SWEEP) {
                    assertThat(thrown)
                            .isInstanceOfSatisfying(
                                    UsageStoreException.class,
                                    e -> assertThat(e.isRetryable()).isTrue());
                }
                assertThat(plan[0].injected).as("attempts of %s", call).isBetween(2, 50);
                call.run(scene.client, file, () -> {});
                assertThat(powers.violationsAfter(file)).isEmpty();
            }
            assertThat(TableCheck.violations(scene.pool)).isEmpty();
            PoolCheck.requireNothingLeaked(scene.pool);
        }
    }

    @OnEachServer
    void shouldLeaveACallersTransactionToTheCaller(TestDatabase database) throws Exception {
        Proof proof = new Proof("7-callers", database, 0);
        try (Scene scene = new Scene(database, builder -> builder)) {
            for (FaultyCall call : List.of(FaultyCall.COMMIT, FaultyCall.DELETE, FaultyCall.OVERWRITE)) {
                PowersOfTwo powers = new PowersOfTwo(call, scene.client);
                for (StatementFaults.Failure failure : StatementFaults.Failure.values()) {
                    for (boolean after : new boolean[] {false, true}) {
                        boolean hit = true;
                        for (int position = 0; hit; position++) {
                            hit = scene.failInCallers(call, powers.next(), position, after, failure, powers);
                            proof.operations.increment();
                        }
                    }
                }
            }
            assertThat(TableCheck.violations(scene.pool)).isEmpty();
            PoolCheck.requireNothingLeaked(scene.pool);
        }
        proof.write();
    }

    /** As if the library had gone on in the transaction instead of rolling it back, and charged one level alone. */
    @OnEachServer
    void shouldSeeAChargeThatMissedALevel(TestDatabase database) throws Exception {
        try (Scene scene = new Scene(database, builder -> builder)) {
            PowersOfTwo powers = new PowersOfTwo(FaultyCall.RESERVE, scene.client);
            PowersOfTwo.File file = powers.next();
            FaultyCall.RESERVE.run(scene.client, file, () -> {});
            TestDatabase.execute(
                    scene.pool,
                    "UPDATE quota_usage SET reserved_bytes = reserved_bytes + 1 WHERE account = '%s/team'"
                            .formatted(file.tenant()));
            assertThat(TableCheck.violations(scene.pool)).isNotEmpty();
        }
    }

    /** A database, and a client whose statements can be made to fail. */
    private static final class Scene implements AutoCloseable {

        final HikariDataSource pool;
        final StatementFaults faults = new StatementFaults();
        final FaultyClient client;

        Scene(TestDatabase database, UnaryOperator<JdbcUsageStore.Builder> settings) {
            pool = database.pool(10);
            TestDatabase.execute(pool, FaultyClient.FILES);
            client = FaultyClient.on(faults.around(pool), settings);
        }

        /** Counts the statements of a call that nothing happens to. */
        int watch(FaultyCall call, PowersOfTwo.File file, PowersOfTwo powers) throws SQLException {
            call.prepare(client, file);
            StatementFaults.Plan[] plan = new StatementFaults.Plan[1];
            call.run(client, file, () -> plan[0] = faults.watch());
            faults.disarm();
            assertThat(powers.violationsAfter(file)).isEmpty();
            return plan[0].executions().size();
        }

        List<String> fail(
                FaultyCall call,
                PowersOfTwo powers,
                int position,
                boolean after,
                StatementFaults.Failure failure,
                Proof proof)
                throws SQLException {
            List<String> violations = new ArrayList<>();
            PowersOfTwo.File file = powers.next();
            String what = "%s, %s %s statement %d".formatted(file, failure, after ? "after" : "before", position);
            call.prepare(client, file);
            StatementFaults.Plan[] plan = new StatementFaults.Plan[1];
            proof.operations.increment();
            try {
                call.run(client, file, () -> plan[0] = faults.failOnce(position, after, failure));
                proof.admitted.increment();
            } catch (QuotaBusyException e) {
                proof.busy.increment();
                if (failure.isRunAgain) {
                    violations.add(what + " came out as " + e);
                }
            } catch (UsageStoreException e) {
                proof.unknown.increment();
                if (failure.isRunAgain || !e.isRetryable()) {
                    violations.add(what + " came out as " + e);
                }
            } finally {
                faults.disarm();
            }
            List<String> next = plan[0].callsAfterFailure();
            if (plan[0].injected > 0 && (next.isEmpty() || !ENDS.contains(firstThatMatters(next)))) {
                violations.add(what + " was followed by " + next);
            }
            call.run(client, file, () -> {});
            powers.violationsAfter(file).forEach(violation -> violations.add(what + ": " + violation));
            return violations;
        }

        /** The failed statement is closed, and the connection's lock time-out put back as far as that goes. */
        private static String firstThatMatters(List<String> calls) {
            return calls.stream()
                    .filter(call -> call.equals("rollback") || call.equals("commit") || call.equals("executeUpdate"))
                    .findFirst()
                    .orElse("close");
        }

        /** Says whether there was a statement at the position. */
        boolean failInCallers(
                FaultyCall call,
                PowersOfTwo.File file,
                int position,
                boolean after,
                StatementFaults.Failure failure,
                PowersOfTwo powers)
                throws SQLException {
            call.prepare(client, file);
            StatementFaults.Plan plan;
            try (Connection connection = client.connections().getConnection()) {
                connection.setAutoCommit(false);
                plan = faults.failOnceHere(position, after, failure);
                Throwable thrown = catchThrowable(() -> endIn(connection, call, file));
                int executions = plan.executions().size();
                faults.disarm();
                if (plan.injected > 0) {
                    assertThat(thrown)
                            .isInstanceOfSatisfying(
                                    UsageStoreException.class,
                                    e -> assertThat(e.isRetryable())
                                            .as(e.toString())
                                            .isTrue());
                    assertThat(executions).as("nothing is tried again").isEqualTo(position + 1);
                    assertThat(plan.callsAfterFailure()).doesNotContain("rollback", "commit", "setAutoCommit");
                } else {
                    assertThat(thrown).isNull();
                }
                connection.rollback();
                endIn(connection, call, file);
                connection.commit();
            }
            assertThat(powers.violationsAfter(file)).isEmpty();
            return plan.injected > 0;
        }

        private void endIn(Connection connection, FaultyCall call, PowersOfTwo.File file) {
            if (call == FaultyCall.DELETE) {
                client.store().in(connection).delete(file.account(), file.name());
            } else {
                Reservation reservation = client.guard().resume(file.token);
                client.store().in(connection).commit(reservation);
            }
        }

        @Override
        public void close() {
            client.close();
            pool.close();
        }
    }
}
