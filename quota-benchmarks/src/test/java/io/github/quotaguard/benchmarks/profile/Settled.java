package io.github.quotaguard.benchmarks.profile;

import io.github.quotaguard.benchmarks.database.Site;

/** Lets a test wait as an iteration does. */
public final class Settled {

    private Settled() {}

    /** Waits, and returns how long. */
    public static double seconds(Site site) {
        return SettlementProfiler.untilSettled(site).get(1).getScore();
    }
}
