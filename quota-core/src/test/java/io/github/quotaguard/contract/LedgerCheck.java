package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.CategoryFilter;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.LedgerEntry;
import io.github.quotaguard.store.LedgerPosition;
import io.github.quotaguard.store.LedgerSearch;
import io.github.quotaguard.store.LedgerSlice;
import io.github.quotaguard.store.LedgerStore;
import io.github.quotaguard.store.RollUpResult;
import io.github.quotaguard.store.Timeline;
import io.github.quotaguard.store.TimelineQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Asks the ledger of a tenant, and adds up the tenant's entries one by one to know what it has to answer. */
final class LedgerCheck {

    static final Duration HOUR = Duration.ofHours(1);
    private static final Duration OLD = LedgerStore.ROLL_UP_AGE.plusDays(1);

    private final ContractTenant tenant;
    private final LedgerStore ledger;

    LedgerCheck(ContractTenant tenant) {
        this.tenant = tenant;
        this.ledger = tenant.store.ledger().orElseThrow();
    }

    /** Lists the whole ledger of an account, page by page. */
    List<LedgerEntry> list(AccountId account, int size) {
        return list(account, CategoryFilter.ANY, null, null, size);
    }

    List<LedgerEntry> list(
            AccountId account, CategoryFilter category, @Nullable Instant from, @Nullable Instant to, int size) {
        List<LedgerEntry> all = new ArrayList<>();
        LedgerPosition after = null;
        do {
            LedgerSlice slice = ledger.ledger(new LedgerSearch(account, category, from, to, after, size));
            assertThat(slice.entries()).hasSizeLessThanOrEqualTo(size);
            all.addAll(slice.entries());
            after = slice.next();
        } while (after != null);
        return all;
    }

    LedgerSlice page(AccountId account, @Nullable LedgerPosition after, int size) {
        return ledger.ledger(new LedgerSearch(account, CategoryFilter.ANY, null, null, after, size));
    }

    /** Returns what the ledger of an account has to list. */
    List<LedgerEntry> expected(
            AccountId account, CategoryFilter category, @Nullable Instant from, @Nullable Instant to) {
        List<LedgerEntry> expected = new ArrayList<>();
        long balance = 0;
        for (Entry entry : ofAccount(account)) {
            balance += entry.bytes();
            boolean isOfCategory = category.scope() == CategoryFilter.Scope.ANY
                    || Objects.equals(category.category(), entry.category());
            boolean isInTime = (from == null || !entry.settledAt().isBefore(from))
                    && (to == null || entry.settledAt().isBefore(to));
            if (isOfCategory && isInTime) {
                expected.add(new LedgerEntry(entry, balance));
            }
        }
        Collections.reverse(expected);
        return expected;
    }

    List<Entry> ofAccount(AccountId account) {
        return tenant.entries().stream()
                .filter(entry -> entry.account().lineage().contains(account))
                .toList();
    }

    /** Expects of every account that the ledger lists the tenant's entries, and that they add up to what is used. */
    void assertRight() {
        for (AccountId account : tenant.snapshot().usages().keySet()) {
            assertThat(list(account, 7))
                    .as("ledger of %s", account)
                    .isEqualTo(expected(account, CategoryFilter.ANY, null, null));
            assertThat(ofAccount(account).stream().mapToLong(Entry::bytes).sum())
                    .as("bytes of %s", account)
                    .isEqualTo(tenant.usage(account).usedBytes());
            assertThat(ofAccount(account).stream().mapToLong(Entry::files).sum())
                    .as("files of %s", account)
                    .isEqualTo(tenant.usage(account).usedFiles());
        }
    }

    /** Expects a timeline to be what the entries add up to. */
    Timeline assertTimeline(AccountId account, Instant from, Instant to, Duration span) {
        Timeline timeline = ledger.timeline(new TimelineQuery(account, from, to, span));
        TreeMap<Instant, Timeline.Span> spans = new TreeMap<>();
        long bytes = 0;
        long files = 0;
        long balance = 0;
        for (Entry entry : ofAccount(account)) {
            balance += entry.bytes();
            if (entry.settledAt().isBefore(to)) {
                bytes += entry.bytes();
                files += entry.files();
                if (!entry.settledAt().isBefore(from)) {
                    boolean isRolledUp = entry.kind() == EntryKind.ROLLUP;
                    Instant start = TimelineQuery.startOfSpan(entry.settledAt(), span);
                    Timeline.Span sum = spans.getOrDefault(
                            start, new Timeline.Span(start, 0, 0, 0, 0, OptionalLong.empty(), false));
                    spans.put(
                            start,
                            new Timeline.Span(
                                    start,
                                    sum.bytes() + entry.bytes(),
                                    sum.files() + entry.files(),
                                    sum.addedBytes() + entry.addedBytes(),
                                    sum.addedFiles() + entry.addedFiles(),
                                    isRolledUp
                                            ? sum.peakBytes()
                                            : OptionalLong.of(Math.max(
                                                    balance, sum.peakBytes().orElse(0))),
                                    sum.isRolledUp() || isRolledUp));
                }
            }
        }
        assertThat(timeline).isEqualTo(new Timeline(bytes, files, List.copyOf(spans.values())));
        return timeline;
    }

    /** Lets everything that is recorded become old enough to be rolled up. */
    void age() {
        tenant.clock.advance(OLD);
    }

    /** Returns the first hour that begins after every entry so far. */
    Instant horizon() {
        List<Entry> entries = tenant.entries();
        return hourAfter(entries.get(entries.size() - 1));
    }

    static Instant hourAfter(Entry entry) {
        return TimelineQuery.startOfSpan(entry.settledAt(), HOUR).plus(HOUR);
    }

    RollUpResult rollUp(Instant before, int limit) {
        return ledger.rollUp(tenant.name, before, limit);
    }

    /** Rolls up whatever is old enough. */
    int rollUpAll(Instant before, int limit) {
        int folded = 0;
        for (RollUpResult result = rollUp(before, limit); !result.isIdle(); result = rollUp(before, limit)) {
            folded += result.folded();
        }
        return folded;
    }
}
