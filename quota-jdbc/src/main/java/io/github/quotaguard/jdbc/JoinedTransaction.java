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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    JoinedTransaction(Sql callers, OwnTransactions transactions, Reading reading, EntryWriter entries) {
        this.callers = callers;
        this.transactions = transactions;
        this.reading = reading;
        this.entries = entries;
    }

    /** The entry of a file that was stored before may be rolled up by now, and no longer keep another one out. */
    CommitResult commit(Allocation reservation, long bytes) throws SQLException {
        if (reservation.state() == AllocationState.COMMITTED) {
            Optional<CommitResult> answer = Lifecycle.answerToCommit(life(reservation), bytes);
            if (answer.isPresent()) {
                return answer.get();
            }
        }
        return reservation.spec().replacement().scope() == Replacement.Scope.NONE
                ? insert(reservation, bytes, 0)
                : replace(reservation, bytes);
    }

    /**
     * Deletes what is replaced first, since only then is it known whether its bytes count as credit; but nothing for a
     * life that has ended, whose commit replaced what stood then, and not what stands now.
     */
    private CommitResult replace(Allocation reservation, long bytes) throws SQLException {
        requireCommittedReads();
        Optional<CommitResult> answer = Lifecycle.answerToCommit(life(reservation), bytes);
        if (answer.isPresent()) {
            return answer.get();
        }
        long replaced = reading.replacedBytes(callers, reservation);
        long possible = replaced
                + replacedBy(reservation).stream().mapToLong(Allocation::bytes).sum();
        if (bytes - possible > reservation.bytes()) {
            return new CommitResult.NotCovered(reservation, bytes - possible);
        }
        long credit = replaced + entries.endReplaced(callers, reservation, () -> replacedBy(reservation));
        return insert(reservation, bytes, credit);
    }

    /** Returns the life as everybody sees it, or as this transaction has itself ended it. */
    private Optional<Allocation> life(Allocation reservation) throws SQLException {
        Optional<Allocation> life = own(sql -> reading.find(sql, reservation.id(), reservation.generation()));
        return life.isPresent() && life.get().state() == AllocationState.RESERVED
                ? reading.endOf(callers, reservation).or(() -> life)
                : life;
    }

    /** Returns what everybody can see stored, and what this transaction has itself stored. */
    private List<Allocation> replacedBy(Allocation reservation) throws SQLException {
        FileVersion id = reservation.id();
        Map<Long, Allocation> versions = new LinkedHashMap<>();
        own(sql -> reading.versions(sql, id.tenant(), id.file()))
                .forEach(version -> versions.put(version.generation(), version));
        reading.callersVersions(callers, id.tenant(), id.file())
                .forEach(version -> versions.put(version.generation(), version));
        return Reading.replacedBy(reservation, List.copyOf(versions.values()));
    }

    private CommitResult insert(Allocation reservation, long bytes, long credit) throws SQLException {
        if (reservation.state() == AllocationState.RESERVED && bytes - credit > reservation.bytes()) {
            return new CommitResult.NotCovered(reservation, bytes - credit);
        }
        if (entries.endReservation(callers, reservation, EntryKind.COMMIT, bytes)) {
            return new CommitResult.Committed(committed(reservation, bytes));
        }
        return Lifecycle.answerToCommit(life(reservation), bytes)
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
        int isolation = requireCommittedReads();
        DeleteResult result =
                entries.endSelected(callers, command, () -> reading.callersVersions(callers, tenant, command.file()));
        if (result.deleted().isEmpty() || isolation > Connection.TRANSACTION_READ_COMMITTED) {
            requireNothingUnseen(command);
        }
        return new DeleteResult(reading.endsOf(callers, result.deleted()), result.reserved());
    }

    /**
     * Returns the isolation level. At READ UNCOMMITTED a file would be deleted whose commit may yet be rolled back.
     *
     * @throws UsageStoreException if it is that one
     */
    private int requireCommittedReads() throws SQLException {
        int isolation = callers.connection().getTransactionIsolation();
        if (isolation == Connection.TRANSACTION_READ_UNCOMMITTED) {
            throw new UsageStoreException(
                    "files are not deleted or replaced at READ UNCOMMITTED; use READ COMMITTED or a higher level",
                    false,
                    null);
        }
        return isolation;
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
