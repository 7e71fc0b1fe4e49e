package io.github.quotaguard.store;

/**
 * What a roll-up did.
 *
 * @param folded how many entries it took away, earlier roll-ups not counted
 * @param written how many roll-ups took their place; fewer than hours, accounts and categories if some moved nothing
 */
public record RollUpResult(int folded, int written) {

    /**
     * Says whether there was nothing to do, or another node was doing it.
     *
     * @return true if no entry was folded
     */
    public boolean isIdle() {
        return folded == 0;
    }
}
