package io.github.quotaguard.store;

import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The current lives of one file's versions. Together they count as one file: used while a version is committed,
 * otherwise held while one is reserved. All of them move the same counters, so it makes no difference which.
 */
final class FileLives {

    /** The one version that most files have; null if there are none or have been several. */
    private @Nullable Life only;

    private @Nullable TreeMap<String, Life> several;
    private int reserved;
    private int committed;

    @Nullable
    Life get(String version) {
        if (several != null) {
            return several.get(version);
        }
        return only != null && only.spec.id().version().equals(version) ? only : null;
    }

    /** Adds a life, in the place of the one that its version had. */
    void put(Life life) {
        String version = life.spec.id().version();
        if (several == null && only != null && only != get(version)) {
            several = new TreeMap<>();
            several.put(only.spec.id().version(), only);
            only = null;
        }
        if (several == null) {
            only = life;
        } else {
            several.put(version, life);
        }
        count(life.state, 1);
    }

    /** Forgets a life, if its version has no later one. */
    void remove(Life life) {
        if (several != null) {
            several.remove(life.spec.id().version(), life);
        } else if (only == life) {
            only = null;
        }
    }

    /** Returns the lives in the order of their versions' ids. */
    Collection<Life> all() {
        if (several != null) {
            return several.values();
        }
        return only == null ? List.of() : List.of(only);
    }

    /** Returns snapshots of the reserved and committed versions, in the order of their ids. */
    List<Allocation> live() {
        return all().stream()
                .filter(life -> life.state.isLive())
                .map(Life::snapshot)
                .toList();
    }

    /** Returns the committed versions that a commit of {@code spec} deletes. */
    List<Life> replacedBy(AllocationSpec spec) {
        if (spec.replacement().scope() == Replacement.Scope.NONE) {
            return List.of();
        }
        return all().stream()
                .filter(life -> life.state == AllocationState.COMMITTED)
                .filter(life -> spec.replacement().covers(spec.id(), life.spec.id()))
                .toList();
    }

    int usedFiles() {
        return committed > 0 ? 1 : 0;
    }

    int heldFiles() {
        return committed == 0 && reserved > 0 ? 1 : 0;
    }

    /** Lets a life enter another state, and the file count as that makes it. */
    void enter(Life life, AllocationState state) {
        int used = usedFiles();
        int held = heldFiles();
        count(life.state, -1);
        life.state = state;
        count(state, 1);
        life.moveFiles(usedFiles() - used, heldFiles() - held);
    }

    private void count(AllocationState state, int lives) {
        if (state == AllocationState.RESERVED) {
            reserved += lives;
        } else if (state == AllocationState.COMMITTED) {
            committed += lives;
        }
    }
}
