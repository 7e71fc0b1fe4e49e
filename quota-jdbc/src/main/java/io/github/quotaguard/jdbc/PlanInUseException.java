package io.github.quotaguard.jdbc;

import io.github.quotaguard.store.AccountId;

/** A plan can not be removed, since accounts have it. Nothing was changed: assign them another one first. */
public final class PlanInUseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String plan;
    private final AccountId account;

    PlanInUseException(String plan, AccountId account) {
        super("plan '%s' is the plan of %s and perhaps of others: assign another one first".formatted(plan, account));
        this.plan = plan;
        this.account = account;
    }

    /**
     * Returns which plan.
     *
     * @return its name
     */
    public String plan() {
        return plan;
    }

    /**
     * Returns an account that has it.
     *
     * @return the first of them
     */
    public AccountId account() {
        return account;
    }
}
