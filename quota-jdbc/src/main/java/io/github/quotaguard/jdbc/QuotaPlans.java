package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Ids;
import io.github.quotaguard.store.Page;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Administers the plans of a {@link JdbcQuotaPolicy}: what they allow, which account has which, and what is set for
 * single accounts instead. Who changed what, when and why is kept in an audit. Thread-safe.
 *
 * <pre>{@code
 * QuotaPlans plans = QuotaPlans.builder(policy).build();
 * plans.by("alice", "contract 4711").define("team", QuotaLimits.ofBytes(10_485_760));
 * plans.by("alice", "contract 4711").assign("acme", "team");
 * }</pre>
 *
 * <p>Every method works in a transaction of the library's own, and throws {@link IllegalArgumentException} for a name
 * that is not allowed and {@link io.github.quotaguard.store.UsageStoreException} if the database failed.
 */
public final class QuotaPlans {

    private static final Logger LOG = LoggerFactory.getLogger(QuotaPlans.class);
    private static final int ANNOUNCED_AT_ONCE = 500;
    private static final int MAX_TEXT_LENGTH = 255;

    private final PlanRecords records;
    private final Consumer<AccountId> listener;

    private QuotaPlans(PlanRecords records, Consumer<AccountId> listener) {
        this.records = records;
        this.listener = listener;
    }

    /**
     * Starts to build an administration.
     *
     * @param policy what reads the plans
     * @return a builder
     */
    public static Builder builder(JdbcQuotaPolicy policy) {
        return new Builder(Objects.requireNonNull(policy, "policy").records());
    }

    /**
     * Returns what can be changed, in the name of somebody.
     *
     * @param actor who changes something, 1 to 255 characters
     * @param reason why, 1 to 255 characters
     * @return the changes, for use by any thread
     * @throws IllegalArgumentException if a text is empty, too long, or has a character that ids may not hold
     */
    public PlanEditor by(String actor, String reason) {
        Ids.require("actor", actor, 1, MAX_TEXT_LENGTH);
        Ids.require("reason", reason, 1, MAX_TEXT_LENGTH);
        return new PlanEditor(this, records, new PlanRecords.Author(actor, reason));
    }

    /**
     * Lists the plans by name.
     *
     * @param after the name of the last plan of the page before, null for the first page
     * @param size the most plans, 1 to {@value Page#MAX_SIZE}
     * @return the plans as they are defined
     */
    public Page<QuotaPlan> plans(@Nullable String after, int size) {
        return records.plans(after == null ? "" : JdbcQuotaPolicy.requirePlan(after), size);
    }

    /**
     * Lists the accounts that were assigned a plan, in the order of their ids. Those that have it by default are not
     * among them.
     *
     * @param plan the name of the plan
     * @param after the last account of the page before, null for the first page
     * @param size the most accounts, 1 to {@value Page#MAX_SIZE}
     * @return the accounts, none for a plan that is not defined
     */
    public Page<AccountId> accounts(String plan, @Nullable AccountId after, int size) {
        return records.accounts(JdbcQuotaPolicy.requirePlan(plan), after, size);
    }

    /**
     * Reads what an account was given.
     *
     * @param account the account's path
     * @return its plan and its overrides, neither for an account that nobody has given anything
     */
    public AccountPlan account(String account) {
        return records.account(AccountId.of(account));
    }

    /**
     * Reads the audit of a plan, newest first: its definitions and its removal.
     *
     * @param plan the name of the plan
     * @param beforeSeq the number of the last change of the page before, {@link Long#MAX_VALUE} for the first page
     * @param size the most changes, 1 to {@value Page#MAX_SIZE}
     * @return the changes, also of a plan that was removed
     */
    public Page<PlanChange> changesOfPlan(String plan, long beforeSeq, int size) {
        return records.changesOfPlan(JdbcQuotaPolicy.requirePlan(plan), beforeSeq, size);
    }

    /**
     * Reads the audit of an account, newest first: the plans and overrides that it was given or lost.
     *
     * @param account the account's path
     * @param beforeSeq the number of the last change of the page before, {@link Long#MAX_VALUE} for the first page
     * @param size the most changes, 1 to {@value Page#MAX_SIZE}
     * @return the changes
     */
    public Page<PlanChange> changesOfAccount(String account, long beforeSeq, int size) {
        return records.changesOf(AccountId.of(account), beforeSeq, size);
    }

    /** Tells the listener of an account; whatever goes wrong there, the change is committed. */
    void announce(AccountId account) {
        try {
            listener.accept(account);
        } catch (RuntimeException | Error e) {
            LOG.warn("The listener failed for account {}, whose limits may have changed", account, e);
        }
    }

    void announceAccountsOf(String plan) {
        AccountId after = null;
        try {
            Page<AccountId> page;
            do {
                page = records.accounts(plan, after, ANNOUNCED_AT_ONCE);
                for (AccountId account : page.items()) {
                    announce(account);
                    after = account;
                }
            } while (page.hasMore());
        } catch (RuntimeException e) {
            LOG.warn("Accounts of plan {} after {} were not announced, whose limits may have changed", plan, after, e);
        }
    }

    /** Builds a {@link QuotaPlans}. */
    public static final class Builder {

        private final PlanRecords records;
        private Consumer<AccountId> listener = account -> {};

        private Builder(PlanRecords records) {
            this.records = records;
        }

        /**
         * Lets something know of each account whose limits have changed, such as a cache of theirs, or the warnings.
         * It is called after the commit, on the thread that made the change; for a plan that was defined anew, with
         * each account that was assigned it, but not with those that have it by default. It is called as well for a call
         * that found nothing to change: that may repeat one whose change was committed, but whose answer was lost, and
         * nobody told. What it throws is logged.
         *
         * @param listener what to call
         * @return this builder
         */
        public Builder onChange(Consumer<AccountId> listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Builds the administration.
         *
         * @return the administration
         */
        public QuotaPlans build() {
            return new QuotaPlans(records, listener);
        }
    }
}
