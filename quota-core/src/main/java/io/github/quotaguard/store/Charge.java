package io.github.quotaguard.store;

import java.util.ArrayList;
import java.util.List;

/** What an upload asks of each counter that it moves: so many more bytes and files, by a version of so many bytes. */
record Charge(AllocationSpec spec, long bytes, int files, long fileBytes) {

    boolean fits(Counter[] counters, List<CounterLimit> limits) {
        for (int i = 0; i < counters.length; i++) {
            CounterLimit limit = inForce(limits.get(i));
            if (fileBytes > limit.maxBytesPerFile() || !counters[i].admits(bytes, files, limit)) {
                return false;
            }
        }
        return true;
    }

    List<LimitCheck> exceeded(Counter[] counters, List<CounterLimit> limits) {
        List<LimitCheck> exceeded = new ArrayList<>();
        for (int i = 0; i < counters.length; i++) {
            exceeded.addAll(inForce(limits.get(i)).exceeded(counters[i].usage(), bytes, files, fileBytes));
        }
        return exceeded;
    }

    private CounterLimit inForce(CounterLimit limit) {
        return spec.forcedReason() != null ? limit.withoutLimits() : limit;
    }
}
