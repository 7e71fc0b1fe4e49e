package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.SweepResult;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has to be done now and then, by any node. */
final class Maintenance {

    private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);
    private static final int TENANTS = 100;
    private static final int FORGOTTEN_AT_ONCE = 500;
    private static final int HELD_AT_ONCE = 256;

    private final OwnTransactions transactions;
    private final Statements statements;
    private final Dialect dialect;
    private final Settling settling;
    private final Ending ending;
    private final Arrears arrears;

    /** Where the next sweep goes on, so that no tenant waits for ever behind others that can not be helped. */
    private volatile String lastSwept = "";

    Maintenance(
            OwnTransactions transactions,
            Statements statements,
            Dialect dialect,
            Settling settling,
            Ending ending,
            Arrears arrears) {
        this.transactions = transactions;
        this.statements = statements;
        this.dialect = dialect;
        this.settling = settling;
        this.ending = ending;
        this.arrears = arrears;
    }

    /**
     * Sweeps the tenants that have work, page by page, until something was done; and goes on there the next time.
     * Goes round at most once, and stops when it is interrupted.
     */
    SweepResult sweep() {
        SweepResult result = new SweepResult(0, 0, 0);
        String after = lastSwept;
        int ends = after.isEmpty() ? 1 : 0;
        while (result.isIdle() && ends < 2) {
            List<String> tenants = tenantsWithWork(after);
            for (String tenant : tenants) {
                if (Thread.currentThread().isInterrupted()) {
                    return result;
                }
                result = result.plus(sweep(tenant));
            }
            boolean isFull = tenants.size() == TENANTS;
            after = isFull ? tenants.get(TENANTS - 1) : "";
            lastSwept = after;
            ends += isFull ? 0 : 1;
        }
        return result;
    }

    private List<String> tenantsWithWork(String after) {
        return transactions.statement(
                "search for tenants to sweep",
                sql -> sql.query(statements.tenantsWithWork, row -> row.text("tenant"), after, TENANTS));
    }

    /** One tenant that can not be swept now, as when its root is locked, keeps nobody from sweeping the others. */
    private SweepResult sweep(String tenant) {
        try {
            return arrears.sweep(tenant).plus(new SweepResult(0, 0, forget(tenant)));
        } catch (UsageStoreException e) {
            LOG.warn("Tenant {} could not be swept, the next sweep will make up for it: {}", tenant, e.getMessage());
            return new SweepResult(0, 0, 0);
        }
    }

    /** Forgets lives that ended long ago, under the root's lock like everything that changes allocations. */
    private int forget(String tenant) {
        List<@Nullable Object[]> ids = transactions.statement(
                "search for ended lives",
                sql -> sql.query(
                        statements.forgettable,
                        row -> new @Nullable Object[] {tenant, row.text("file"), row.text("version")},
                        tenant,
                        FORGOTTEN_AT_ONCE));
        if (ids.isEmpty()) {
            return 0;
        }
        return transactions.inTransaction("forgetting of ended lives of " + tenant, sql -> forget(sql, tenant, ids), 0);
    }

    private int forget(Sql sql, String tenant, List<@Nullable Object[]> ids) throws SQLException {
        int forgotten = 0;
        if (settling.lockRoot(sql, tenant).isPresent()) {
            dialect.stopWaitingForCallers(sql);
            for (@Nullable Object[] id : ids) {
                forgotten += sql.update(statements.forget, id);
            }
        }
        return forgotten;
    }

    /** Settles what can be settled of a tenant. */
    void settle(String tenant) {
        arrears.settle(tenant);
    }

    /** Returns those of a tenant's reservations that are held still: that nobody has ended or, by a retry, taken over. */
    Set<Allocation> held(String tenant, List<Allocation> reservations) {
        Set<Allocation> held = new HashSet<>();
        for (int from = 0; from < reservations.size(); from += HELD_AT_ONCE) {
            List<Allocation> some = reservations.subList(from, Math.min(reservations.size(), from + HELD_AT_ONCE));
            @Nullable
            Object[] files = Statements.tenantAndFiles(
                    tenant, some.stream().map(life -> life.id().file()).toList());
            Set<Attempt> attempts = Set.copyOf(transactions.statement(
                    "look at reservations of " + tenant,
                    sql -> sql.query(
                            statements.heldOf(files.length - 1),
                            row -> new Attempt(
                                    row.text("file"),
                                    row.text("version"),
                                    row.number("generation"),
                                    row.smallNumber("attempt")),
                            files)));
            some.stream().filter(life -> attempts.contains(Attempt.of(life))).forEach(held::add);
        }
        return held;
    }

    /** What tells the handles on one tenant's lives apart. */
    private record Attempt(String file, String version, long generation, int attempt) {

        static Attempt of(Allocation life) {
            return new Attempt(life.id().file(), life.id().version(), life.generation(), life.attempt());
        }
    }

    /**
     * Releases a reservation that no transaction is about to end.
     *
     * @return false if its end is still under way, or a retry has taken it over
     */
    boolean release(Allocation reservation) {
        return ending.abandon(reservation) != ReleaseResult.NO_EFFECT;
    }
}
