package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.EntryKind;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Works out what a batch of open entries does to lives and counters. Pure: it reads rows and returns changes.
 *
 * <p>The versions of a file that share account and category count as one file: used while one is committed, otherwise
 * held once by one of the reserved.
 */
final class Settlement {

    /** An open entry. */
    static final class OpenEntry {

        final String file;
        final String version;
        final long generation;
        final int phase;
        final EntryKind kind;
        final long bytes;
        final @Nullable Long replacedBy;
        final Instant recordedAt;
        int files;

        OpenEntry(Row row) throws SQLException {
            file = row.text("file");
            version = row.text("version");
            generation = row.number("generation");
            phase = row.smallNumber("phase");
            kind = EntryKind.valueOf(row.text("kind"));
            bytes = row.number("bytes");
            replacedBy = row.numberOrNull("replaced_by");
            recordedAt = row.time("recorded_at");
        }

        /** Returns a life as this entry ended it; empty if it is the entry of another. */
        Optional<Allocation> endOf(Allocation life) {
            boolean isItsEnd = generation == life.generation()
                    && file.equals(life.id().file())
                    && version.equals(life.id().version());
            return isItsEnd
                    ? Optional.of(new Allocation(
                            life.spec(),
                            kind.leadsTo(),
                            generation,
                            life.attempt(),
                            Math.abs(bytes),
                            life.bornAt(),
                            life.deadline(),
                            recordedAt))
                    : Optional.empty();
        }
    }

    /** A version of a file that an entry is about. */
    static final class Version {

        final String file;
        final String version;
        final AccountId account;
        final String category;
        final long generation;
        final Instant deadline;
        /** How many versions the file has, this one included, whether they could be locked or not. */
        final long siblings;

        private final AllocationState stateBefore;
        private final long bytesBefore;
        private final int filesHeldBefore;
        AllocationState state;
        long bytes;
        int filesHeld;
        Instant since;

        Version(Row row) throws SQLException {
            file = row.text("file");
            version = row.text("version");
            account = AccountId.of(row.text("account"));
            category = row.text("category");
            generation = row.number("generation");
            state = AllocationState.valueOf(row.text("state"));
            bytes = row.number("bytes");
            deadline = row.time("deadline");
            filesHeld = row.smallNumber("files_held");
            since = row.time("since");
            siblings = row.number("siblings");
            stateBefore = state;
            bytesBefore = bytes;
            filesHeldBefore = filesHeld;
        }

        private boolean isChanged() {
            return state != stateBefore || bytes != bytesBefore || filesHeld != filesHeldBefore;
        }

        private boolean isCountedWith(Version other) {
            return account.equals(other.account) && category.equals(other.category);
        }
    }

    /** Those of one file by the file: a batch may name hundreds. */
    private final Map<String, List<Version>> versions;

    private final CounterDelta delta = new CounterDelta();
    private final Set<Version> changed = new LinkedHashSet<>();
    private final List<OpenEntry> settled = new ArrayList<>();

    Settlement(List<Version> versions) {
        this.versions = versions.stream().collect(Collectors.groupingBy(version -> version.file));
    }

    private List<Version> versionsOf(String file) {
        return versions.getOrDefault(file, List.of());
    }

    CounterDelta delta() {
        return delta;
    }

    /** Returns what is to be written; not what two entries together left as it was. */
    Collection<Version> changed() {
        return changed.stream().filter(Version::isChanged).toList();
    }

    /** Returns the entries that were applied, in their order. */
    List<OpenEntry> settled() {
        return settled;
    }

    /** Applies an entry, or leaves it for the next batch if the state that it presumes has not been settled yet. */
    void apply(OpenEntry entry) {
        Version version = find(entry);
        AllocationState presumed =
                entry.phase == EntryWriter.FILE_END ? AllocationState.COMMITTED : AllocationState.RESERVED;
        if (version == null || version.state != presumed) {
            return;
        }
        boolean wasCounted = isCounted(version);
        switch (entry.kind) {
            case COMMIT, ADOPT -> {
                move(version, entry.bytes, -version.bytes);
                version.bytes = entry.bytes;
            }
            case RELEASE, EXPIRE -> move(version, 0, -version.bytes);
            case DELETE, REMOVE -> {
                move(version, -version.bytes, 0);
                handOver(version, entry);
            }
            case ADJUST, ROLLUP -> throw new IllegalStateException(entry.kind + " that is not settled");
        }
        version.state = entry.kind.leadsTo();
        version.since = entry.recordedAt;
        hold(version, 0);
        changed.add(version);
        recount(version, wasCounted, entry);
        settled.add(entry);
    }

    /**
     * Gives the bytes of a replaced version to the reservation that replaces it, until that one's own commit is
     * settled: nobody else may get them in between.
     */
    private void handOver(Version replaced, OpenEntry entry) {
        if (entry.replacedBy == null) {
            return;
        }
        for (Version successor : versionsOf(replaced.file)) {
            if (successor.generation == entry.replacedBy && successor.state == AllocationState.RESERVED) {
                move(successor, 0, replaced.bytes);
                successor.bytes += replaced.bytes;
                changed.add(successor);
            }
        }
    }

    private void recount(Version version, boolean wasCounted, OpenEntry entry) {
        boolean counted = isCounted(version);
        entry.files = (counted ? 1 : 0) - (wasCounted ? 1 : 0);
        delta.add(version.account, version.category, 0, 0, entry.files, 0);
        boolean held = counted;
        for (Version other : versionsOf(version.file)) {
            if (other.state == AllocationState.RESERVED && other.isCountedWith(version)) {
                hold(other, held ? 0 : 1);
                held = true;
            }
        }
    }

    private boolean isCounted(Version version) {
        return versionsOf(version.file).stream()
                .anyMatch(other -> other.state == AllocationState.COMMITTED && other.isCountedWith(version));
    }

    private void hold(Version version, int files) {
        if (version.filesHeld != files) {
            delta.add(version.account, version.category, 0, 0, 0, (long) files - version.filesHeld);
            version.filesHeld = files;
            changed.add(version);
        }
    }

    private void move(Version version, long usedBytes, long reservedBytes) {
        delta.add(version.account, version.category, usedBytes, reservedBytes, 0, 0);
    }

    private @Nullable Version find(OpenEntry entry) {
        for (Version candidate : versionsOf(entry.file)) {
            if (candidate.generation == entry.generation && candidate.version.equals(entry.version)) {
                return candidate;
            }
        }
        return null;
    }
}
