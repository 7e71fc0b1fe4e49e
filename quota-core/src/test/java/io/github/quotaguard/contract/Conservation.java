package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountCounters;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the books of a tenant agree: every counter equals the sum of the allocations and of the ledger, totals
 * equal their categories and what has none, parents hold at least what their children hold, the ledger is numbered
 * without gaps, each life ends once, and nothing is negative.
 *
 * <p>It reads with several calls, so nobody may change the tenant meanwhile. A counter of reserved files may say 0 or 1
 * per reserved version: versions of a new file that are reserved in the same instant may hold one each.
 */
public final class Conservation {

    private final TenantSnapshot books;
    private final List<String> faults = new ArrayList<>();

    private record CounterKey(AccountId account, @Nullable Category category) {}

    private record LifeKey(@Nullable FileVersion id, long generation) {}

    /** What a counter has to say. A sum may wrap on the way, where a replacement is recorded before what it replaces. */
    private static final class Sums {
        private long committedBytes;
        private long reservedBytes;
        private long reservedVersions;
        private long ledgerBytes;
        private long ledgerFiles;
        private final Set<String> storedFiles = new HashSet<>();
    }

    private Conservation(TenantSnapshot books) {
        this.books = books;
    }

    /**
     * Fails if the books of a tenant do not agree.
     *
     * @param store the store, at rest
     * @param tenant the tenant
     * @throws AssertionError naming each fault
     */
    public static void assertHolds(UsageStore store, String tenant) {
        assertThat(faults(store, tenant))
                .as("faults in the books of tenant %s", tenant)
                .isEmpty();
    }

    /**
     * Lists what does not agree in the books of a tenant.
     *
     * @param store the store, at rest
     * @param tenant the tenant
     * @return one sentence per fault, empty if the books agree
     */
    public static List<String> faults(UsageStore store, String tenant) {
        Conservation check = new Conservation(TenantSnapshot.of(store, tenant));
        check.numbering();
        check.lives();
        check.files();
        check.counters();
        check.children();
        return check.faults;
    }

    private void numbering() {
        for (int i = 0; i < books.entries().size(); i++) {
            long seq = books.entries().get(i).seq();
            if (seq != i + 1) {
                faults.add("ledger: entry %d has number %d".formatted(i + 1, seq));
                return;
            }
        }
    }

    private void lives() {
        Map<LifeKey, List<Entry>> byLife = new LinkedHashMap<>();
        for (Entry entry : books.entries()) {
            if (!entry.kind().isOfLife()) {
                continue;
            }
            byLife.computeIfAbsent(new LifeKey(entry.id(), entry.generation()), key -> new ArrayList<>())
                    .add(entry);
        }
        byLife.forEach(this::endsOnce);
        Set<FileVersion> seen = new HashSet<>();
        for (Allocation allocation : books.allocations()) {
            if (!seen.add(allocation.id())) {
                faults.add("allocations: %s is there twice".formatted(allocation.id()));
            }
            List<Entry> ends = byLife.getOrDefault(new LifeKey(allocation.id(), allocation.generation()), List.of());
            AllocationState state = ends.isEmpty()
                    ? AllocationState.RESERVED
                    : ends.get(ends.size() - 1).kind().leadsTo();
            if (state != allocation.state()) {
                faults.add("allocation %s is %s, its last entry says %s"
                        .formatted(allocation.id(), allocation.state(), state));
            }
            if (allocation.bytes() < 0) {
                faults.add("allocation %s has %d bytes".formatted(allocation.id(), allocation.bytes()));
            }
        }
    }

    private void endsOnce(LifeKey life, List<Entry> entries) {
        List<EntryKind> kinds = entries.stream().map(Entry::kind).toList();
        if (!isLegal(kinds)) {
            faults.add("life %s has the entries %s".formatted(life, kinds));
            return;
        }
        Entry first = entries.get(0);
        Entry last = entries.get(entries.size() - 1);
        boolean agrees = switch (last.kind()) {
            case COMMIT, ADOPT -> last.bytes() >= 0 && last.files() >= 0 && last.files() <= 1;
            case RELEASE, EXPIRE -> last.bytes() == 0 && last.files() == 0;
            case DELETE, REMOVE -> last.bytes() == -first.bytes() && last.files() <= 0 && last.files() >= -1;
            case ADJUST, ROLLUP -> false;
        };
        if (!agrees || !first.account().equals(last.account()) || !Objects.equals(first.category(), last.category())) {
            faults.add("life %s has entries that do not agree: %s".formatted(life, entries));
        }
    }

    private static boolean isLegal(List<EntryKind> kinds) {
        EntryKind first = kinds.get(0);
        EntryKind last = kinds.get(kinds.size() - 1);
        boolean isStored = first == EntryKind.COMMIT || first == EntryKind.ADOPT;
        return kinds.size() == 1
                ? isStored || first == EntryKind.RELEASE || first == EntryKind.EXPIRE
                : kinds.size() == 2 && isStored && (last == EntryKind.DELETE || last == EntryKind.REMOVE);
    }

