package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.Replacement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Inserts ledger entries: the only way in which anything ends. */
final class EntryWriter {

    static final int RESERVATION_END = 1;
    static final int FILE_END = 2;

    private final Statements statements;
    private final Dialect dialect;

    EntryWriter(Statements statements, Dialect dialect) {
        this.statements = statements;
        this.dialect = dialect;
    }

    /**
     * Records that a reservation ended. Waits for another transaction that is ending the same one.
     *
     * @return false if it had another end before
     */
    boolean endReservation(Sql sql, Allocation life, EntryKind kind, long bytes) throws SQLException {
        return insert(sql, life, RESERVATION_END, kind, bytes, null);
    }

    /**
     * Records that a file was deleted.
     *
     * @param successor the life whose commit replaces the file, which takes over its bytes, or null
     * @return false if it had been deleted before
     */
    boolean endFile(Sql sql, Allocation life, @Nullable Allocation successor) throws SQLException {
        Long replacedBy = successor == null ? null : successor.generation();
        return insert(sql, life, FILE_END, EntryKind.DELETE, -life.bytes(), replacedBy);
    }

    /**
     * Records that the committed versions of a file were deleted, as far as the connection can see them, in key order.
     * Leaves its reservations alone.
     */
    DeleteResult endFiles(Sql sql, DeleteCommand command, Reading reading) throws SQLException {
        String tenant = command.account().tenant();
        Set<Long> ended = new HashSet<>();
        List<Allocation> reserved = new ArrayList<>();
        for (Allocation version : reading.liveVersions(sql, tenant, command.file())) {
            if (command.selects(version)) {
                if (version.state() == AllocationState.RESERVED) {
                    reserved.add(version);
                } else if (endFile(sql, version, null)) {
                    ended.add(version.generation());
                }
            }
        }
        List<Allocation> deleted = ended.isEmpty()
                ? List.of()
                : reading.versions(sql, tenant, command.file()).stream()
                        .filter(version -> ended.contains(version.generation()))
                        .toList();
        return new DeleteResult(deleted, reserved);
    }

    /** Looks up the committed versions that a life replaces. */
    @FunctionalInterface
    interface Standing {
        List<Allocation> read() throws SQLException;
    }

    /**
     * Records that the versions which a life replaces were deleted, and looks again until nothing new stands: whoever
     * was ending one of them at the same time may have put another in its place.
     *
     * @return the bytes that this set free, which count as credit; not those of a version that somebody else deleted
     */
    long endReplaced(Sql sql, Allocation life, Standing standing) throws SQLException {
        if (life.spec().replacement().scope() == Replacement.Scope.NONE) {
            return 0;
        }
        long credit = 0;
        Set<Long> seen = new HashSet<>();
        for (boolean more = true; more; ) {
            more = false;
            for (Allocation version : standing.read()) {
                if (seen.add(version.generation())) {
                    more = true;
                    credit += endFile(sql, version, life) ? version.bytes() : 0;
                }
            }
        }
        return credit;
    }

    private boolean insert(Sql sql, Allocation life, int phase, EntryKind kind, long bytes, @Nullable Long replacedBy)
            throws SQLException {
        return dialect.insertIfAbsent(
                sql,
                statements.insertEntry,
                life.id().tenant(),
                life.id().file(),
                life.id().version(),
                life.generation(),
                phase,
                kind.name(),
                life.account().path(),
                Rows.text(life.category()),
                bytes,
                replacedBy,
                life.spec().forcedReason(),
                Rows.text(life.spec().metadata()));
    }
}
