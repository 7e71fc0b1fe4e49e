package io.github.quotaguard.jdbc;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.store.AccountId;
import java.util.Objects;
import java.util.Optional;

/**
 * What can be changed about plans, in the name of somebody and for a reason. Each change is committed together with its
 * row in the audit when the method returns, and in force for the next upload on every node. One that changes nothing,
 * as a repeated one, leaves no row. Lowering a limit below what is in use deletes nothing: what grows is refused, while
 * deletes and replacements that are not larger pass.
 *
 * <p>Every method throws {@link IllegalArgumentException} for a name that is not allowed, and
 * {@link io.github.quotaguard.store.UsageStoreException} if the database failed; to call again is safe then.
 * Thread-safe.
 */
public final class PlanEditor {

    private final QuotaPlans plans;
    private final PlanRecords records;
    private final PlanRecords.Author author;

    PlanEditor(QuotaPlans plans, PlanRecords records, PlanRecords.Author author) {
        this.plans = plans;
        this.records = records;
        this.author = author;
    }

    /**
     * Defines a plan, or defines it anew for all accounts that have it.
     *
     * @param plan its name, 1 to {@value JdbcQuotaPolicy#MAX_PLAN_LENGTH} characters under the rules of {@link AccountId}
     * @param limits what it allows
     * @return whether that changed anything
     * @throws IllegalArgumentException also if the limits are of more categories than can be kept, which is more than
     *     40 of them
     */
    public boolean define(String plan, QuotaLimits limits) {
        JdbcQuotaPolicy.requirePlan(plan);
        Objects.requireNonNull(limits, "limits");
        boolean hasChanged = records.define(plan, limits, author);
        plans.announceAccountsOf(plan);
        return hasChanged;
    }

    /**
     * Removes a plan. Whether a policy has it for a default is not known here.
     *
     * @param plan its name
     * @return whether it was there
     * @throws PlanInUseException if an account was assigned it
     */
    public boolean remove(String plan) {
        return records.remove(JdbcQuotaPolicy.requirePlan(plan), author);
    }

    /**
     * Assigns an account a plan, instead of the one it has.
     *
     * @param account the account's path; it need not have been charged yet
     * @param plan the name of the plan
     * @return whether that changed anything
     * @throws IllegalArgumentException also if the plan is not defined
     */
    public boolean assign(String account, String plan) {
        AccountId id = AccountId.of(account);
        return announced(id, records.assign(id, JdbcQuotaPolicy.requirePlan(plan), author));
    }

    /**
     * Takes an account's plan away, so that it has the policy's default; its overrides stay.
     *
     * @param account the account's path
     * @return whether it was assigned one
     */
    public boolean unassign(String account) {
        AccountId id = AccountId.of(account);
        return announced(id, records.change(id, given -> given.withPlan(Optional.empty()), author));
    }

    /**
     * Sets what holds for an account instead of single limits of its plan, and in place of all that was set before.
     *
     * @param account the account's path; it need not have been charged yet
     * @param overrides what is set, {@link LimitOverrides#NONE} to set nothing any more
     * @return whether that changed anything
     */
    public boolean override(String account, LimitOverrides overrides) {
        AccountId id = AccountId.of(account);
        Objects.requireNonNull(overrides, "overrides");
        return announced(id, records.change(id, given -> given.withOverrides(overrides), author));
    }

    private boolean announced(AccountId account, boolean hasChanged) {
        plans.announce(account);
        return hasChanged;
    }
}
