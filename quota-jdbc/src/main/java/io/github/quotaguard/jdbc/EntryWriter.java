package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.EntryKind;
import java.sql.SQLException;
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
