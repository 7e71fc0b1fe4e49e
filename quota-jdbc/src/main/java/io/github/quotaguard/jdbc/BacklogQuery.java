package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.Backlog;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at what waits, of all tenants, and at the transactions of the database. */
final class BacklogQuery {

    private static final String UNSETTLED = "U";
    private static final String OVERDUE = "D";

    private final OwnTransactions transactions;
    final String waiting;
    private final String oldestTransaction;

    BacklogQuery(OwnTransactions transactions, TableNames tables, Dialect dialect) {
        this.transactions = transactions;
        this.waiting = """
                SELECT '%1$s' AS what, count(*) AS waiting, min(o.since) AS oldest, %5$s AS now FROM (
                    SELECT e.recorded_at AS since FROM %6$s AND 1 = (
                        SELECT count(*) FROM %3$s a WHERE a.tenant = e.tenant AND a.file = e.file
                            AND a.version = e.version AND a.generation = e.generation)
                    LIMIT %8$d) o
                UNION ALL
                SELECT '%2$s', count(*), min(d.since), %5$s FROM (
                    SELECT a.due_at AS since FROM %7$s AND a.state = 'RESERVED' AND 0 = (
                        SELECT count(*) FROM %4$s e WHERE e.tenant = a.tenant AND e.file = a.file
                            AND e.version = a.version AND e.generation = a.generation AND e.phase = 1)
                    LIMIT %8$d) d""".formatted(
                        UNSETTLED,
                        OVERDUE,
                        tables.allocation(),
                        tables.ledger(),
                        dialect.now(),
                        dialect.openEntriesOfAll(tables),
                        dialect.dueLivesOfAll(tables),
                        Backlog.MAX_COUNT);
        this.oldestTransaction = dialect.oldestTransaction();
    }

    /** A row of what waits; all rows are of the same time. */
    private record Waiting(
            String what, long number, @Nullable Instant oldest, Instant now) {

        static Waiting of(Row row) throws SQLException {
            return new Waiting(row.text("what"), row.number("waiting"), row.timeOrNull("oldest"), row.time("now"));
        }
    }

    Backlog read() {
        return transactions.statement("look at the backlog", this::read);
    }

    private Backlog read(Sql sql) throws SQLException {
        List<Waiting> rows = sql.query(waiting, Waiting::of);
        Waiting unsettled = of(UNSETTLED, rows);
        Waiting overdue = of(OVERDUE, rows);
        return new Backlog(
                unsettled.now(),
                unsettled.number(),
                unsettled.oldest(),
                overdue.number(),
                overdue.oldest(),
                oldestTransaction(sql));
    }

    private static Waiting of(String what, List<Waiting> rows) {
        return rows.stream().filter(row -> row.what().equals(what)).findFirst().orElseThrow();
    }

    /** Who may not see the transactions of others does without. */
    private @Nullable Instant oldestTransaction(Sql sql) throws SQLException {
        try {
            return sql.query(oldestTransaction, row -> Optional.ofNullable(row.timeOrNull("oldest")))
                    .get(0)
                    .orElse(null);
        } catch (SQLException e) {
            if (SqlFailures.isDenied(e)) {
                return null;
            }
            throw e;
        }
    }
}
