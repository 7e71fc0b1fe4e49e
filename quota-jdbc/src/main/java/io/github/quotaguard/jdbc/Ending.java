package io.github.quotaguard.jdbc;

import io.github.quotaguard.jdbc.OwnTransactions.Rollback;
import io.github.quotaguard.jdbc.OwnTransactions.Work;
import io.github.quotaguard.jdbc.Settlement.OpenEntry;
import io.github.quotaguard.jdbc.Settling.Batch;
import io.github.quotaguard.jdbc.Settling.Root;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.Lifecycle;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Ends reservations and files in transactions of the library's own: the entry first, which may wait for a caller that
 * is ending the same life, and only then the root's lock and the settlement.
 */
final class Ending {

    private static final int ATTEMPTS = 10;
    private static final int BATCHES_AT_ONCE = 5;

    private final OwnTransactions transactions;
    private final Reading reading;
    private final EntryWriter entries;
    private final Settling settling;

    Ending(OwnTransactions transactions, Reading reading, EntryWriter entries, Settling settling) {
        this.transactions = transactions;
        this.reading = reading;
        this.entries = entries;
        this.settling = settling;
    }

    CommitResult commit(Allocation reservation, long bytes) {
        CommitResult.requireBytes(bytes);
        return untilDecided("commit of " + reservation.id(), sql -> commit(sql, reservation, bytes));
    }

    private Optional<CommitResult> commit(Sql sql, Allocation reservation, long bytes) throws SQLException {
        Optional<Allocation> found = reading.find(sql, reservation.id(), reservation.generation());
        Optional<CommitResult> answer = Lifecycle.answerToCommit(found, bytes);
        if (answer.isPresent()) {
            return answer;
        }
        Allocation life = found.orElseThrow();
        long credit = entries.endReplaced(sql, life, () -> reading.replacedBy(sql, life));
        if (bytes - credit > life.bytes()) {
            throw new Rollback(Optional.of(new CommitResult.NotCovered(life, bytes - credit)));
        }
        if (!entries.endReservation(sql, life, EntryKind.COMMIT, bytes)) {
            throw new Rollback(Optional.empty());
        }
        List<OpenEntry> settled = settle(sql, settling.lockRoot(sql, life.id().tenant()));
        return endOf(sql, life, settled).map(CommitResult.Committed::new);
    }

    ReleaseResult release(Allocation reservation) {
        return untilDecided("release of " + reservation.id(), sql -> release(sql, reservation));
    }

    private Optional<ReleaseResult> release(Sql sql, Allocation reservation) throws SQLException {
        Optional<Allocation> found = reading.find(sql, reservation.id(), reservation.generation());
        Optional<ReleaseResult> answer = Lifecycle.answerToRelease(found);
        if (answer.isPresent()) {
            return answer;
        }
        if (!entries.endReservation(sql, found.orElseThrow(), EntryKind.RELEASE, 0)) {
            return Optional.empty();
        }
        settle(sql, settling.lockRoot(sql, reservation.id().tenant()));
        return Optional.of(ReleaseResult.RELEASED);
    }

    /** Releases a life unless a later attempt has it, or a transaction that is under way is about to end it. */
    ReleaseResult abandon(Allocation reservation) {
        return transactions.withoutWaiting(
                "release of " + reservation.id(), sql -> abandon(sql, reservation), ReleaseResult.NO_EFFECT);
    }

    private ReleaseResult abandon(Sql sql, Allocation reservation) throws SQLException {
        Optional<Allocation> found = reading.find(sql, reservation.id(), reservation.generation());
        Optional<ReleaseResult> answer = Lifecycle.answerToRelease(found);
        if (answer.isPresent()) {
            return answer.get();
        }
        if (found.orElseThrow().attempt() != reservation.attempt()
                || !entries.endReservation(sql, found.get(), EntryKind.RELEASE, 0)) {
            return ReleaseResult.NO_EFFECT;
        }
        transactions.waitForLocks(sql);
        Optional<Root> root = lockRootInTime(sql, reservation);
        int attempt =
                reading.find(sql, reservation.id()).map(Allocation::attempt).orElse(0);
        if (attempt != reservation.attempt()) {
            throw new Rollback(ReleaseResult.NO_EFFECT);
        }
        settle(sql, root);
        return ReleaseResult.RELEASED;
    }

    /** That the tenant is locked is a failure here, and not the end of the reservation by somebody else. */
    private Optional<Root> lockRootInTime(Sql sql, Allocation reservation) throws SQLException {
        try {
            return settling.lockRoot(sql, reservation.id().tenant());
        } catch (SQLException e) {
            if (SqlFailures.isLockTimeout(e)) {
                throw SqlFailures.translate("release of " + reservation.id(), e);
            }
            throw e;
        }
    }

    DeleteResult delete(DeleteCommand command) {
        String tenant = command.account().tenant();
        return transactions.inTransaction("delete of " + command.file(), sql -> {
            DeleteResult result =
                    entries.endSelected(sql, command, () -> reading.liveVersions(sql, tenant, command.file()));
            if (result.deleted().isEmpty()) {
                return result;
            }
            List<OpenEntry> settled = settle(sql, settling.lockRoot(sql, tenant));
            List<Allocation> deleted = new ArrayList<>();
            for (Allocation life : result.deleted()) {
                endOf(sql, life, settled).ifPresent(deleted::add);
            }
            return new DeleteResult(deleted, result.reserved());
        });
    }

    private List<OpenEntry> settle(Sql sql, Optional<Root> root) throws SQLException {
        List<OpenEntry> settled = new ArrayList<>();
        boolean more = root.isPresent();
        for (int batch = 0; more && batch < BATCHES_AT_ONCE; batch++) {
            Batch done = settling.settle(sql, root.orElseThrow());
            settled.addAll(done.entries());
            more = done.hasMore();
        }
        return settled;
    }

    /** Returns a life as its last end left it, which has just been settled or, behind many others, is still to be. */
    private Optional<Allocation> endOf(Sql sql, Allocation life, List<OpenEntry> settled) throws SQLException {
        for (int last = settled.size() - 1; last >= 0; last--) {
            Optional<Allocation> ended = settled.get(last).endOf(life);
            if (ended.isPresent()) {
                return ended;
            }
        }
        return reading.endOf(sql, life);
    }

    /** Runs work again while another end wins between its look and its entry; who won is known next time. */
    private <T> T untilDecided(String what, Work<Optional<T>> work) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<T> decided = transactions.inTransaction(what, work);
            if (decided.isPresent()) {
                return decided.get();
            }
        }
        throw new UsageStoreException(what + " kept losing to others, nothing was done; try again", true, null);
    }
}
