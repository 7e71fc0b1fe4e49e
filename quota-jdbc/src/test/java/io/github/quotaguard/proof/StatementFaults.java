package io.github.quotaguard.proof;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.listener.MethodExecutionContext;
import net.ttddyy.dsproxy.listener.MethodExecutionListener;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;

/**
 * Throws what a database throws at a transaction that it gives up, before or after a certain statement of a thread; and
 * counts the deadlocks that the database itself reports.
 */
final class StatementFaults implements MethodExecutionListener {

    final LongAdder deadlocks = new LongAdder();
    private static final ThreadLocal<Plan> PLAN = new ThreadLocal<>();
    private static final ThreadLocal<String> CONNECTION = new ThreadLocal<>();

    /**
     * What databases say, as their drivers do. After MariaDB's time-out the transaction is still open, after its changed
     * record it is undone without a word.
     */
    enum Failure {
        SERIALIZATION(true) {
            @Override
            SQLException exception() {
                return new SQLTransactionRollbackException("injected: could not serialize access", "40001", 40001);
            }
        },
        DEADLOCK(true) {
            @Override
            SQLException exception() {
                return new SQLException("injected: deadlock detected", "40P01", 0);
            }
        },
        MARIADB_DEADLOCK(true) {
            @Override
            SQLException exception() {
                return new SQLTransactionRollbackException("injected: Deadlock found", "40001", 1213);
            }
        },
        MARIADB_LOCK_TIMEOUT(false) {
            @Override
            SQLException exception() {
                return new SQLTransientException("injected: Lock wait timeout exceeded", "HY000", 1205);
            }
        },
        MARIADB_RECORD_CHANGED(true) {
            @Override
            SQLException exception() {
                return new SQLTransientException("injected: Record has changed since last read", "HY000", 1020);
            }
        };

        /** Whether the library runs its own transaction again; for a lock, it has waited long enough. */
        final boolean isRunAgain;

        Failure(boolean isRunAgain) {
            this.isRunAgain = isRunAgain;
        }

        abstract SQLException exception();
    }

    /** What is to happen to a thread's statements, counted from 0, a COMMIT among them; and what was seen of them. */
    static final class Plan {

        private final int position;
        private final boolean after;
        private final Failure failure;
        private final boolean everyCommit;
        private final String onlyConnection;
        private final List<String> executions = new ArrayList<>();
        private String failedConnection;
        int injected;

        /** What the connection was made to do next after the failure; a rollback, or its end. */
        private final List<String> next = new ArrayList<>();

        private Plan(int position, boolean after, Failure failure, boolean everyCommit, String onlyConnection) {
            this.position = position;
            this.after = after;
            this.failure = failure;
            this.everyCommit = everyCommit;
            this.onlyConnection = onlyConnection;
        }

        List<String> executions() {
            return executions;
        }

        List<String> callsAfterFailure() {
            return next;
        }

        private boolean isHit(int number, boolean isAfter) {
            return failure != null
                    && isAfter == after
                    && (everyCommit ? executions.get(number).equals("commit") : number == position);
        }
    }

    DataSource around(DataSource dataSource) {
        return ProxyDataSourceBuilder.create(dataSource).methodListener(this).build();
    }

    /** Counts this thread's statements, and lets all be well. */
    Plan watch() {
        return use(new Plan(-1, false, null, false, null));
    }

    Plan failOnce(int position, boolean after, Failure failure) {
        return use(new Plan(position, after, failure, false, null));
    }

    /** As {@link #failOnce}, but counts only on the connection that this thread has used last. */
    Plan failOnceHere(int position, boolean after, Failure failure) {
        return use(new Plan(position, after, failure, false, CONNECTION.get()));
    }

    Plan failEveryCommit(Failure failure) {
        return use(new Plan(-1, false, failure, true, null));
    }

    private Plan use(Plan chosen) {
        PLAN.set(chosen);
        return chosen;
    }

    void disarm() {
        PLAN.remove();
    }

    @Override
    public void beforeMethod(MethodExecutionContext context) {
        if (context.getTarget() instanceof DataSource) {
            return;
        }
        String id = context.getConnectionInfo().getConnectionId();
        CONNECTION.set(id);
        Plan current = PLAN.get();
        if (current == null || (current.onlyConnection != null && !current.onlyConnection.equals(id))) {
            return;
        }
        String method = context.getMethod().getName();
        if (id.equals(current.failedConnection)) {
            current.next.add(method);
        }
        if (isExecution(context)) {
            current.executions.add(method);
            if (current.isHit(current.executions.size() - 1, false)) {
                fail(current, id);
            }
        }
    }

    @Override
    public void afterMethod(MethodExecutionContext context) {
        if (context.getThrown() instanceof SQLException e && isDeadlock(e)) {
            deadlocks.increment();
        }
        Plan current = PLAN.get();
        if (current == null || context.getThrown() != null || !isExecution(context)) {
            return;
        }
        String id = context.getConnectionInfo().getConnectionId();
        if (current.onlyConnection != null && !current.onlyConnection.equals(id)) {
            return;
        }
        // A database that has committed does not say that it has rolled back.
        boolean isCommit = context.getMethod().getName().equals("commit");
        if (!isCommit && current.isHit(current.executions.size() - 1, true)) {
            fail(current, id);
        }
    }

    private static boolean isExecution(MethodExecutionContext context) {
        String method = context.getMethod().getName();
        return (context.getTarget() instanceof Statement && method.startsWith("execute"))
                || (context.getTarget() instanceof Connection && method.equals("commit"));
    }

    private static boolean isDeadlock(SQLException e) {
        return "40P01".equals(e.getSQLState()) || "40001".equals(e.getSQLState());
    }

    private static void fail(Plan plan, String connection) {
        plan.injected++;
        plan.failedConnection = connection;
        sneak(plan.failure.exception());
    }

    /** The listener's methods declare nothing, those that it is called for declare SQLException. */
    @SuppressWarnings("unchecked")
    private static <E extends Exception> void sneak(Exception e) throws E {
        throw (E) e;
    }
}
