package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CallerTransaction;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.Lifecycle;
import io.github.quotaguard.store.Replacement;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The transaction of a caller on the caller's connection: what ends in it is one inserted entry each. Nothing is ever
 * tried again here, nor committed or rolled back, and neither counters nor allocations are touched.
 */
final class JoinedTransaction implements CallerTransaction {

    private final Sql callers;
    private final OwnTransactions transactions;
    private final Reading reading;
    private final EntryWriter entries;
    private final Settler settler;

    JoinedTransaction(
            Connection connection,
            OwnTransactions transactions,
            Reading reading,
            EntryWriter entries,
            Settler settler) {
        this.callers = new Sql(connection);
        this.transactions = transactions;
        this.reading = reading;
        this.entries = entries;
        this.settler = settler;
    }

    @Override
    public CommitResult commit(Allocation reservation, long bytes) {
        CommitResult.requireBytes(bytes);
        try {
            return reservation.spec().replacement().scope() == Replacement.Scope.NONE
                    ? commitAlone(reservation, bytes)
                    : commitReplacing(reservation, bytes);
        } catch (SQLException e) {
            throw failed("commit of " + reservation.id(), e);
        }
    }

    private CommitResult commitAlone(Allocation reservation, long bytes) throws SQLException {
        if (reservation.state() == AllocationState.RESERVED && bytes > reservation.bytes()) {
            return new CommitResult.NotCovered(reservation);
        }
        return insert(reservation, bytes);
    }

    /** Deletes what is replaced first, since only then is it known whether its bytes count as credit. */
    private CommitResult commitReplacing(Allocation reservation, long bytes) throws SQLException {
        long credit = reading.replacedIn(callers, reservation).stream()
                .mapToLong(Allocation::bytes)
                .sum();
        credit += entries.endReplaced(callers, reservation, () -> own(sql -> reading.replacedBy(sql, reservation)));
        return reservation.state() == AllocationState.RESERVED && bytes - credit > reservation.bytes()
                ? new CommitResult.NotCovered(reservation)
                : insert(reservation, bytes);
    }

    private CommitResult insert(Allocation reservation, long bytes) throws SQLException {
        if (entries.endReservation(callers, reservation, EntryKind.COMMIT, bytes)) {
            return new CommitResult.Committed(committed(reservation, bytes));
        }
        Optional<Allocation> life = own(sql -> reading.find(sql, reservation.id(), reservation.generation()));
        if (life.isPresent() && life.get().state() == AllocationState.RESERVED) {
            life = reading.find(callers, reservation.id(), reservation.generation());
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

    DeleteResult delete(DeleteCommand command) {
        try {
            DeleteResult result = entries.endFiles(callers, command, reading);
            if (result.deleted().isEmpty() && isStoredUnseen(command)) {
                throw new UsageStoreException(
                        "file %s was stored after this transaction's snapshot; run the transaction again"
                                .formatted(command.file()),
                        true,
                        null);
            }
            return result;
        } catch (SQLException e) {
            throw failed("delete of " + command.file(), e);
        }
    }

    /** A file that was stored after the caller's snapshot must not look as if it were not there. */
    private boolean isStoredUnseen(DeleteCommand command) throws SQLException {
        List<Allocation> live =
                own(sql -> reading.liveVersions(sql, command.account().tenant(), command.file()));
        for (Allocation version : live) {
            if (command.selects(version) && version.state() == AllocationState.COMMITTED && !isDeletedHere(version)) {
                return true;
            }
        }
        return false;
    }

    private boolean isDeletedHere(Allocation version) throws SQLException {
        return reading.find(callers, version.id(), version.generation())
                .filter(life -> life.state() == AllocationState.DELETED)
                .isPresent();
    }

    @Override
    public void closed(Allocation reservation) {
        settler.attend(reservation);
    }

    private <T> T own(OwnTransactions.Work<T> work) {
        return transactions.snapshot("look at what others did", work);
    }

    private static UsageStoreException failed(String what, SQLException e) {
        UsageStoreException failure = SqlFailures.translate(what, e);
        return new UsageStoreException(
                failure.getMessage() + "; the caller's transaction has to be rolled back", failure.isRetryable(), e);
    }
}
