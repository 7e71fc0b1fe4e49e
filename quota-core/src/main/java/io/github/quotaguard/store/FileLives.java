package io.github.quotaguard.store;

import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The current lives of one file's versions. Together they count as one file: used while a version is committed,
 * otherwise held once by one of the reserved versions.
 */
final class FileLives {

    private final TreeMap<String, Life> byVersion = new TreeMap<>();
    private boolean counted;

    @Nullable
    Life get(String version) {
        return byVersion.get(version);
    }

    void put(Life life) {
        byVersion.put(life.spec.id().version(), life);
    }

    void remove(Life life) {
        byVersion.remove(life.spec.id().version(), life);
    }

    Collection<Life> all() {
        return byVersion.values();
    }

    /** Returns snapshots of the reserved and committed versions, in the order of their ids. */
    List<Allocation> live() {
        return byVersion.values().stream()
                .filter(life -> life.state.isLive())
                .map(Life::snapshot)
                .toList();
    }

    /** Returns the committed versions that a commit of {@code spec} deletes. */
    List<Life> replacedBy(AllocationSpec spec) {
        return byVersion.values().stream()
                .filter(life -> life.state == AllocationState.COMMITTED)
                .filter(life -> spec.replacement().covers(spec.id(), life.spec.id()))
                .toList();
    }

    /**
     * Finds out how the file is counted, after its lives were restored together with their counters. Which of the
     * reserved versions holds it makes no difference: they move the same counters.
     */
    void restoreCount() {
        boolean held = false;
        for (Life life : byVersion.values()) {
            counted |= life.state == AllocationState.COMMITTED;
        }
        for (Life life : byVersion.values()) {
            life.holdsFile = !counted && !held && life.state == AllocationState.RESERVED;
            held |= life.holdsFile;
        }
    }

    /**
     * Lets the file be counted once again after {@code changed} entered another state.
     *
     * @return the change of the files used: 1, 0 or −1
     */
    int recount(Life changed) {
        if (changed.holdsFile && changed.state != AllocationState.RESERVED) {
            changed.holdsFile = false;
            changed.moveFiles(0, -1);
        }
        boolean stored = false;
        for (Life life : byVersion.values()) {
            stored |= life.state == AllocationState.COMMITTED;
        }
        holdOnce(!stored);
        int change = (stored ? 1 : 0) - (counted ? 1 : 0);
        if (change != 0) {
            changed.moveFiles(change, 0);
            counted = stored;
        }
        return change;
    }

    private void holdOnce(boolean wanted) {
        boolean held = false;
        for (Life life : byVersion.values()) {
            if (life.state != AllocationState.RESERVED) {
                continue;
            }
            boolean hold = wanted && !held;
            if (hold != life.holdsFile) {
                life.holdsFile = hold;
                life.moveFiles(0, hold ? 1 : -1);
            }
            held |= hold;
        }
    }
}
