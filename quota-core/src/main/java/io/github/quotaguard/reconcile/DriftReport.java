package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Balance;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a look at an account has found. Beside traffic, {@code recorded} and {@code actual} are of slightly different
 * moments; the kinds are not: what is counted there was looked at twice.
 *
 * @param account the account; everything below it is included
 * @param checkedAt when the look began, by the store's clock
 * @param recorded the bytes charged
 * @param actual the bytes of all files that are there
 * @param categories the same by category, those with files or charges, in the order of their names; what has none first
 * @param files how many versions of files are there
 * @param recordedFiles how many are charged that were stored before the look began
 * @param recordedBytes the bytes of those
 * @param drift how much there is of each kind, each kind that there is
 * @param samples some of what differs, at most 100
 * @param uneven the counters of the account that do not say what lives and ledger say
 * @param inFlight versions that are being uploaded
 * @param young files that are not recorded and too young to tell: their upload may be under way
 */
public record DriftReport(
        AccountId account,
        Instant checkedAt,
        long recorded,
        long actual,
        List<CategoryDrift> categories,
        long files,
        long recordedFiles,
        long recordedBytes,
        Map<DriftKind, DriftCount> drift,
        List<Drift> samples,
        List<Balance> uneven,
        long inFlight,
        long young) {

    /** Of so many parts of an account, at most one may be removed. */
    private static final int BRAKE = 20;

    /** Copies the collections. */
    public DriftReport {
        categories = List.copyOf(categories);
        drift = Map.copyOf(drift);
        samples = List.copyOf(samples);
        uneven = List.copyOf(uneven);
    }

    /**
     * Returns by how much the record is too low.
     *
     * @return {@code actual − recorded}
     */
    public long difference() {
        return actual - recorded;
    }

    /**
     * Returns how much there is of a kind.
     *
     * @param kind the kind
     * @return zeros if there is none
     */
    public DriftCount of(DriftKind kind) {
        return drift.getOrDefault(kind, DriftCount.NONE);
    }

    /**
     * Says whether records and files agree.
     *
     * @return true if nothing differs and every counter is even
     */
    public boolean isConsistent() {
        return drift.isEmpty() && uneven.isEmpty();
    }

    /**
     * Says whether a repair would only report unless it is forced: because the inventory is empty and something is
     * charged, or because more than 5 % of the files or bytes that are charged would go, removed or of a smaller size. Of
     * 100 files, 5 may be gone, not 6.
     *
     * @return true if somebody should look first
     */
    public boolean isBraked() {
        DriftCount gone = of(DriftKind.GONE);
        DriftCount different = of(DriftKind.DIFFERENT);
        long less = gone.recorded() + Math.max(0, different.recorded() - different.actual());
        return (files == 0 && recordedFiles > 0)
                || gone.files() > recordedFiles / BRAKE
                || less > recordedBytes / BRAKE;
    }
}
