package io.github.quotaguard.jdbc;

import io.github.quotaguard.jdbc.OwnTransactions.Rollback;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.RollUp;
import io.github.quotaguard.store.RollUpResult;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rolls up the ledger, oldest entries first: what is folded and what takes its place change in one transaction, so the
 * sum is the same in every snapshot. No counter is touched, and no root locked: uploads go on meanwhile.
 *
 * <p>A roll-up stands under an empty file and version, so the last of a tenant is the end of its part of the primary key.
 * Everything up to that number is rolled up, and everything after it is not. Who deletes the first entry after it has
 * the turn: others wait for its lock, or rather do not wait, or find the entry gone.
 */
final class RollingUp {

    private static final RollUpResult NOTHING = new RollUpResult(0, 0);
    private static final int ROLL_UPS_AT_ONCE = 1_000;

    private final OwnTransactions transactions;
    private final Statements statements;
    private final String now;
    private final String lastRollUp;
    private final String rollUpsBefore;
    private final String delete;
    private final String insert;

    RollingUp(OwnTransactions transactions, Statements statements, TableNames tables, Dialect dialect) {
        this.transactions = transactions;
        this.statements = statements;
        String ledger = tables.ledger();
        now = "SELECT " + dialect.now() + " AS now";
        lastRollUp = "SELECT coalesce(max(generation), 0) AS last FROM " + ledger
                + " WHERE tenant = ? AND file = '' AND version = ''";
        rollUpsBefore = "SELECT %s FROM %s WHERE tenant = ? AND file = '' AND version = '' AND generation < ?"
                        .formatted(Statements.ENTRY_COLUMNS, ledger)
                + " ORDER BY generation DESC LIMIT ?";
        delete = "DELETE FROM " + ledger
                + " WHERE tenant = ? AND file = ? AND version = ? AND generation = ? AND phase = ?";
        insert = """
                INSERT INTO %s (tenant, file, version, generation, phase, kind, account, category, bytes, files,
                    added_bytes, added_files, metadata, recorded_at, settled_at, seq)
                VALUES (?, '', '', ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?)""".formatted(ledger);
    }

    RollUpResult rollUp(String tenant, Instant before, int limit) {
        RollUp.require(tenant, before, limit, clock());
        return transactions.withoutWaiting(
                "roll-up of the ledger of " + tenant, sql -> rollUp(sql, tenant, before, limit), NOTHING);
    }

    private Instant clock() {
        return transactions.statement(
                "look at the clock",
                sql -> sql.first(now, row -> row.time("now")).orElseThrow());
    }

    private RollUpResult rollUp(Sql sql, String tenant, Instant before, int limit) throws SQLException {
        long rolledUpTo =
                sql.first(lastRollUp, row -> row.number("last"), tenant).orElseThrow();
        List<Entry> oldest = sql.query(statements.entries, Rows::entry, tenant, rolledUpTo, limit).stream()
                .takeWhile(entry -> entry.settledAt().isBefore(before))
                .toList();
        // A roll-up among them is one that another node has committed since this one looked for the last.
        if (oldest.isEmpty() || oldest.get(0).kind() == EntryKind.ROLLUP) {
            return NOTHING;
        }
        if (sql.update(delete, key(tenant, oldest.get(0))) == 0) {
            throw new Rollback(NOTHING);
        }
        RollUp rollUp = RollUp.of(oldest, standing(sql, tenant, rolledUpTo, RollUp.hourOf(oldest.get(0))));
        List<@Nullable Object[]> gone = new ArrayList<>();
        oldest.subList(1, oldest.size()).forEach(entry -> gone.add(key(tenant, entry)));
        rollUp.replaced().forEach(entry -> gone.add(key(tenant, entry)));
        sql.updateEach(delete, gone);
        sql.updateEach(
                insert,
                rollUp.written().stream().map(entry -> values(tenant, entry)).toList());
        return new RollUpResult(oldest.size(), rollUp.written().size());
    }

    /** Returns the roll-ups of an hour, which are the last if part of that hour was rolled up before. */
    private List<Entry> standing(Sql sql, String tenant, long rolledUpTo, Instant hour) throws SQLException {
        List<Entry> standing = new ArrayList<>();
        List<Entry> page;
        long before = rolledUpTo + 1;
        do {
            page = sql.query(rollUpsBefore, Rows::entry, tenant, before, ROLL_UPS_AT_ONCE);
            for (Entry rollUp : page) {
                if (RollUp.hourOf(rollUp).isBefore(hour)) {
                    return standing;
                }
                standing.add(rollUp);
                before = rollUp.seq();
            }
        } while (page.size() == ROLL_UPS_AT_ONCE);
        return standing;
    }

    private static @Nullable Object[] key(String tenant, Entry entry) {
        FileVersion id = entry.id();
        return new @Nullable Object[] {
            tenant, id == null ? "" : id.file(), version(entry), entry.generation(), phase(entry.kind())
        };
    }

    private static String version(Entry entry) {
        FileVersion id = entry.id();
        if (id != null) {
            return id.version();
        }
        return entry.kind() == EntryKind.ADJUST ? EntryWriter.ADJUSTMENTS_VERSION : "";
    }

    private static int phase(EntryKind kind) {
        return switch (kind) {
            case COMMIT, RELEASE, EXPIRE, ADOPT -> EntryWriter.RESERVATION_END;
            case DELETE, REMOVE -> EntryWriter.FILE_END;
            case ADJUST -> EntryWriter.ADJUSTMENT;
            case ROLLUP -> EntryWriter.ROLL_UP;
        };
    }

    private static @Nullable Object[] values(String tenant, Entry rollUp) {
        return new @Nullable Object[] {
            tenant,
            rollUp.generation(),
            phase(rollUp.kind()),
            rollUp.kind().name(),
            rollUp.account().path(),
            Rows.text(rollUp.category()),
            rollUp.bytes(),
            rollUp.files(),
            rollUp.addedBytes(),
            rollUp.addedFiles(),
            rollUp.recordedAt(),
            rollUp.settledAt(),
            rollUp.seq()
        };
    }
}
