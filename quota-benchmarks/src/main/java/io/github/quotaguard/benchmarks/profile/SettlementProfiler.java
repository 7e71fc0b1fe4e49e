package io.github.quotaguard.benchmarks.profile;

import java.util.List;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Adds what was left to settle when the uploads of an iteration had ended, and how long that took, which is time of the
 * iteration too.
 */
public final class SettlementProfiler extends LatencyProfiler {

    private static final double NANOS_IN_SECOND = 1e9;

    /** For JMH, which creates it by its name. */
    public SettlementProfiler() {}

    @Override
    public String getDescription() {
        return super.getDescription() + ", with what was left to settle";
    }

    @Override
    List<ScalarResult> more() {
        Settlements.Wait wait = Settlements.last;
        return List.of(
                result("unsettled", (double) wait.unsettled(), "entries"),
                result("settlement", wait.nanos() / NANOS_IN_SECOND, "s"));
    }
}
