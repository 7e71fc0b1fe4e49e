package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.FileVersion;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Ends reservations that are overdue: one entry per transaction and without waiting, since several would deadlock with
 * callers that end the same lives in another order. The lock on the allocation's row keeps a renewal away meanwhile.
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
     */
    record Outcome(int expired, Set<Long> inFlight) {}

    private record Life(FileVersion id, long generation) {}

    Outcome expireDue(String tenant, int limit) {
        List<Life> due = transactions.statement(
                "search for overdue reservations",
                sql -> sql.query(
                        statements.dueLives, row -> new Life(Rows.id(row), row.getLong("generation")), tenant, limit));
        int expired = 0;
        Set<Long> inFlight = new HashSet<>();
        for (Life life : due) {
            boolean ended = transactions.withoutWaiting("expiry of " + life.id(), sql -> expire(sql, life), false);
            if (ended) {
                expired++;
            } else {
                inFlight.add(life.generation());
            }
        }
        return new Outcome(expired, inFlight);
    }

    private boolean expire(Sql sql, Life life) throws SQLException {
        FileVersion id = life.id();
        Optional<Allocation> due = sql.first(
                statements.lockDueLife, Rows::allocation, id.tenant(), id.file(), id.version(), life.generation());
        return due.isPresent() && entries.endReservation(sql, due.get(), EntryKind.EXPIRE, 0);
    }
}
