package io.github.quotaguard.jdbc;

import java.util.Optional;

/**
 * What an account was given. What follows from it is what {@link JdbcQuotaPolicy#limits JdbcQuotaPolicy} answers.
 *
 * @param plan the name of the plan it was assigned, empty if that is the policy's default
 * @param overrides what is set instead of single limits of the plan
 */
public record AccountPlan(Optional<String> plan, LimitOverrides overrides) {

    /** What an account has that nobody has given anything. */
    static final AccountPlan NONE = new AccountPlan(Optional.empty(), LimitOverrides.NONE);

    AccountPlan withPlan(Optional<String> plan) {
        return new AccountPlan(plan, overrides);
    }

    AccountPlan withOverrides(LimitOverrides overrides) {
        return new AccountPlan(plan, overrides);
    }

    /**
     * Returns it as it stands in the audit: {@code plan=team, bytes=20971520}, or {@code none}. The plan's name is encoded
     * as in a form.
     */
    @Override
    public String toString() {
        if (equals(NONE)) {
            return PlanChange.NONE;
        }
        String set = overrides.toString();
        return plan.map(name -> "plan=" + Rows.encode(name) + (set.isEmpty() ? "" : ", " + set))
                .orElse(set);
    }
}
