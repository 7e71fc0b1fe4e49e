package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Lifecycle;
import io.github.quotaguard.store.Replacement;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The transaction of a caller on one of its connections: what ends in it is one inserted entry each. Nothing is ever
 * tried again here, nor committed or rolled back, and neither counters nor allocations are touched.
 */
final class JoinedTransaction {

    private final Sql callers;
    private final OwnTransactions transactions;
    private final Reading reading;
    private final EntryWriter entries;

    JoinedTransaction(Connection connection, OwnTransactions transactions, Reading reading, EntryWriter entries) {
        this.callers = new Sql(connection);
        this.transactions = transactions;
        this.reading = reading;
        this.entries = entries;
    }

    /** Deletes what is replaced first, since only then is it known whether its bytes count as credit. */
    CommitResult commit(Allocation reservation, long bytes) throws SQLException {
        long credit = reservation.spec().replacement().scope() == Replacement.Scope.NONE
                ? 0
                : reading.replacedBytes(callers, reservation)
                        + entries.endReplaced(callers, reservation, () -> replacedBy(reservation));
        if (reservation.state() == AllocationState.RESERVED && bytes - credit > reservation.bytes()) {
            return new CommitResult.NotCovered(reservation);
        }
        return insert(reservation, bytes);
    }

    /** Returns what everybody can see stored, and what this transaction has itself stored. */
    private List<Allocation> replacedBy(Allocation reservation) throws SQLException {
        FileVersion id = reservation.id();
        List<Allocation> versions = new ArrayList<>(own(sql -> reading.versions(sql, id.tenant(), id.file())));
        versions.addAll(reading.callersVersions(callers, id.tenant(), id.file()));
        return Reading.replacedBy(reservation, versions);
    }

    private CommitResult insert(Allocation reservation, long bytes) throws SQLException {
        if (entries.endReservation(callers, reservation, EntryKind.COMMIT, bytes)) {
            return new CommitResult.Committed(committed(reservation, bytes));
        }
        Optional<Allocation> life = own(sql -> reading.find(sql, reservation.id(), reservation.generation()));
        if (life.isPresent() && life.get().state() == AllocationState.RESERVED) {
            life = reading.endOf(callers, reservation);
        }
        return Lifecycle.answerToCommit(life, bytes)
                .orElseThrow(() -> new UsageStoreException(
                        "another transaction has ended %s, which this one can not see; run it again"
                                .formatted(reservation.id()),
                        true,
                        null));
    }

    private static Allocation committed(Allocation reservation, long bytes) {
        return new Allocation(
                reservation.spec(),
                AllocationState.COMMITTED,
                reservation.generation(),
                reservation.attempt(),
                bytes,
                reservation.bornAt(),
                reservation.deadline(),
                reservation.since());
    }

    DeleteResult delete(DeleteCommand command) throws SQLException {
        String tenant = command.account().tenant();
        DeleteResult result =
                entries.endSelected(callers, command, () -> reading.callersVersions(callers, tenant, command.file()));
        if (result.deleted().isEmpty() || hasOldSnapshot()) {
            requireNothingUnseen(command);
        }
        return new DeleteResult(reading.endsOf(callers, result.deleted()), result.reserved());
    }

    /** Says whether a statement may see less than was committed before it began. */
    private boolean hasOldSnapshot() throws SQLException {
        return callers.connection().getTransactionIsolation() > Connection.TRANSACTION_READ_COMMITTED;
    }

    /**
     * A file that was stored after the caller's snapshot must not look as if it were not there: the caller's own delete of
     * the file's row has missed it too.
     */
    private void requireNothingUnseen(DeleteCommand command) throws SQLException {
        String tenant = command.account().tenant();
        List<Allocation> stored = EntryWriter.selected(
                own(sql -> reading.liveVersions(sql, tenant, command.file())), command, AllocationState.COMMITTED);
        for (Allocation version : stored) {
            Optional<Allocation> end = reading.endOf(callers, version);
            if (end.isEmpty() || end.get().state() != AllocationState.DELETED) {
                throw new UsageStoreException(
                        "file %s was stored after this transaction's snapshot; run the transaction again"
                                .formatted(command.file()),
                        true,
                        null);
            }
        }
    }

    private <T> T own(OwnTransactions.Work<T> work) {
        return transactions.snapshot("look at what others did", work);
    }
}
