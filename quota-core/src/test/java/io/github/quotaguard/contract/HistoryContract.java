package io.github.quotaguard.contract;

import io.github.quotaguard.model.Histories;
import io.github.quotaguard.model.Tally;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Random histories, alone, call by call beside a model that shares no rule with any store. */
interface HistoryContract extends StoreFixture {

    @Test
    default void shouldAnswerLikeTheModel(TestReporter reporter) {
        long seed = RandomUploads.seed();
        reporter.publishEntry("quotaguard.contract.seed", Long.toString(seed));
        new Histories(store(), clock()::advance, new Tally()).play(seed, rounds() / 4);
    }
}
