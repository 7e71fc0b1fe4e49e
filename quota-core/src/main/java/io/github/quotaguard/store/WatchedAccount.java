package io.github.quotaguard.store;

import java.util.Map;

/**
 * What an account uses and how far it has been warned, read in one snapshot.
 *
 * @param counters what is settled and held
 * @param levels the levels of its limits, only those that were ever raised
 */
public record WatchedAccount(AccountCounters counters, Map<WatchedLimit, WarningLevel> levels) {

    /** Copies the levels. */
    public WatchedAccount {
        levels = Map.copyOf(levels);
    }

    /**
     * Returns the level of one limit.
     *
     * @param limit a limit of the account
     * @return its level, {@link WarningLevel#NONE} if it was never raised
     */
    public WarningLevel level(WatchedLimit limit) {
        return levels.getOrDefault(limit, WarningLevel.NONE);
    }
}
