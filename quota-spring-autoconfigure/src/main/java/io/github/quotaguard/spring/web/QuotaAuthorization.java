package io.github.quotaguard.spring.web;

import io.github.quotaguard.store.AccountId;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Decides who may use the HTTP API. Without a bean of this type, nobody may. Asked before anything of an account is read,
 * so that the answer says nothing about whether the account exists.
 *
 * <pre>{@code
 * QuotaAuthorization authorization =
 *         (operation, account, request) -> request.isUserInRole("QUOTA_" + account.tenant());
 * }</pre>
 */
@FunctionalInterface
public interface QuotaAuthorization {

    /** What somebody may want to do. */
    enum Operation {
        /** Read the quota, the warnings, the usage or the history of an account. */
        READ,
        /** Delete the temporary files of an account whose time has passed, or list them. */
        CLEANUP
    }

    /**
     * Decides about one account.
     *
     * @param operation what is to be done
     * @param account to which account, with everything below it
     * @param request by whom
     * @return true to let it be done; otherwise the answer is 403
     */
    boolean isAllowed(Operation operation, AccountId account, HttpServletRequest request);

    /**
     * Decides about all accounts at once.
     *
     * @param operation what is to be done
     * @param request by whom
     * @return true to let it be done; by default false
     */
    default boolean isAllowedForAll(Operation operation, HttpServletRequest request) {
        return false;
    }
}
