package io.github.quotaguard.store;

/**
 * What one sweep did.
 *
 * @param expired reservations past their deadline that were ended
 * @param settled ledger entries that were applied to the counters
 * @param pruned ended lives that were forgotten because {@link UsageStore#RETENTION} had passed
 */
public record SweepResult(int expired, int settled, int pruned) {

    /**
     * Says whether there was nothing to do.
     *
     * @return true if all counts are 0
     */
    public boolean isIdle() {
        return expired == 0 && settled == 0 && pruned == 0;
    }

    /**
     * Adds another sweep's counts.
     *
     * @param other the other result
     * @return the sums
     */
    public SweepResult plus(SweepResult other) {
        return new SweepResult(expired + other.expired, settled + other.settled, pruned + other.pruned);
    }
}
