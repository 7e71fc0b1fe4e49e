package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.CategoryFilter;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.LedgerEntry;
import io.github.quotaguard.store.LedgerPosition;
import io.github.quotaguard.store.LedgerSearch;
import io.github.quotaguard.store.LedgerSlice;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Pages of the ledger, read where an index has the entries in their order. Balances go back from where the page before
 * ended, or from the settled counter, which the same statement reads; where entries are left out on the way, a second
 * statement adds those up in the same snapshot.
 */
final class LedgerPages {

    private final OwnTransactions transactions;
    private final TableNames tables;

    LedgerPages(OwnTransactions transactions, TableNames tables) {
        this.transactions = transactions;
        this.tables = tables;
    }

    LedgerSlice page(LedgerSearch search) {
        String what = "ledger of " + search.account();
        if (search.category().scope() == CategoryFilter.Scope.ANY && (search.to() == null || search.after() != null)) {
            Optional<LedgerSlice> slice = transactions.snapshot(what, sql -> {
                PageBuilder page = find(sql, search);
                return page.goesOn() ? Optional.of(page.slice(page.movedByListed())) : Optional.empty();
            });
            if (slice.isPresent()) {
                return slice.get();
            }
        }
        return transactions.snapshotOfSeveral(what, sql -> {
            PageBuilder page = find(sql, search);
            return page.slice(page.entries.isEmpty() ? Map.of() : moved(sql, page));
        });
    }

    private PageBuilder find(Sql sql, LedgerSearch search) throws SQLException {
        PageBuilder page = new PageBuilder(search);
        sql.query(pageStatement(search), page::add, pageArguments(search));
        page.arrange();
        return page;
    }

    /** The counter and the last roll-up stand in every row, and in one without an entry if there is none. */
    String pageStatement(LedgerSearch search) {
        return """
                SELECT c.used_bytes, c.rolled_up_to, p.* FROM (
                    SELECT coalesce((SELECT used_bytes FROM %1$s WHERE tenant = ? AND account = ? AND category = ''), 0)
                            AS used_bytes,
                        coalesce((SELECT max(generation) FROM %2$s WHERE tenant = ? AND file = '' AND version = ''), 0)
                            AS rolled_up_to) c
                LEFT JOIN (SELECT * FROM (%3$s) e ORDER BY seq DESC LIMIT ?) p ON 1 = 1
                """.formatted(
                        tables.usage(),
                        tables.ledger(),
                        entries(search).newest(Statements.ENTRY_COLUMNS, Between.CONDITION + ofCategory(search)));
    }

    /** By time alone no index has a tenant's entries: where the time begins, the page is cut off instead. */
    Object[] pageArguments(LedgerSearch search) {
        AccountId account = search.account();
        Between between = new Between(
                0,
                search.from() == null || entries(search).isTenant()
                        ? JdbcLedger.EARLIEST
                        : JdbcLedger.inRange(search.from()),
                search.after() == null ? Between.TOP : search.after().seq(),
                until(search));
        List<Object> condition = between.arguments();
        if (search.category().scope() != CategoryFilter.Scope.ANY) {
            condition.add(Rows.text(search.category().category()));
        }
        condition.add(search.size() + 1);
        List<Object> arguments = new ArrayList<>();
        Collections.addAll(arguments, account.tenant(), account.path(), account.tenant());
        arguments.addAll(entries(search).arguments(condition.toArray()));
        arguments.add(search.size() + 1);
        return arguments.toArray();
    }

    private static Instant until(LedgerSearch search) {
        Instant to = search.to() == null ? JdbcLedger.LATEST : JdbcLedger.inRange(search.to());
        LedgerPosition after = search.after();
        return after == null || to.isBefore(after.settledAt()) ? to : Between.upTo(after.settledAt());
    }

    private static String ofCategory(LedgerSearch search) {
        return search.category().scope() == CategoryFilter.Scope.ANY ? "" : " AND category = ?";
    }

