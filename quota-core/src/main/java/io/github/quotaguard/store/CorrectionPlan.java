package io.github.quotaguard.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which of some corrections can be made, where it does not depend on how a store keeps things. Those of one file are
 * judged together: all its versions are of one account and category before and after, and may move to another as one.
 * Pure.
 */
public final class CorrectionPlan {

    private final IdentityHashMap<Correction, CorrectionResult> results = new IdentityHashMap<>();

    private CorrectionPlan() {}

    /**
     * Judges corrections.
     *
     * @param corrections the corrections; of two of the same version, the second finds it changed
     * @param live looks up the reserved and committed versions of a file, as they stand
     * @return what can be made of each
     */
    public static CorrectionPlan of(List<Correction> corrections, Function<String, List<Allocation>> live) {
        CorrectionPlan plan = new CorrectionPlan();
        Map<String, List<Correction>> byFile = new LinkedHashMap<>();
        corrections.forEach(correction -> byFile.computeIfAbsent(correction.id().file(), file -> new ArrayList<>())
                .add(correction));
        byFile.forEach((file, ofFile) -> plan.judge(ofFile, live.apply(file)));
        return plan;
    }

    /**
     * Returns what can be made of a correction.
     *
     * @param correction one of those that were judged
     * @return {@link CorrectionResult#MADE}, {@link CorrectionResult#CHANGED} or {@link CorrectionResult#CONFLICT}
     */
    public CorrectionResult resultOf(Correction correction) {
        return results.getOrDefault(correction, CorrectionResult.CHANGED);
    }

    private void judge(List<Correction> ofFile, List<Allocation> live) {
        Map<FileVersion, Allocation> standing = new HashMap<>();
        live.forEach(version -> standing.put(version.id(), version));
        Map<FileVersion, Correction> possible = new LinkedHashMap<>();
        for (Correction correction : ofFile) {
            if (isAsItWas(correction, standing.get(correction.id()))) {
                possible.putIfAbsent(correction.id(), correction);
            }
        }
        while (true) {
            Correction conflicting = firstWithoutRoom(possible, live);
            if (conflicting == null) {
                break;
            }
            possible.remove(conflicting.id());
            results.put(conflicting, CorrectionResult.CONFLICT);
        }
        possible.values().forEach(correction -> results.put(correction, CorrectionResult.MADE));
    }

    private static boolean isAsItWas(Correction correction, @Nullable Allocation standing) {
        Allocation ended = correction.ended();
        return ended == null
                ? standing == null
                : standing != null
                        && standing.generation() == ended.generation()
                        && standing.state() == AllocationState.COMMITTED
                        && standing.bytes() == ended.bytes();
    }

    /** Returns a correction that would begin a version beside one of another account or category, or null. */
    private static @Nullable Correction firstWithoutRoom(Map<FileVersion, Correction> possible, List<Allocation> live) {
        Set<FileVersion> ending = new HashSet<>();
        possible.values().stream()
                .filter(correction -> correction.ended() != null)
                .forEach(correction -> ending.add(correction.id()));
        List<AllocationSpec> beside = new ArrayList<>();
        live.stream().filter(version -> !ending.contains(version.id())).forEach(version -> beside.add(version.spec()));
        for (Correction correction : possible.values()) {
            AllocationSpec begun = correction.begun();
            if (begun != null) {
                if (!beside.stream().allMatch(begun::isCountedWith)) {
                    return correction;
                }
                beside.add(begun);
            }
        }
        return null;
    }
}
