package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.LedgerSearch;
import io.github.quotaguard.store.LedgerSlice;
import io.github.quotaguard.store.LedgerStore;
import io.github.quotaguard.store.RollUpResult;
import io.github.quotaguard.store.Timeline;
import io.github.quotaguard.store.TimelineQuery;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The ledger in SQL: balances go back from the settled counter, which the same statement reads. */
final class JdbcLedger implements LedgerStore {

    /** Between them lies every time of an entry; databases refuse some that are further off. */
    static final Instant EARLIEST = Instant.EPOCH;

    static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final OwnTransactions transactions;
    private final TableNames tables;
    private final Dialect dialect;
    private final LedgerPages pages;
    private final RollingUp rollingUp;

    JdbcLedger(OwnTransactions transactions, Statements statements, TableNames tables, Dialect dialect) {
        this.transactions = transactions;
        this.tables = tables;
        this.dialect = dialect;
        this.pages = new LedgerPages(transactions, tables);
        this.rollingUp = new RollingUp(transactions, statements, tables, dialect);
    }

    @Override
    public RollUpResult rollUp(String tenant, Instant before, int limit) {
        return rollingUp.rollUp(tenant, before, limit);
    }

    @Override
    public LedgerSlice ledger(LedgerSearch search) {
        return pages.page(search);
    }

    @Override
    public Timeline timeline(TimelineQuery query) {
        return transactions.snapshot("history of " + query.account(), sql -> {
            Sums sums = new Sums(query.span());
            sql.query(timelineStatement(query), sums::add, timelineArguments(query));
            return sums.timeline();
        });
    }

    Object[] timelineArguments(TimelineQuery query) {
        AccountId account = query.account();
        List<Object> arguments = new ArrayList<>();
        Collections.addAll(arguments, account.tenant(), account.path(), inRange(query.to()));
        arguments.addAll(entries(account).arguments(inRange(query.from())));
        return arguments.toArray();
    }

    /** The counter, then the sums of each span and of everything after the last, which is number −1. */
    String timelineStatement(TimelineQuery query) {
        String entries = entries(query.account())
                .select("seq, phase, bytes, files, added_bytes, added_files, settled_at", "settled_at >= ?");
        return """
                SELECT 'C' AS what, 0 AS span, used_bytes AS bytes, used_files AS files, 0 AS added_bytes,
                    0 AS added_files, 0 AS least_since, 0 AS rolled_up
                FROM %1$s WHERE tenant = ? AND account = ? AND category = ''
                UNION ALL
                SELECT 'S', span, sum(bytes), sum(files), least(sum(added_bytes), 9223372036854775807), sum(added_files),
                    min(CASE WHEN phase <> %2$s THEN moved_since END), max(CASE WHEN phase = %2$s THEN 1 ELSE 0 END)
                FROM (
                    SELECT CASE WHEN settled_at < ? THEN floor(%3$s / %4$s) ELSE -1 END AS span, phase, bytes, files,
                        coalesce(added_bytes, greatest(bytes, 0)) AS added_bytes,
                        coalesce(added_files, greatest(files, 0)) AS added_files,
                        sum(bytes) OVER (ORDER BY settled_at DESC, seq DESC ROWS UNBOUNDED PRECEDING) - bytes
                            AS moved_since
                    FROM (%5$s) e) s
                GROUP BY span
                """.formatted(
                        tables.usage(),
                        EntryWriter.ROLL_UP,
                        dialect.epochSeconds("settled_at"),
                        query.span().toSeconds(),
                        entries);
    }

    /** Puts a timeline together. */
    private static final class Sums {

        private record Moved(
                long span,
                long bytes,
                long files,
                long addedBytes,
                long addedFiles,
                @Nullable Long leastSince,
                boolean rolledUp) {}

        private final Duration span;
        private final List<Moved> moved = new ArrayList<>();
        private long usedBytes;
        private long usedFiles;

        Sums(Duration span) {
            this.span = span;
        }

        boolean add(Row row) throws SQLException {
            long bytes = row.number("bytes");
            long files = row.number("files");
            if (row.text("what").equals("C")) {
                usedBytes = bytes;
                usedFiles = files;
            } else {
                moved.add(new Moved(
                        row.number("span"),
                        bytes,
                        files,
                        row.number("added_bytes"),
                        row.number("added_files"),
                        row.numberOrNull("least_since"),
                        row.smallNumber("rolled_up") == 1));
            }
            return true;
        }

        Timeline timeline() {
            long bytes = usedBytes;
            long files = usedFiles;
            List<Timeline.Span> spans = new ArrayList<>();
            for (Moved of : moved) {
                if (of.span() < 0) {
                    bytes -= of.bytes();
                    files -= of.files();
                } else {
                    spans.add(new Timeline.Span(
                            Instant.ofEpochSecond(of.span() * span.toSeconds()),
                            of.bytes(),
                            of.files(),
                            of.addedBytes(),
                            of.addedFiles(),
                            of.leastSince() == null
                                    ? OptionalLong.empty()
                                    : OptionalLong.of(usedBytes - of.leastSince()),
                            of.rolledUp()));
                }
            }
            spans.sort(Comparator.comparing(Timeline.Span::start));
            return new Timeline(bytes, files, spans);
        }
    }

    private AccountEntries entries(AccountId account) {
        return new AccountEntries(tables, account);
    }

    static Instant inRange(Instant time) {
        return time.isBefore(EARLIEST) ? EARLIEST : time.isAfter(LATEST) ? LATEST : time;
    }
}
