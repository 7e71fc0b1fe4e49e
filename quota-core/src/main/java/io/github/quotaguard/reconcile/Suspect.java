package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Correction;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Replacement;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A version whose record and file may differ, as both were at one look.
 *
 * @param file what is there, or null
 * @param life what is recorded, or null
 */
record Suspect(
        FileVersion id, @Nullable StoredFile file, @Nullable Allocation life) {

    /** Says whether a record is that of a file; one whose category the inventory does not tell is. */
    static boolean isRecordOf(StoredFile file, Allocation life) {
        return life.state() == AllocationState.COMMITTED
                && life.bytes() == file.bytes()
                && file.account().covers(life.account())
                && (file.category() == null || Objects.equals(file.category(), life.category()));
    }

    /** Returns in what they differ, or null if they agree, or a look tells nothing because an upload is under way. */
    @Nullable
    DriftKind kind() {
        boolean isStored = life != null && life.state() == AllocationState.COMMITTED;
        boolean isReserved = life != null && life.state() == AllocationState.RESERVED;
        if (isReserved || (file == null && !isStored)) {
            return null;
        }
        if (file == null) {
            return DriftKind.GONE;
        }
        if (life == null || !isStored) {
            return DriftKind.NOT_RECORDED;
        }
        return isRecordOf(file, life) ? null : DriftKind.DIFFERENT;
    }

    Drift drift(DriftKind kind) {
        boolean isStored = life != null && life.state() == AllocationState.COMMITTED;
        long recorded = life != null && isStored ? life.bytes() : 0;
        if (file != null) {
            return new Drift(kind, id, file.account(), file.category(), recorded, file.bytes());
        }
        Allocation gone = Objects.requireNonNull(life);
        return new Drift(kind, id, gone.account(), gone.category(), recorded, 0);
    }

    Correction correction(DriftKind kind) {
        return switch (kind) {
            case NOT_RECORDED -> new Correction.Adopt(spec(Objects.requireNonNull(file)));
            case GONE -> new Correction.Remove(Objects.requireNonNull(life));
            case DIFFERENT ->
                new Correction.Replace(Objects.requireNonNull(life), spec(Objects.requireNonNull(file), life));
            case LEFT_BEHIND -> throw new IllegalStateException("what is left behind is expired, not corrected");
        };
    }

    private static AllocationSpec spec(StoredFile file) {
        return new AllocationSpec(
                file.id(),
                file.account(),
                file.category(),
                OptionalLong.of(file.bytes()),
                Replacement.NONE,
                Map.of(),
                null,
                null,
                null);
    }

    /** What the file does not tell stays as it is recorded. */
    private static AllocationSpec spec(StoredFile file, Allocation life) {
        return new AllocationSpec(
                file.id(),
                file.account().covers(life.account()) ? life.account() : file.account(),
                file.category() == null ? life.category() : file.category(),
                OptionalLong.of(file.bytes()),
                Replacement.NONE,
                life.spec().metadata(),
                life.spec().retainUntil(),
                null,
                life.spec().actor());
    }
}
