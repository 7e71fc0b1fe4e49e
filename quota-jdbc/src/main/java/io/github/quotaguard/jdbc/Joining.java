package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.CallerTransaction;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Finds the transaction in which a commit or delete belongs: that of a connection the caller hands over, that which the
 * calling thread is in, or one of the library's own.
 */
final class Joining {

    private final CallerTransactions callers;
    private final Dialect dialect;
    private final OwnTransactions transactions;
    private final Reading reading;
    private final EntryWriter entries;
    private final Ending ending;
    private final Settler settler;

    Joining(
            CallerTransactions callers,
            Dialect dialect,
            OwnTransactions transactions,
            Reading reading,
            EntryWriter entries,
            Ending ending,
            Settler settler) {
        this.callers = callers;
        this.dialect = dialect;
        this.transactions = transactions;
        this.reading = reading;
        this.entries = entries;
        this.ending = ending;
        this.settler = settler;
    }

    CommitResult commit(Allocation reservation, long bytes) {
        CommitResult.requireBytes(bytes);
        if (!callers.isActive()) {
            return ending.commit(reservation, bytes);
        }
        CommitResult result;
        try (Connection connection = callers.join()) {
            result = joined(connection).commit(reservation, bytes);
        } catch (SQLException e) {
            throw failed("commit of " + reservation.id(), e);
        }
        if (result instanceof CommitResult.Committed) {
            callers.whenEnded(() -> settler.attend(reservation));
        }
        return result;
    }

    DeleteResult delete(DeleteCommand command) {
        if (!callers.isActive()) {
            return ending.delete(command);
        }
        DeleteResult result;
        try (Connection connection = callers.join()) {
            result = joined(connection).delete(command);
        } catch (SQLException e) {
            throw failed("delete of " + command.file(), e);
        }
        if (!result.deleted().isEmpty()) {
            callers.whenEnded(() -> settler.settleSoon(command.account().tenant()));
        }
        return result;
    }

    private JoinedTransaction joined(Connection connection) {
        Sql callers = new Sql(connection, dialect);
        dialect.boundCallers(callers, transactions.lockTimeoutMillis());
        return new JoinedTransaction(callers, transactions, reading, entries);
    }

    /** The transaction on a connection that the caller hands over; with auto-commit on, each call has one of its own. */
    final class HandedOver implements CallerTransaction {

        private final Connection connection;

        HandedOver(Connection connection) {
            this.connection = connection;
        }

        @Override
        public CommitResult commit(Allocation reservation, long bytes) {
            CommitResult.requireBytes(bytes);
            try {
                return connection.getAutoCommit()
                        ? ending.commit(reservation, bytes)
                        : joined(connection).commit(reservation, bytes);
            } catch (SQLException e) {
                throw failed("commit of " + reservation.id(), e);
            }
        }

        DeleteResult delete(DeleteCommand command) {
            try {
                return connection.getAutoCommit()
                        ? ending.delete(command)
                        : joined(connection).delete(command);
            } catch (SQLException e) {
                throw failed("delete of " + command.file(), e);
            }
        }

        @Override
        public void closed(Allocation reservation) {
            settler.attend(reservation);
        }
    }

    private static UsageStoreException failed(String what, SQLException e) {
        UsageStoreException failure = SqlFailures.translate(what, e);
        return new UsageStoreException(
                failure.getMessage() + "; the caller's transaction has to be rolled back", failure.isRetryable(), e);
    }
}
