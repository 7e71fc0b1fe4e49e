package io.github.quotaguard.reconcile;

/**
 * How much differs.
 *
 * @param files how many versions of files
 * @param recorded their bytes as they are recorded
 * @param actual their bytes as they are
 */
public record DriftCount(long files, long recorded, long actual) {

    /** Nothing. */
    static final DriftCount NONE = new DriftCount(0, 0, 0);

    DriftCount plus(Drift drift) {
        return new DriftCount(files + 1, recorded + drift.recorded(), actual + drift.actual());
    }
}
