package io.github.quotaguard.model;

import io.github.quotaguard.contract.SettableClock;
import io.github.quotaguard.memory.InMemoryUsageStore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

@Tag("proof")
class InMemoryHistoriesTest {

    private static final int HISTORIES = Boolean.getBoolean("quotaguard.soak") ? 100_000 : 10_000;

    /** A sweep looks at every tenant, and a history is one. */
    private static final int HISTORIES_PER_STORE = 100;

    @Test
    void shouldAnswerEveryHistoryLikeTheModel(TestReporter reporter) {
        long seed = Long.getLong("quotaguard.seed", System.nanoTime());
        reporter.publishEntry("quotaguard.seed", Long.toString(seed));
        Tally tally = new Tally();
        try {
            for (int i = 0; i < HISTORIES / HISTORIES_PER_STORE; i++) {
                SettableClock clock = new SettableClock();
                new Histories(new InMemoryUsageStore(clock), clock::advance, tally).play(seed + i, HISTORIES_PER_STORE);
            }
        } finally {
            tally.append("histories", "MEMORY", seed);
        }
    }
}
