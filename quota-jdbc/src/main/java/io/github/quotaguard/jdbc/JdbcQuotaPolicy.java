package io.github.quotaguard.jdbc;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Ids;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes the limits of accounts from the plans that {@link QuotaPlans} administers, in tables beside those of a
 * {@link JdbcUsageStore}. An account has the limits of the plan it was assigned, with what was overridden for it instead;
 * an account that was assigned none has a default. Tenants, such as organisations, and the accounts below them, such as
 * their users, have different defaults: accounts below a tenant are unlimited unless told otherwise, so that only
 * the tenant's limits bound them.
 *
 * <pre>{@code
 * JdbcQuotaPolicy policy = JdbcQuotaPolicy.builder(store).defaultPlan("free").build();
 * }</pre>
 *
 * <p>Each question is one statement, for an account and all its ancestors together, on a connection of the store's own;
 * nothing is cached, so a change takes effect with the next upload on every node. {@link CachingQuotaPolicy} spares
 * the statement. Throws {@link io.github.quotaguard.store.UsageStoreException} if the database failed, and
 * {@link IllegalStateException} if a plan that an account has, assigned or by default, is not defined. Thread-safe.
 */
public final class JdbcQuotaPolicy implements QuotaPolicy {

    /** The most characters the name of a plan may have. */
    public static final int MAX_PLAN_LENGTH = 64;

    private final PlanRecords records;
    private final Default ofTenants;
    private final Default ofSubAccounts;

    private JdbcQuotaPolicy(PlanRecords records, Default ofTenants, Default ofSubAccounts) {
        this.records = records;
        this.ofTenants = ofTenants;
        this.ofSubAccounts = ofSubAccounts;
    }

    /**
     * Starts to build a policy.
     *
     * @param store the store beside whose tables the plans stand, in the same schema and with the same prefix
     * @return a builder that still needs a default for tenants
     */
    public static Builder builder(JdbcUsageStore store) {
        return new Builder(Objects.requireNonNull(store, "store").plans());
    }

    /** Returns the name of a plan if it is allowed. */
    static String requirePlan(String plan) {
        return Ids.require("plan", plan, 1, MAX_PLAN_LENGTH);
    }

    PlanRecords records() {
        return records;
    }

    @Override
    public QuotaLimits limits(AccountId account) {
        return limitsOf(List.of(Objects.requireNonNull(account, "account"))).get(0);
    }

    /**
     * Does {@link #limits} for accounts of one tenant.
     *
     * @throws IllegalArgumentException if they are of several tenants, none, or more than {@value AccountId#MAX_DEPTH}
     */
    @Override
    public List<QuotaLimits> limitsOf(List<AccountId> lineage) {
        requireOneLineage(lineage);
        PlanRecords.Found found = records.find(lineage, ofTenants.plan, ofSubAccounts.plan);
        return lineage.stream().map(account -> limits(account, found)).toList();
    }

    @Override
    public List<QuotaLimits> freshLimitsOf(List<AccountId> lineage) {
        return limitsOf(lineage);
    }

    private static void requireOneLineage(List<AccountId> lineage) {
        long tenants = lineage.stream().map(AccountId::tenant).distinct().count();
        if (tenants != 1 || lineage.size() > AccountId.MAX_DEPTH) {
            throw new IllegalArgumentException("limits of %s accounts of %s tenants, allowed are 1 to %s of one tenant"
                    .formatted(lineage.size(), tenants, AccountId.MAX_DEPTH));
        }
    }

    private QuotaLimits limits(AccountId account, PlanRecords.Found found) {
        AccountPlan given = found.of(account);
        Default byDefault = account.path().equals(account.tenant()) ? ofTenants : ofSubAccounts;
        if (given.plan().isEmpty() && byDefault.limits != null) {
            return given.overrides().applyTo(byDefault.limits);
        }
        String plan = given.plan().orElse(byDefault.plan);
        QuotaLimits limits = found.plans().get(plan);
        if (limits == null) {
            throw new IllegalStateException("account %s has the plan '%s'%s, which is not defined"
                    .formatted(account, plan, given.plan().isEmpty() ? " by default" : ""));
        }
        return given.overrides().applyTo(limits);
    }

    /** A plan, or limits; the name of the plan is empty then, as that of no plan is. */
    private record Default(String plan, @Nullable QuotaLimits limits) {

        static Default of(String plan) {
            return new Default(requirePlan(plan), null);
        }

        static Default of(QuotaLimits limits) {
            return new Default("", Objects.requireNonNull(limits, "limits"));
        }
    }

    /** Builds a {@link JdbcQuotaPolicy}. */
    public static final class Builder {

        private final PlanRecords records;
        private @Nullable Default ofTenants;
        private Default ofSubAccounts = Default.of(QuotaLimits.unlimited());

        private Builder(PlanRecords records) {
            this.records = records;
        }

        /**
         * Gives each tenant that was assigned none a plan, which has to be defined by the time it is asked for.
         *
         * @param plan the name of the plan
         * @return this builder
         * @throws IllegalArgumentException if the name is not allowed
         */
        public Builder defaultPlan(String plan) {
            this.ofTenants = Default.of(plan);
            return this;
        }

        /**
         * Gives each tenant that was assigned no plan these limits.
         *
         * @param limits the limits
         * @return this builder
         */
        public Builder defaultLimits(QuotaLimits limits) {
            this.ofTenants = Default.of(limits);
            return this;
        }

        /**
         * Gives each account below a tenant, at whatever depth, that was assigned none a plan, which has to be defined
         * by the time it is asked for; by default such accounts are unlimited.
         *
         * @param plan the name of the plan
         * @return this builder
         * @throws IllegalArgumentException if the name is not allowed
         */
        public Builder defaultPlanOfSubAccounts(String plan) {
            this.ofSubAccounts = Default.of(plan);
            return this;
        }

        /**
         * Gives each account below a tenant, at whatever depth, that was assigned no plan these limits; by default
         * such accounts are unlimited.
         *
         * @param limits the limits
         * @return this builder
         */
        public Builder defaultLimitsOfSubAccounts(QuotaLimits limits) {
            this.ofSubAccounts = Default.of(limits);
            return this;
        }

        /**
         * Builds the policy.
         *
         * @return the policy
         * @throws IllegalStateException if tenants have no default
         */
        public JdbcQuotaPolicy build() {
            if (ofTenants == null) {
                throw new IllegalStateException(
                        "no default for tenants: defaultPlan(name) or defaultLimits(QuotaLimits.unlimited())");
            }
            return new JdbcQuotaPolicy(records, ofTenants, ofSubAccounts);
        }
    }
}
