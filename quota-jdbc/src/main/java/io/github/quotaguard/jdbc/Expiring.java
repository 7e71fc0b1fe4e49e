package io.github.quotaguard.jdbc;

import io.github.quotaguard.jdbc.OwnTransactions.Rollback;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.FileVersion;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Ends reservations that are overdue: one entry per transaction, since several would deadlock with callers that end the
 * same lives in another order. It waits for the allocation's row, which only short transactions of the library's lock,
 * and whose lock keeps a renewal away, and for the ledger as a whole, which may be locked to be altered; it does not wait
 * for the entry, which a caller may be about to commit.
 */
final class Expiring {

    private final OwnTransactions transactions;
    private final Statements statements;
    private final EntryWriter entries;

    Expiring(OwnTransactions transactions, Statements statements, EntryWriter entries) {
        this.transactions = transactions;
        this.statements = statements;
        this.entries = entries;
    }

    /**
     * What became of the overdue reservations of a tenant.
     *
     * @param expired how many were ended
     * @param inFlight the lives that somebody else is about to end, which count as held
     * @param isComplete whether all were looked at; not if a lock was not free in time
     */
    record Outcome(int expired, Set<Long> inFlight, boolean isComplete) {}

    private record Life(FileVersion id, long generation) {}

    private enum Expiry {
        EXPIRED,
        /** A transaction that is under way ends it. */
        IN_FLIGHT,
        /** It was renewed or ended meanwhile. */
        NOT_DUE,
        /** Its row, or the ledger as a whole, was not free in time. */
        LOCKED
    }

    /** Looks at so many at once; and at those behind them, if somebody else is about to end every one of them. */
    Outcome expireDue(String tenant, int limit) {
        int expired = 0;
        Set<Long> inFlight = new HashSet<>();
        boolean isStuck = true;
        while (isStuck) {
            int before = inFlight.size();
            List<Life> due = due(tenant, limit, before);
            for (Life life : due) {
                switch (transactions.inTransaction("expiry of " + life.id(), sql -> expire(sql, life), Expiry.LOCKED)) {
                    case EXPIRED -> expired++;
                    case IN_FLIGHT -> inFlight.add(life.generation());
                    case NOT_DUE -> {}
                    case LOCKED -> {
                        return new Outcome(expired, inFlight, false);
                    }
                }
            }
            isStuck = expired == 0 && due.size() == limit && inFlight.size() > before;
        }
        return new Outcome(expired, inFlight, true);
    }

    private List<Life> due(String tenant, int limit, int offset) {
        return transactions.statement(
                "search for overdue reservations",
                sql -> sql.query(
                        statements.dueLives,
                        row -> new Life(Rows.id(row), row.number("generation")),
                        tenant,
                        limit,
                        offset));
    }

    private Expiry expire(Sql sql, Life life) throws SQLException {
        FileVersion id = life.id();
        Optional<Allocation> due = sql.first(
                statements.lockDueLife, Rows::allocation, id.tenant(), id.file(), id.version(), life.generation());
        if (due.isEmpty()) {
            return Expiry.NOT_DUE;
        }
        sql.update(statements.touchLedger);
        transactions.stopWaiting(sql);
        try {
            return entries.endReservation(sql, due.get(), EntryKind.EXPIRE, 0) ? Expiry.EXPIRED : Expiry.NOT_DUE;
        } catch (SQLException e) {
            if (SqlFailures.isLockTimeout(e)) {
                throw new Rollback(Expiry.IN_FLIGHT);
            }
            throw e;
        }
    }
}
