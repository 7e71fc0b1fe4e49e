package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.RepairStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One look at an account: the inventory against the records, and then the records against what the inventory has shown.
 * What seems to differ is looked at once more, in both, before it is told. Reads only; keeps a batch in memory.
 */
final class Comparison {

    /** Older than this past its deadline, and a reservation is nobody's any more. */
    private static final Duration LEFT_BEHIND = Duration.ofMinutes(5);

    private final RepairStore repairs;
    private final FileInventory inventory;
    private final AccountId account;
    private final Options options;
    private final Findings findings;
    private final Instant began;

    /** The lives whose files the inventory has shown, of those that were stored before the look began. */
    private final LifeSums shown = new LifeSums();

    /** All that were. */
    private final LifeSums listed = new LifeSums();

    private List<Suspect> suspects = new ArrayList<>();

    /**
     * How to look.
     *
     * @param batch how many versions at a time
     * @param settling how old a file is before its upload is taken for lost
     * @param checkpoint called between batches with the number of versions seen since; throws to stop
     */
    record Options(int batch, Duration settling, Checkpoint checkpoint) {}

    /** Is passed between two batches. */
    interface Checkpoint {
        void pass(int versions);
    }

    /** Is told what a look finds. */
    interface Findings {

        void began(Instant at);

        void file(StoredFile file, @Nullable Allocation record);

        void recorded(Allocation life);

        void inFlight(Allocation life);

        void young(StoredFile file);

        void leftBehind(Drift drift);

        /** Versions that differ, twice looked at. */
        void differing(List<Suspect> suspects);
    }

    Comparison(RepairStore repairs, FileInventory inventory, AccountId account, Options options, Findings findings) {
        this.repairs = repairs;
        this.inventory = inventory;
        this.account = account;
        this.options = options;
        this.findings = findings;
        this.began = repairs.now();
    }

    /** Takes the files as the stream pushes them: its iterator might fetch more than a batch. */
    void run() {
        findings.began(began);
        List<StoredFile> batch = new ArrayList<>(options.batch());
        try (Stream<StoredFile> files = inventory.list(account)) {
            files.sequential().forEach(file -> {
                batch.add(file);
                if (batch.size() == options.batch()) {
                    compare(batch);
                    batch.clear();
                }
            });
        }
        compare(batch);
        eachRecord(this::note);
        if (shown.differsFrom(listed)) {
            eachRecord(this::suspectIfNotShown);
        }
        flush();
    }

    private void compare(List<StoredFile> files) {
        files.forEach(this::requireOwn);
        Map<FileVersion, Allocation> records =
                byId(repairs.settled(account.tenant(), ids(files.stream().map(StoredFile::id))));
        records.putAll(standing(files.stream()
                .filter(file -> {
                    Allocation record = records.get(file.id());
                    return record == null || !Suspect.isRecordOf(file, record);
                })
                .map(StoredFile::id)));
        files.forEach(file -> compare(file, records.get(file.id())));
        options.checkpoint().pass(files.size());
    }

    /** Nothing is asked for nothing: most batches have no difference. */
    private Map<FileVersion, Allocation> standing(Stream<FileVersion> versions) {
        Set<FileVersion> ids = ids(versions);
        return ids.isEmpty() ? Map.of() : byId(repairs.standing(account.tenant(), ids));
    }

    private static Set<FileVersion> ids(Stream<FileVersion> versions) {
        return versions.collect(Collectors.toSet());
    }

    private static Map<FileVersion, Allocation> byId(List<Allocation> lives) {
        Map<FileVersion, Allocation> byId = new HashMap<>();
        lives.forEach(life -> byId.put(life.id(), life));
        return byId;
    }

    private void requireOwn(StoredFile file) {
        if (!account.covers(file.account())) {
            throw new IllegalStateException("the inventory of account %s lists %s of account %s: list the account's own"
                    .formatted(account, file.id(), file.account()));
        }
    }

