package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.SweepResult;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What has to be done now and then, by any node. */
final class Maintenance {

    private static final int TENANTS = 100;
    private static final int FORGOTTEN_AT_ONCE = 500;

    private final OwnTransactions transactions;
    private final Statements statements;
    private final Reading reading;
    private final Settling settling;
    private final Ending ending;
    private final Arrears arrears;

    Maintenance(
            OwnTransactions transactions,
            Statements statements,
            Reading reading,
            Settling settling,
            Ending ending,
            Arrears arrears) {
        this.transactions = transactions;
        this.statements = statements;
        this.reading = reading;
        this.settling = settling;
        this.ending = ending;
        this.arrears = arrears;
    }

    SweepResult sweep() {
        List<String> tenants = transactions.statement(
                "search for tenants to sweep",
                sql -> sql.query(statements.tenantsWithWork, row -> row.getString("tenant"), TENANTS));
        SweepResult result = new SweepResult(0, 0, 0);
        for (String tenant : tenants) {
            result = result.plus(arrears.work(tenant, new HashSet<>())).plus(new SweepResult(0, 0, forget(tenant)));
        }
        return result;
    }

    /** Forgets lives that ended long ago, under the root's lock like everything that changes allocations. */
    private int forget(String tenant) {
        return transactions.inTransaction("forgetting of ended lives of " + tenant, sql -> forget(sql, tenant));
    }

    private int forget(Sql sql, String tenant) throws SQLException {
        if (settling.lockRoot(sql, tenant).isEmpty()) {
            return 0;
        }
        List<@Nullable Object[]> ids = sql.query(
                statements.forgettable,
                row -> new @Nullable Object[] {tenant, row.getString("file"), row.getString("version")},
                tenant,
                FORGOTTEN_AT_ONCE);
        sql.updateEach(statements.forget, ids);
        return ids.size();
    }

    /**
     * Settles a life that has ended, or releases one that no transaction is about to end.
     *
     * @return false if its end is still under way
     */
    boolean settleOrRelease(Allocation reservation) {
        Optional<Allocation> life = transactions.snapshot(
                "look at " + reservation.id(), sql -> reading.find(sql, reservation.id(), reservation.generation()));
        if (life.isPresent() && life.get().state() == AllocationState.RESERVED) {
            return switch (ending.abandon(life.get())) {
                case RELEASED -> true;
                case NO_EFFECT, COMMITTED -> false;
            };
        }
        arrears.settle(reservation.id().tenant());
        return true;
    }
}
