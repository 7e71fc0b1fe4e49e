package io.github.quotaguard.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What an upload asks, now, of each counter that it moves: so many more bytes and files, by a version of so many bytes. */
record Charge(AllocationSpec spec, long bytes, int files, long fileBytes, Instant now) {

    boolean fits(Counter[] counters, List<CounterLimit> limits) {
        for (int i = 0; i < counters.length; i++) {
            CounterLimit limit = inForce(limits.get(i));
            if (fileBytes > limit.maxBytesPerFile() || !counters[i].admits(bytes, files, limit, now)) {
                return false;
            }
        }
        return true;
    }

    List<LimitCheck> exceeded(Counter[] counters, List<CounterLimit> limits) {
        List<LimitCheck> exceeded = new ArrayList<>();
        for (int i = 0; i < counters.length; i++) {
            exceeded.addAll(inForce(limits.get(i))
                    .exceeded(counters[i].usage(), counters[i].grace(now), bytes, files, fileBytes));
        }
        return exceeded;
    }

    /** Notes the graces that go with the charge, which a forced one begins like any other; before it is made. */
    void noteGrace(Counter[] counters, List<CounterLimit> limits) {
        for (int i = 0; i < counters.length; i++) {
            counters[i].noteGrace(bytes, files, limits.get(i), now);
        }
    }

    private CounterLimit inForce(CounterLimit limit) {
        return spec.forcedReason() != null ? limit.withoutLimits() : limit;
    }
}