    private void compare(StoredFile file, @Nullable Allocation record) {
        findings.file(file, record);
        if (record != null && isOld(record)) {
            shown.add(record);
        }
        if (record != null && record.state() == AllocationState.RESERVED) {
            findings.inFlight(record);
            return;
        }
        Suspect suspect = new Suspect(file.id(), file, record);
        DriftKind kind = suspect.kind();
        if (kind == DriftKind.NOT_RECORDED && isYoung(file, record)) {
            findings.young(file);
        } else if (kind != null) {
            suspect(suspect);
        }
    }

    /** Its upload, or the deletion of the file after that of the record, may be under way. */
    private boolean isYoung(StoredFile file, @Nullable Allocation ended) {
        Instant old = began.minus(options.settling());
        return file.lastModified().isAfter(old)
                || (ended != null && ended.since().isAfter(old));
    }

    /** Says whether a life was stored before the look began, so that the inventory has to show its file. */
    private boolean isOld(Allocation life) {
        return life.state() == AllocationState.COMMITTED && life.since().isBefore(began);
    }

    private void eachRecord(Consumer<Allocation> action) {
        FileVersion after = null;
        Page<Allocation> page;
        do {
            page = repairs.live(account.tenant(), after, options.batch());
            page.items().stream().filter(life -> account.covers(life.account())).forEach(action);
            options.checkpoint().pass(page.items().size());
            after = page.items().isEmpty()
                    ? after
                    : page.items().get(page.items().size() - 1).id();
        } while (page.hasMore());
    }

    private void note(Allocation life) {
        if (isOld(life)) {
            listed.add(life);
            findings.recorded(life);
        } else if (isLeftBehind(life)
                && standing(Stream.of(life.id())).values().stream().anyMatch(this::isLeftBehind)) {
            findings.leftBehind(
                    new Drift(DriftKind.LEFT_BEHIND, life.id(), life.account(), life.category(), life.bytes(), 0));
        }
    }

    private boolean isLeftBehind(Allocation life) {
        return life.state() == AllocationState.RESERVED && life.deadline().isBefore(began.minus(LEFT_BEHIND));
    }

    private void suspectIfNotShown(Allocation life) {
        if (isOld(life) && shown.differsFrom(listed, life)) {
            suspect(new Suspect(life.id(), null, life));
        }
    }

    private void suspect(Suspect suspect) {
        suspects.add(suspect);
        if (suspects.size() == options.batch()) {
            flush();
        }
    }

    private void flush() {
        if (!suspects.isEmpty()) {
            List<Suspect> looked = suspects;
            suspects = new ArrayList<>();
            findings.differing(lookAgain(looked));
            options.checkpoint().pass(0);
        }
    }

    /** Looks at versions once more, in both; returns those that still differ in the same way. */
    List<Suspect> lookAgain(List<Suspect> before) {
        Map<FileVersion, Suspect> byId = new LinkedHashMap<>();
        before.forEach(suspect -> byId.put(suspect.id(), suspect));
        Map<FileVersion, StoredFile> files = new HashMap<>();
        inventory.find(account, Set.copyOf(byId.keySet())).forEach(file -> files.put(file.id(), file));
        Map<FileVersion, Allocation> lives = standing(byId.keySet().stream());
        List<Suspect> after = new ArrayList<>();
        byId.keySet().forEach(id -> after.add(new Suspect(id, files.get(id), lives.get(id))));
        Predicate<Suspect> isSame = now -> {
            Suspect then = Objects.requireNonNull(byId.get(now.id()));
            return now.kind() != null && now.kind() == then.kind() && isSameLife(now.life(), then.life());
        };
        return after.stream().filter(isSame).toList();
    }

    private static boolean isSameLife(@Nullable Allocation one, @Nullable Allocation other) {
        return one == null ? other == null : other != null && one.generation() == other.generation();
    }
}
