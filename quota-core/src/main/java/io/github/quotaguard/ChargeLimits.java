package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CounterLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns a policy's answers into the limits of the counters that a charge moves. The policy is asked each time; what its
 * answer was turned into is remembered for some accounts and categories, until it answers something else.
 */
final class ChargeLimits {

    /** A power of two. */
    private static final int REMEMBERED = 1_024;

    private final QuotaPolicy policy;
    private final AtomicReferenceArray<@Nullable Resolved> resolved = new AtomicReferenceArray<>(REMEMBERED);

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

    private record Resolved(
            AccountId account,
            @Nullable Category category,
            List<AccountId> lineage,
            List<QuotaLimits> answers,
            List<CounterLimit> limits) {

        boolean isOf(AllocationSpec spec) {
            return account.equals(spec.account()) && Objects.equals(category, spec.category());
        }
    }

    private List<CounterLimit> resolve(AllocationSpec spec, Function<List<AccountId>, List<QuotaLimits>> source) {
        int hash = 31 * spec.account().hashCode() + Objects.hashCode(spec.category());
        int slot = (hash ^ hash >>> 16) & (REMEMBERED - 1);
        Resolved last = resolved.get(slot);
        Resolved known = last != null && last.isOf(spec) ? last : null;
        List<AccountId> lineage = known == null ? spec.account().lineage() : known.lineage();
        List<QuotaLimits> answers = source.apply(lineage);
        if (known != null && known.answers().equals(answers)) {
            return known.limits();
        }
        List<QuotaLimits> read = read(lineage, answers);
        List<CounterLimit> limits = limits(lineage, spec.category(), read);
        resolved.set(slot, new Resolved(spec.account(), spec.category(), lineage, read, limits));
        return limits;
    }

    /** Reads the answers once: they may be a view of what somebody changes meanwhile. */
    private static List<QuotaLimits> read(List<AccountId> lineage, @Nullable List<QuotaLimits> answers) {
        List<QuotaLimits> read = answers == null ? List.of() : new ArrayList<>(answers);
        if (read.size() != lineage.size()) {
            throw new IllegalStateException("the policy answered %s for the accounts %s: return the limits of each"
                    .formatted(answers == null ? "null" : read.size() + " limits", lineage));
        }
        return read;
    }

    private static List<CounterLimit> limits(
            List<AccountId> lineage, @Nullable Category category, List<QuotaLimits> answers) {
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
        return List.copyOf(limits);
    }
}
