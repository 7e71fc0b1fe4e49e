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
    static final int ROLL_UP = 3;
    static final int ADJUSTMENT = 4;

    /** Under which adjustments stand, which have no file: apart from the roll-ups, which have neither. */
    static final String ADJUSTMENTS_VERSION = "=";

    private final Statements statements;
    private final Dialect dialect;
    private final @Nullable String boundedInsert;

    private EntryWriter(Statements statements, Dialect dialect, @Nullable String boundedInsert) {
        this.statements = statements;
        this.dialect = dialect;
        this.boundedInsert = boundedInsert;
    }

    /** Returns one for transactions whose waits are bounded, or are to stay as they are. */
    static EntryWriter plain(Statements statements, Dialect dialect) {
        return new EntryWriter(statements, dialect, null);
    }

    /** Returns one that waits no longer than so in a transaction whose waits the library may not bound. */
    static EntryWriter bounded(Statements statements, Dialect dialect, int millis) {
        return new EntryWriter(statements, dialect, statements.insertEntryWithin(millis));
    }

    /** Looks up versions of a file, in key order. */
    @FunctionalInterface
    interface Look {
        List<Allocation> read() throws SQLException;
    }

    /**
     * Records that a reservation ended. Waits for another transaction that is ending the same one.
     *
     * @return false if it had another end before
     */
    boolean endReservation(Sql sql, Allocation life, EntryKind kind, long bytes) throws SQLException {
        return insert(
                sql,
                life,
                RESERVATION_END,
                kind,
                bytes,
                new Cause(null, life.spec().actor(), null));
    }

    /**
     * Records that the versions which a life replaces were deleted; their bytes are the life's until it is committed.
     *
     * @param replaced looks up the committed versions that it replaces
     * @return the bytes that this set free, which count as credit; not those of a version that somebody else deleted
     */
    long endReplaced(Sql sql, Allocation life, Look replaced) throws SQLException {
        if (life.spec().replacement().scope() == Replacement.Scope.NONE) {
            return 0;
        }
        return endFiles(sql, new Cause(life.generation(), life.spec().actor(), null), replaced).stream()
                .mapToLong(Allocation::bytes)
                .sum();
    }

    /**
     * Records that the versions which a command selects were deleted, and leaves those alone that are being uploaded.
     *
     * @param live looks up the live versions of the file
     * @return the versions as they stood
     */
    DeleteResult endSelected(Sql sql, DeleteCommand command, Look live) throws SQLException {
        List<Allocation> reserved = new ArrayList<>();
        List<Allocation> deleted = endFiles(sql, new Cause(null, command.actor(), command.reason()), () -> {
            List<Allocation> seen = live.read();
            reserved.clear();
            reserved.addAll(selected(seen, command, AllocationState.RESERVED));
            return selected(seen, command, AllocationState.COMMITTED);
        });
        return new DeleteResult(deleted, reserved);
    }

    /**
     * Records that a stored version has ended. Waits for another transaction that is ending the same one.
     *
     * @return false if it had ended before
     */
    boolean endFile(Sql sql, Allocation life, EntryKind kind, String actor, String reason) throws SQLException {
        return insert(sql, life, FILE_END, kind, -life.bytes(), new Cause(null, actor, reason));
    }

    /** Records that files were there, whose lives have just begun, each with a reason of its own. */
    void adopt(Sql sql, List<Allocation> lives, String actor, List<String> reasons) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (int i = 0; i < lives.size(); i++) {
            Allocation life = lives.get(i);
            Cause cause = new Cause(null, actor, reasons.get(i));
            rows.add(row(life, RESERVATION_END, EntryKind.ADOPT, life.bytes(), cause));
        }
        sql.updateEach(statements.insertEntry, rows);
    }

    static List<Allocation> selected(List<Allocation> versions, DeleteCommand command, AllocationState state) {
        return versions.stream()
                .filter(version -> version.state() == state && command.selects(version))
                .toList();
    }

    /**
     * What the entry of an end says about it.
     *
     * @param replacedBy the life that replaces the one which ended, or null
     * @param actor who ended it, or null
     * @param reason why; null for what the life itself was allowed for
     */
    private record Cause(
            @Nullable Long replacedBy,
            @Nullable String actor,
            @Nullable String reason) {}

    /** Ends what stands; if somebody else was faster, who may have put another version in its place, looks again. */
    private List<Allocation> endFiles(Sql sql, Cause cause, Look standing) throws SQLException {
        List<Allocation> ended = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        for (boolean raced = true; raced; ) {
            raced = false;
            for (Allocation version : standing.read()) {
                if (seen.add(version.generation())) {
                    if (insert(sql, version, FILE_END, EntryKind.DELETE, -version.bytes(), cause)) {
                        ended.add(version);
                    } else {
                        raced = true;
                    }
                }
            }
        }
        return ended;
    }

    private boolean insert(Sql sql, Allocation life, int phase, EntryKind kind, long bytes, Cause cause)
            throws SQLException {
        @Nullable Object[] entry = row(life, phase, kind, bytes, cause);
        return boundedInsert == null
                ? dialect.insertIfAbsent(sql, statements.insertEntry, entry)
                : sql.first(boundedInsert, row -> row.smallNumber("inserted") == 1, entry)
                        .orElseThrow();
    }

    private static @Nullable Object[] row(Allocation life, int phase, EntryKind kind, long bytes, Cause cause) {
        return new @Nullable Object[] {
            life.id().tenant(),
            life.id().file(),
            life.id().version(),
            life.generation(),
            phase,
            kind.name(),
            life.account().path(),
            Rows.text(life.category()),
            bytes,
            cause.replacedBy(),
            cause.reason() == null ? life.spec().forcedReason() : cause.reason(),
            cause.actor(),
            Rows.text(life.spec().metadata())
        };
    }
}
