package io.github.quotaguard.proof;

import io.github.quotaguard.QuotaBusyException;
import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.ReservationEndedException;
import io.github.quotaguard.UploadConflictException;
import io.github.quotaguard.proof.Slot.Attempt;
import io.github.quotaguard.proof.Slot.Call;
import io.github.quotaguard.proof.Slot.Outcome;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The calls that a thread of a worker makes in transactions of the application's, together with the file's row. Now and
 * then a transaction is rolled back, and the handle is closed before, after or never.
 */
final class FileRowCalls {

    private final Node node;
    private final Journal journal;
    private final Judge judge;
    private final Calls calls;
    private final Random random;

    FileRowCalls(Node node, Journal journal, Judge judge, Calls calls, Random random) {
        this.node = node;
        this.journal = journal;
        this.judge = judge;
        this.calls = calls;
        this.random = random;
    }

    @FunctionalInterface
    private interface Work {
        /** Returns what comes of it if the transaction is committed; null if it was rolled back already. */
        @Nullable
        Outcome run() throws SQLException;
    }

    /** Says whether a failure leaves no doubt: the database rolled the transaction back. */
    private static boolean isRolledBack(SQLException e) {
        return e.getSQLState() != null && e.getSQLState().startsWith("40");
    }

    void commit(Slot slot, Connection connection, Reservation reservation) {
        Call pending = slot.pending();
        Attempt attempt = calls.attempt(slot);
        boolean isRetry = pending != null;
        if (isRetry && reservation.allocation().state() == AllocationState.COMMITTED) {
            journal.begin(slot, Call.COMMIT, attempt);
            journal.end(slot, Outcome.STORED, "");
            return;
        }
        boolean closesEarly = !isRetry && random.nextInt(4) == 0;
        journal.begin(slot, Call.COMMIT, attempt);
        // Closed early, the reservation may be released by a rollback; so says the journal.
        Outcome undone = closesEarly ? Outcome.LOOSE : Outcome.STANDS;
        run(slot, connection, pending, undone, () -> {
            if (slot.stored() != null && !attempt.replaces().equals(Slot.REPLACES_NOTHING)) {
                removeRow(connection, slot);
            }
            insertRow(connection, slot, attempt);
            node.store().in(connection).commit(reservation, slot.bytes);
            if (closesEarly) {
                reservation.close();
            }
            if (!isRetry && random.nextInt(6) == 0) {
                connection.rollback();
                boolean closesLate = !closesEarly && random.nextBoolean();
                if (closesLate) {
                    reservation.close();
                }
                journal.end(slot, closesLate ? Outcome.LOOSE : undone, "rolled back");
                return null;
            }
            return Outcome.STORED;
        });
        if (Objects.equals(slot.stored(), attempt.version())) {
            reservation.close();
        }
    }

    void delete(Slot slot, Connection connection) {
        String version = Objects.requireNonNull(slot.stored());
        boolean isRetry = slot.pending() == Call.DELETE;
        journal.begin(slot, Call.DELETE, Attempt.of(version));
        run(slot, connection, null, Outcome.STANDS, () -> {
            int rows = removeRow(connection, slot);
            DeleteResult result = slot.kind() < 2
                    ? node.store().in(connection).delete(slot.account(), slot.file(), version)
                    : node.store().in(connection).delete(slot.account(), slot.file());
            if (result.deleted().size() != rows
                    || result.freedBytes() != rows * slot.bytes
                    || (rows != 1 && !isRetry)) {
                journal.violation(slot, "%d rows are removed, deleted is %s".formatted(rows, result));
            }
            if (!isRetry && random.nextInt(6) == 0) {
                connection.rollback();
                journal.end(slot, Outcome.STANDS, "rolled back");
                return null;
            }
            return Outcome.DELETED;
        });
    }

    private void run(Slot slot, Connection connection, @Nullable Call pending, Outcome undone, Work work) {
        boolean isSent = false;
        try {
            Outcome done = work.run();
            if (done == null) {
                return;
            }
            isSent = true;
            connection.commit();
            journal.end(slot, done, isolation(connection));
        } catch (ReservationEndedException e) {
            rollBack(connection);
            judge.ended(slot, pending, e);
        } catch (QuotaExceededException e) {
            rollBack(connection);
            journal.end(slot, undone, "refused");
        } catch (QuotaBusyException e) {
            rollBack(connection);
            journal.end(slot, undone, "busy");
        } catch (UploadConflictException e) {
            rollBack(connection);
            journal.violation(slot, e.toString());
            journal.end(slot, undone, "");
        } catch (UsageStoreException e) {
            rollBack(connection);
            judge.judge(slot, e);
            // Nothing of this transaction happened; what an earlier one did is as unknown as before.
            journal.end(slot, pending == null ? undone : Outcome.UNKNOWN, "unknown");
        } catch (SQLException e) {
            rollBack(connection);
            boolean isKnown = pending == null && (!isSent || isRolledBack(e));
            journal.end(slot, isKnown ? undone : Outcome.UNKNOWN, isRolledBack(e) ? "serialization" : "unknown");
        }
    }

    private static String isolation(Connection connection) {
        try {
            return "isolation " + connection.getTransactionIsolation();
        } catch (SQLException e) {
            return "";
        }
    }

    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // The connection is gone, and the transaction with it.
        }
    }

    private static int removeRow(Connection connection, Slot slot) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM files WHERE tenant = ? AND file = ? AND version = ?")) {
            statement.setString(1, Load.tenant(slot.tenant));
            statement.setString(2, slot.file());
            statement.setString(3, slot.stored());
            return statement.executeUpdate();
        }
    }

    static void insertRow(Connection connection, Slot slot, Attempt attempt) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)")) {
            statement.setString(1, Load.tenant(slot.tenant));
            statement.setString(2, slot.file());
            statement.setString(3, attempt.version());
            statement.setString(4, slot.account());
            statement.setString(5, slot.category());
            statement.setLong(6, slot.bytes);
            statement.executeUpdate();
        }
    }
}
