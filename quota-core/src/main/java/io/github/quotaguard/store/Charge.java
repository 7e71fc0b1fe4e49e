package io.github.quotaguard.store;

import java.util.ArrayList;
import java.util.List;

/** What an upload asks, now, of each counter that it moves: so many more bytes and files, by a version of so many bytes. */
record Charge(AllocationSpec spec, long bytes, int files, long fileBytes, Moment moment) {

    boolean fits(Counter[] counters, List<CounterLimit> limits) {
        for (int i = 0; i < counters.length; i++) {
            if (!fits(counters[i], inForce(limits.get(i)))) {
                return false;
            }
        }
        return true;
    }

    private boolean fits(Counter counter, CounterLimit limit) {
        return fileBytes <= limit.maxBytesPerFile() && counter.admits(bytes, files, limit, moment);
    }

    List<LimitCheck> exceeded(Counter[] counters, List<CounterLimit> limits) {
        List<LimitCheck> exceeded = new ArrayList<>(1);
        for (int i = 0; i < counters.length; i++) {
            CounterLimit limit = inForce(limits.get(i));
            if (!fits(counters[i], limit)) {
                limit.addExceeded(exceeded, counters[i].usage(), counters[i].grace(moment), bytes, files, fileBytes);
            }
        }
        return exceeded;
    }

    /** Notes the graces that go with the charge, which a forced one begins like any other; before it is made. */
    void noteGrace(Counter[] counters, List<CounterLimit> limits) {
        for (int i = 0; i < counters.length; i++) {
            counters[i].noteGrace(bytes, files, limits.get(i), moment);
        }
    }

    private CounterLimit inForce(CounterLimit limit) {
        return spec.forcedReason() != null ? limit.withoutLimits() : limit;
    }
}
