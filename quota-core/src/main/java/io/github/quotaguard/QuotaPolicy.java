package io.github.quotaguard;

import io.github.quotaguard.store.AccountId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Says how much an account may use. It is asked for the account charged and for each ancestor, so an organisation and
 * its users can have limits of their own; an account without one answers {@link QuotaLimits#unlimited()}. A policy that
 * can answer for all of them at once, as by one query, overrides {@link #limitsOf} and {@link #freshLimitsOf}, which is
 * what an upload asks.
 *
 * <p>Called on the upload's thread, by many threads at once. What it throws reaches the caller of the guard, before
 * anything was reserved.
 */
@FunctionalInterface
public interface QuotaPolicy {

    /**
     * Returns the limits in force; the answer may be some time old.
     *
     * @param account an account or an ancestor of it
     * @return its limits, never null
     */
    QuotaLimits limits(AccountId account);

    /**
     * Returns the limits in force, asked afresh past any cache. It is called before an upload is refused, so that
     * somebody who has just bought more is not told that the storage is full.
     *
     * @param account an account or an ancestor of it
     * @return its limits, never null
     */
    default QuotaLimits freshLimits(AccountId account) {
        return limits(account);
    }

    /**
     * Does {@link #limits} for an account and its ancestors.
     *
     * @param lineage 1 to {@value AccountId#MAX_DEPTH} accounts of one tenant, each below the one before it
     * @return the limits of each, in the same order
     */
    default List<QuotaLimits> limitsOf(List<AccountId> lineage) {
        QuotaLimits[] limits = new QuotaLimits[lineage.size()];
        for (int i = 0; i < limits.length; i++) {
            limits[i] = limits(lineage.get(i));
        }
        return Arrays.asList(limits);
    }

    /**
     * Does {@link #freshLimits} for an account and its ancestors.
     *
     * @param lineage 1 to {@value AccountId#MAX_DEPTH} accounts of one tenant, each below the one before it
     * @return the limits of each, in the same order
     */
    default List<QuotaLimits> freshLimitsOf(List<AccountId> lineage) {
        QuotaLimits[] limits = new QuotaLimits[lineage.size()];
        for (int i = 0; i < limits.length; i++) {
            limits[i] = freshLimits(lineage.get(i));
        }
        return Arrays.asList(limits);
    }

    /**
     * Gives every account, at every level, the same limits.
     *
     * @param limits the limits
     * @return the policy
     */
    static QuotaPolicy fixed(QuotaLimits limits) {
        Objects.requireNonNull(limits, "limits");
        return account -> limits;
    }

    /**
     * Gives an account the limits of its plan.
     *
     * @param catalogue the limits by name of plan
     * @param planOf the name of an account's plan
     * @return a policy that throws {@link IllegalStateException} for a plan that the catalogue does not have
     */
    static QuotaPolicy byPlan(Map<String, QuotaLimits> catalogue, Function<AccountId, String> planOf) {
        Map<String, QuotaLimits> plans = Map.copyOf(catalogue);
        Objects.requireNonNull(planOf, "planOf");
        return account -> {
            String plan = planOf.apply(account);
            QuotaLimits limits = plan == null ? null : plans.get(plan);
            if (limits == null) {
                throw new IllegalStateException(
                        "account %s has the plan '%s', the catalogue has %s".formatted(account, plan, plans.keySet()));
            }
            return limits;
        };
    }
}
