package io.github.quotaguard.store;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The ledger of a {@link TenantState}: its settled entries, in the order of their numbers. */
final class TenantLedger {

    List<Entry> entries = new ArrayList<>();

    /** The number of the last entry, also if it was rolled up. */
    long lastSeq;

    TenantLedger() {}

    /** Goes on where another ledger was closed. */
    TenantLedger(long lastSeq, List<Entry> entries) {
        this.lastSeq = lastSeq;
        this.entries.addAll(entries);
    }

    /** Records an end of a life. */
    void enter(
            Life life,
            EntryKind kind,
            long bytes,
            int files,
            @Nullable String actor,
            @Nullable String reason,
            Instant now) {
        AllocationSpec spec = life.spec;
        add(
                kind,
                spec.id(),
                spec.account(),
                spec.category(),
                life.generation,
                bytes,
                files,
                reason,
                actor,
                spec.metadata(),
                now);
    }

    /** Records that a counter was moved, which goes by the number of the entry. */
    void adjust(
            AccountId account,
            @Nullable Category category,
            long bytes,
            int files,
            String actor,
            String reason,
            Instant now) {
        add(EntryKind.ADJUST, null, account, category, lastSeq + 1, bytes, files, reason, actor, Map.of(), now);
    }

    /** Clocks may go back, the times of settlement never do. */
    private void add(
            EntryKind kind,
            @Nullable FileVersion id,
            AccountId account,
            @Nullable Category category,
            long generation,
            long bytes,
            int files,
            @Nullable String reason,
            @Nullable String actor,
            Map<String, String> metadata,
            Instant now) {
        Instant last = entries.isEmpty() ? now : entries.get(entries.size() - 1).settledAt();
        lastSeq++;
        entries.add(new Entry(
                lastSeq,
                kind,
                id,
                account,
                category,
                generation,
                bytes,
                files,
                Math.max(0, bytes),
                Math.max(0, files),
                reason,
                actor,
                metadata,
                now,
                now.isBefore(last) ? last : now));
    }

    List<Entry> entries(long afterSeq, int limit) {
        int from = indexAfter(afterSeq);
        return List.copyOf(entries.subList(from, (int) Math.min((long) from + limit, entries.size())));
    }

    /** Returns the index of the first entry whose number is larger. */
    private int indexAfter(long seq) {
        int low = 0;
        int high = entries.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (entries.get(middle).seq() > seq) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Does {@link LedgerStore#ledger} for an account that uses so much now. */
    LedgerSlice search(LedgerSearch search, Usage used) {
        long before = search.after() == null ? Long.MAX_VALUE : search.after().seq();
        List<LedgerEntry> found = new ArrayList<>();
        long balance = used.usedBytes();
        for (int i = entries.size() - 1; i >= 0; i--) {
            Entry entry = entries.get(i);
            if (!search.account().covers(entry.account())) {
                continue;
            }
            if (entry.seq() < before && search.selects(entry)) {
                if (found.size() == search.size()) {
                    return new LedgerSlice(found, end(found));
                }
                found.add(new LedgerEntry(entry, balance));
            }
            balance -= entry.bytes();
        }
        return new LedgerSlice(found, null);
    }

    private static LedgerPosition end(List<LedgerEntry> found) {
        LedgerEntry last = found.get(found.size() - 1);
        return new LedgerPosition(
                last.entry().seq(),
                last.entry().settledAt(),
                last.balanceAfter() - last.entry().bytes(),
                0);
    }

    /** Does {@link LedgerStore#timeline} for an account that uses so much now. */
    Timeline timeline(TimelineQuery query, Usage used) {
        Deque<Timeline.Span> spans = new ArrayDeque<>();
        long bytes = used.usedBytes();
        long files = used.usedFiles();
        long bytesAtEnd = bytes;
        long filesAtEnd = files;
        for (int i = entries.size() - 1; i >= 0; i--) {
            Entry entry = entries.get(i);
            if (entry.settledAt().isBefore(query.from())) {
                break;
            }
            if (!query.account().covers(entry.account())) {
                continue;
            }
            if (entry.settledAt().isBefore(query.to())) {
                addTo(spans, TimelineQuery.startOfSpan(entry.settledAt(), query.span()), entry, bytes);
            } else {
                bytesAtEnd -= entry.bytes();
                filesAtEnd -= entry.files();
            }
            bytes -= entry.bytes();
            files -= entry.files();
        }
        return new Timeline(bytesAtEnd, filesAtEnd, List.copyOf(spans));
    }

    private static void addTo(Deque<Timeline.Span> spans, Instant start, Entry entry, long balance) {
        boolean isRolledUp = entry.kind() == EntryKind.ROLLUP;
        Timeline.Span later = spans.peekFirst();
        Timeline.Span sum = later != null && later.start().equals(start)
                ? spans.removeFirst()
                : new Timeline.Span(start, 0, 0, 0, 0, OptionalLong.empty(), false);
        spans.addFirst(new Timeline.Span(
                start,
                sum.bytes() + entry.bytes(),
                sum.files() + entry.files(),
                Timeline.atMostMax(sum.addedBytes(), entry.addedBytes()),
                sum.addedFiles() + entry.addedFiles(),
                isRolledUp
                        ? sum.peakBytes()
                        : OptionalLong.of(Math.max(sum.peakBytes().orElse(balance), balance)),
                sum.isRolledUp() || isRolledUp));
    }

    /** Does {@link LedgerStore#rollUp}. */
    RollUpResult rollUp(Instant before, int limit) {
        List<Entry> folded = entries.stream()
                .filter(entry -> entry.kind() != EntryKind.ROLLUP)
                .takeWhile(entry -> entry.settledAt().isBefore(before))
                .limit(limit)
                .toList();
        RollUp rollUp = RollUp.of(
                folded,
                entries.stream()
                        .takeWhile(entry -> entry.kind() == EntryKind.ROLLUP)
                        .toList());
        Set<Long> gone = new HashSet<>();
        folded.forEach(entry -> gone.add(entry.seq()));
        rollUp.replaced().forEach(entry -> gone.add(entry.seq()));
        List<Entry> left = new ArrayList<>(rollUp.written());
        entries.stream().filter(entry -> !gone.contains(entry.seq())).forEach(left::add);
        left.sort(Comparator.comparingLong(Entry::seq));
        entries = left;
        return new RollUpResult(folded.size(), rollUp.written().size());
    }
}
