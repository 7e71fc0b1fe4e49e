package io.github.quotaguard.reconcile;

/**
 * What a look at all tenants came to.
 *
 * @param accounts how many tenants were looked at to the end
 * @param consistent how many of them agreed with their files
 * @param drifted how many did not, repaired or not
 * @param repaired how many were repaired
 * @param braked how many were not, since somebody should look first
 * @param skipped how many were left out, since they rest or somebody else was at work on them
 * @param failed how many could not be looked at
 * @param isCancelled whether it was stopped before the last
 */
public record ReconcileSummary(
        long accounts,
        long consistent,
        long drifted,
        long repaired,
        long braked,
        long skipped,
        long failed,
        boolean isCancelled) {

    /** Counts while the tenants are gone through. */
    static final class Count {

        long consistent;
        long drifted;
        long repaired;
        long braked;
        long skipped;
        long failed;
        boolean isCancelled;

        void add(DriftReport report) {
            if (report.isConsistent()) {
                consistent++;
            } else {
                drifted++;
            }
        }

        void add(RepairReport report) {
            if (report.outcome() == RepairOutcome.CONSISTENT) {
                consistent++;
            } else {
                drifted++;
            }
            repaired += report.outcome() == RepairOutcome.REPAIRED ? 1 : 0;
            braked += report.outcome() == RepairOutcome.BRAKED ? 1 : 0;
        }

        ReconcileSummary summary() {
            return new ReconcileSummary(
                    consistent + drifted, consistent, drifted, repaired, braked, skipped, failed, isCancelled);
        }
    }
}