    /** Returns for the number of each entry of a page what it and all entries before it, also of no page, have moved. */
    private Map<Long, Long> moved(Sql sql, PageBuilder page) throws SQLException {
        LedgerSearch search = page.search;
        Entry first = page.entries.get(0);
        Entry last = page.entries.get(page.entries.size() - 1);
        List<Object> arguments = new ArrayList<>(
                entries(search).arguments(page.aboveFirst().arguments().toArray()));
        arguments.addAll(entries(search)
                .arguments(new Between(last.seq(), last.settledAt(), first.seq() + 1, Between.upTo(first.settledAt()))
                        .arguments()
                        .toArray()));
        if (search.category().scope() != CategoryFilter.Scope.ANY) {
            arguments.add(Rows.text(search.category().category()));
        }
        Map<Long, Long> moved = new HashMap<>();
        sql.query(
                movedStatement(search),
                row -> moved.put(row.number("seq"), row.number("above") + row.number("moved")),
                arguments.toArray());
        return moved;
    }

    private String movedStatement(LedgerSearch search) {
        return """
                SELECT a.above, m.seq, m.moved
                FROM (SELECT coalesce(sum(bytes), 0) AS above FROM (%1$s) e) a CROSS JOIN (
                    SELECT seq, category, sum(bytes) OVER (ORDER BY seq DESC ROWS UNBOUNDED PRECEDING) AS moved
                    FROM (%2$s) e) m
                WHERE 1 = 1%3$s
                """.formatted(
                        entries(search).select("bytes", Between.CONDITION),
                        entries(search).select("seq, category, bytes", Between.CONDITION),
                        ofCategory(search));
    }

    private AccountEntries entries(LedgerSearch search) {
        return new AccountEntries(tables, search.account());
    }

    /**
     * A part of the ledger, by number for a tenant's index and by time for an account's: as numbers grow, times never go
     * back.
     */
    private record Between(long from, Instant since, long before, Instant until) {

        static final String CONDITION = "seq >= ? AND seq < ? AND settled_at >= ? AND settled_at < ?";
        static final long TOP = Long.MAX_VALUE;

        static Instant upTo(Instant time) {
            return time.plus(1, ChronoUnit.MICROS);
        }

        List<Object> arguments() {
            return new ArrayList<>(List.of(from, before, since, until));
        }
    }

    /** Puts a page together. */
    private static final class PageBuilder {

        private final LedgerSearch search;
        private final List<Entry> entries = new ArrayList<>();
        private long usedBytes;
        private long rolledUpTo;

        PageBuilder(LedgerSearch search) {
            this.search = search;
        }

        boolean add(Row row) throws SQLException {
            usedBytes = row.number("used_bytes");
            rolledUpTo = row.number("rolled_up_to");
            return row.textOrNull("kind") == null || entries.add(Rows.entry(row));
        }

        void arrange() {
            entries.sort(Comparator.comparingLong(Entry::seq).reversed());
            if (search.from() != null) {
                entries.removeIf(entry -> entry.settledAt().isBefore(search.from()));
            }
        }

        /** Says whether what the position knows is true: no entries before it were folded into one that is newer. */
        boolean goesOn() {
            LedgerPosition after = search.after();
            return after == null || rolledUpTo == after.rolledUpTo() || rolledUpTo < after.seq();
        }

        /** Where the balance is known. */
        private LedgerPosition start() {
            LedgerPosition after = search.after();
            return after != null && goesOn()
                    ? after
                    : new LedgerPosition(Between.TOP, JdbcLedger.LATEST, usedBytes, rolledUpTo);
        }

        Between aboveFirst() {
            Entry first = entries.get(0);
            LedgerPosition start = start();
            return new Between(first.seq() + 1, first.settledAt(), start.seq(), Between.upTo(start.settledAt()));
        }

        /** Returns what the entries have moved by and by, if no others lie between them. */
        Map<Long, Long> movedByListed() {
            Map<Long, Long> moved = new HashMap<>();
            long sum = 0;
            for (Entry entry : entries) {
                sum += entry.bytes();
                moved.put(entry.seq(), sum);
            }
            return moved;
        }

        LedgerSlice slice(Map<Long, Long> moved) {
            long balance = start().balance();
            List<LedgerEntry> listed = entries.stream()
                    .map(entry -> new LedgerEntry(
                            entry, balance - Objects.requireNonNull(moved.get(entry.seq())) + entry.bytes()))
                    .toList();
            if (listed.size() <= search.size()) {
                return new LedgerSlice(listed, null);
            }
            LedgerEntry last = listed.get(search.size() - 1);
            long before = last.balanceAfter() - last.entry().bytes();
            return new LedgerSlice(
                    listed.subList(0, search.size()),
                    new LedgerPosition(last.entry().seq(), last.entry().settledAt(), before, rolledUpTo));
        }
    }
}
