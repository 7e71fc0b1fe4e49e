package io.github.quotaguard.contract;

import io.github.quotaguard.model.Histories;
import io.github.quotaguard.model.Tally;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Random histories, alone, call by call beside a model that shares no rule with any store. */
interface HistoryContract extends StoreFixture {

    @Test
    @Checks(
            byChance = {
                Rule.LIMITS,
                Rule.LIMITS_COUNT_WHAT_IS_HELD,
                Rule.SAME_CALL_SAME_RESERVATION,
                Rule.COMMIT_ASKS_FOR_THE_STATE,
                Rule.RELEASE_ONCE,
                Rule.ONE_LIFE,
                Rule.STORES_CLOCK,
                Rule.CATEGORIES,
                Rule.LEDGER,
                Rule.TENANTS_APART
            })
    default void shouldAnswerLikeTheModel(TestReporter reporter) {
        long seed = RandomUploads.seed();
        reporter.publishEntry("quotaguard.contract.seed", Long.toString(seed));
        new Histories(store(), clock()::advance, new Tally()).play(seed, rounds() / 2);
    }
}
