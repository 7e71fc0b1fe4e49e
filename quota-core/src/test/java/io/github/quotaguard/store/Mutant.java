package io.github.quotaguard.store;

import io.github.quotaguard.contract.Rule;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store that is wrong in one place, as stores are in practice, and the rule that it breaks. */
enum Mutant {
    SOUND(null),
    CHECKS_THEN_ACTS(Rule.ATOMIC),
    NO_GUARD(Rule.LIMITS),
    GUARD_ON_USED_ONLY(Rule.LIMITS_COUNT_WHAT_IS_HELD),
    ENDLESS_GRACE(Rule.GRACE),
    CHARGES_A_RETRY(Rule.SAME_CALL_SAME_RESERVATION),
    SORTS_A_BATCH(Rule.BATCHES),
    NO_STATE_CHECK_ON_COMMIT(Rule.COMMIT_ASKS_FOR_THE_STATE),
    DOUBLE_RELEASE(Rule.RELEASE_ONCE),
    CALL_FROM_AN_EARLIER_LIFE(Rule.ONE_LIFE),
    APPLICATION_CLOCK(Rule.STORES_CLOCK),
    ACKNOWLEDGES_TOO_EARLY(Rule.DURABLE),
    FOLDS_CASE(Rule.CASE_COUNTS),
    TRIMS_IDS(Rule.SPACES_COUNT),
    FORGETS_AN_ANCESTOR(Rule.EVERY_ANCESTOR),
    LOSES_THE_CATEGORY(Rule.CATEGORIES),
    END_WITHOUT_AN_ENTRY(Rule.LEDGER),
    ONE_STATE_FOR_ALL_TENANTS(Rule.TENANTS_APART);

    final @Nullable Rule rule;

    Mutant(@Nullable Rule rule) {
        this.rule = rule;
    }

    UsageStore open(InstantSource clock, Map<String, byte[]> disk) {
        return switch (this) {
            case SOUND -> new SoundStore(clock, disk);
            case CHECKS_THEN_ACTS -> new BrokenStorage.ChecksThenActs(clock, disk);
            case NO_GUARD -> new BrokenCalls.NoGuard(clock, disk);
            case GUARD_ON_USED_ONLY -> new BrokenCalls.GuardOnUsedOnly(clock, disk);
            case ENDLESS_GRACE -> new BrokenCalls.EndlessGrace(clock, disk);
            case CHARGES_A_RETRY -> new BrokenCalls.ChargesARetry(clock, disk);
            case SORTS_A_BATCH -> new BatchSortingStore(clock, disk);
            case NO_STATE_CHECK_ON_COMMIT -> new BrokenCalls.NoStateCheckOnCommit(clock, disk);
            case DOUBLE_RELEASE -> new BrokenCalls.DoubleRelease(clock, disk);
            case CALL_FROM_AN_EARLIER_LIFE -> new BrokenCalls.CallFromAnEarlierLife(clock, disk);
            case APPLICATION_CLOCK -> new SoundStore(Clock.systemUTC(), disk);
            case ACKNOWLEDGES_TOO_EARLY -> new BrokenStorage.AcknowledgesTooEarly(clock, disk);
            case FOLDS_CASE -> new RenamingStore(clock, disk, id -> id.toLowerCase(Locale.ROOT));
            case TRIMS_IDS -> new RenamingStore(clock, disk, String::stripTrailing);
            case FORGETS_AN_ANCESTOR -> new BrokenCalls.ForgetsAnAncestor(clock, disk);
            case LOSES_THE_CATEGORY -> new BrokenCalls.LosesTheCategory(clock, disk);
            case END_WITHOUT_AN_ENTRY -> new BrokenCalls.EndWithoutAnEntry(clock, disk);
            case ONE_STATE_FOR_ALL_TENANTS -> new BrokenStorage.OneStateForAllTenants(clock, disk);
        };
    }
}