    private void files() {
        Map<String, Allocation> live = new HashMap<>();
        for (Allocation allocation : books.allocations()) {
            if (!allocation.state().isLive()) {
                continue;
            }
            Allocation other = live.putIfAbsent(allocation.id().file(), allocation);
            if (other != null
                    && !(other.account().equals(allocation.account())
                            && Objects.equals(other.category(), allocation.category()))) {
                faults.add("file %s has versions of several accounts or categories"
                        .formatted(allocation.id().file()));
            }
        }
    }

    private void counters() {
        Map<CounterKey, Sums> expected = new HashMap<>();
        books.allocations().forEach(allocation -> add(expected, allocation));
        books.entries().forEach(entry -> add(expected, entry));
        books.usages().forEach((account, usage) -> {
            compare("total of " + account, usage.total(), sums(expected, account, null));
            Set<Category> categories = new HashSet<>(usage.categories().keySet());
            expected.keySet().stream()
                    .filter(key -> key.account().equals(account) && key.category() != null)
                    .forEach(key -> categories.add(key.category()));
            for (Category category : categories) {
                compare(
                        "category %s of %s".formatted(category, account),
                        usage.of(category),
                        sums(expected, account, category));
            }
            uncategorised(usage);
        });
    }

    private static void add(Map<CounterKey, Sums> expected, Allocation allocation) {
        for (Sums sums : moved(expected, allocation.account(), allocation.category())) {
            if (allocation.state() == AllocationState.COMMITTED) {
                sums.committedBytes += allocation.bytes();
                sums.storedFiles.add(allocation.id().file());
            } else if (allocation.state() == AllocationState.RESERVED) {
                sums.reservedBytes += allocation.bytes();
                sums.reservedVersions++;
            }
        }
    }

    private static void add(Map<CounterKey, Sums> expected, Entry entry) {
        for (Sums sums : moved(expected, entry.account(), entry.category())) {
            sums.ledgerBytes += entry.bytes();
            sums.ledgerFiles += entry.files();
        }
    }

    private static List<Sums> moved(Map<CounterKey, Sums> expected, AccountId account, @Nullable Category category) {
        List<Sums> moved = new ArrayList<>();
        for (AccountId level : account.lineage()) {
            moved.add(sums(expected, level, null));
            if (category != null) {
                moved.add(sums(expected, level, category));
            }
        }
        return moved;
    }

    private static Sums sums(Map<CounterKey, Sums> expected, AccountId account, @Nullable Category category) {
        return expected.computeIfAbsent(new CounterKey(account, category), key -> new Sums());
    }

    private void compare(String counter, Usage usage, Sums sums) {
        expect(counter, "used bytes", usage.usedBytes(), "ledger", sums.ledgerBytes);
        expect(counter, "used bytes", usage.usedBytes(), "allocations", sums.committedBytes);
        expect(counter, "used files", usage.usedFiles(), "ledger", sums.ledgerFiles);
        expect(counter, "used files", usage.usedFiles(), "allocations", sums.storedFiles.size());
        expect(counter, "reserved bytes", usage.reservedBytes(), "allocations", sums.reservedBytes);
        if (usage.reservedFiles() < 0 || usage.reservedFiles() > sums.reservedVersions) {
            faults.add("%s: reserved files are %d for %d reserved versions"
                    .formatted(counter, usage.reservedFiles(), sums.reservedVersions));
        }
        if (usage.usedBytes() < 0 || usage.reservedBytes() < 0 || usage.usedFiles() < 0) {
            faults.add("%s: negative in %s".formatted(counter, usage));
        }
    }

    private void expect(String counter, String what, long said, String source, long sum) {
        if (said != sum) {
            faults.add("%s: %s are %d, the %s say %d".formatted(counter, what, said, source, sum));
        }
    }

    private void uncategorised(AccountCounters usage) {
        long used = usage.total().usedBytes();
        long reserved = usage.total().reservedBytes();
        for (Usage category : usage.categories().values()) {
            used -= category.usedBytes();
            reserved -= category.reservedBytes();
        }
        for (Allocation allocation : books.allocations()) {
            if (allocation.category() == null && allocation.account().lineage().contains(usage.account())) {
                used -= allocation.state() == AllocationState.COMMITTED ? allocation.bytes() : 0;
                reserved -= allocation.state() == AllocationState.RESERVED ? allocation.bytes() : 0;
            }
        }
        if (used != 0 || reserved != 0) {
            faults.add("total of %s: is not its categories and what has none, by %d used and %d reserved bytes"
                    .formatted(usage.account(), used, reserved));
        }
    }

    private void children() {
        books.usages().forEach((parent, usage) -> {
            long used = usage.total().usedBytes();
            long reserved = usage.total().reservedBytes();
            long files = usage.total().usedFiles();
            for (AccountCounters child : books.usages().values()) {
                List<AccountId> lineage = child.account().lineage();
                if (lineage.size() > 1 && lineage.get(lineage.size() - 2).equals(parent)) {
                    used -= child.total().usedBytes();
                    reserved -= child.total().reservedBytes();
                    files -= child.total().usedFiles();
                }
            }
            if (used < 0 || reserved < 0 || files < 0) {
                faults.add("account %s holds less than its children together".formatted(parent));
            }
        });
    }
}
