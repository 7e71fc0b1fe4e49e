package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CounterLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Turns a policy's answers into the limits of the counters that a charge moves. */
final class ChargeLimits {

    private final QuotaPolicy policy;

    ChargeLimits(QuotaPolicy policy) {
        this.policy = policy;
    }

    List<CounterLimit> of(AllocationSpec spec) {
        return resolve(spec, policy::limitsOf);
    }

    List<CounterLimit> freshOf(AllocationSpec spec) {
        return resolve(spec, policy::freshLimitsOf);
    }

    static QuotaLimits require(AccountId account, QuotaLimits limits) {
        if (limits == null) {
            throw new IllegalStateException(
                    "the policy answered null for account %s: return QuotaLimits.unlimited() for no limit"
                            .formatted(account));
        }
        return limits;
    }

    private static List<CounterLimit> resolve(
            AllocationSpec spec, Function<List<AccountId>, List<QuotaLimits>> source) {
        List<AccountId> lineage = spec.account().lineage();
        List<QuotaLimits> answers = source.apply(lineage);
        if (answers == null || answers.size() != lineage.size()) {
            throw new IllegalStateException("the policy answered %s for the accounts %s: return the limits of each"
                    .formatted(answers == null ? "null" : answers.size() + " limits", lineage));
        }
        Category category = spec.category();
        List<CounterLimit> limits = new ArrayList<>();
        for (int i = 0; i < lineage.size(); i++) {
            AccountId account = lineage.get(i);
            QuotaLimits ofAccount = require(account, answers.get(i));
            limits.add(new CounterLimit(
                    account,
                    null,
                    ofAccount.bytes().orElse(CounterLimit.UNLIMITED),
                    ofAccount.files().orElse(CounterLimit.UNLIMITED),
                    ofAccount.bytesPerFile().orElse(CounterLimit.UNLIMITED),
                    ofAccount.softBytes().orElse(null)));
            if (category != null) {
                limits.add(new CounterLimit(
                        account,
                        category,
                        ofAccount.bytes(category).orElse(CounterLimit.UNLIMITED),
                        CounterLimit.UNLIMITED,
                        CounterLimit.UNLIMITED));
            }
        }
        return limits;
    }
}
