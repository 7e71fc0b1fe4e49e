package io.github.quotaguard.contract;

import java.time.Duration;

/**
 * Moves the clock of the store under test. A store that takes its time from a database, which nobody can set, shifts
 * every timestamp that it has stored back by the same duration instead.
 */
@FunctionalInterface
public interface ContractClock {

    /**
     * Lets time pass for the whole store.
     *
     * @param duration how much, more than 0, in whole minutes
     */
    void advance(Duration duration);
}
