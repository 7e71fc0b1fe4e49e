package io.github.quotaguard.reconcile;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Balance;
import io.github.quotaguard.store.CorrectionResult;
import java.util.List;
import java.util.Map;

/**
 * What a repair has found and done.
 *
 * @param found what was found
 * @param outcome what came of it
 * @param corrected how much of each kind was corrected, as it was then
 * @param left how many versions were left as they are, by the reason; another repair finds what is still wrong
 * @param recounted the counters that were moved, as they were
 */
public record RepairReport(
        DriftReport found,
        RepairOutcome outcome,
        Map<DriftKind, DriftCount> corrected,
        Map<CorrectionResult, Integer> left,
        List<Balance> recounted) {

    /** Copies the collections. */
    public RepairReport {
        corrected = Map.copyOf(corrected);
        left = Map.copyOf(left);
        recounted = List.copyOf(recounted);
    }

    /**
     * Returns whose records they are.
     *
     * @return the account
     */
    public AccountId account() {
        return found.account();
    }

    /**
     * Returns how much of a kind was corrected.
     *
     * @param kind the kind
     * @return zeros if nothing was
     */
    public DriftCount corrected(DriftKind kind) {
        return corrected.getOrDefault(kind, DriftCount.NONE);
    }
}
