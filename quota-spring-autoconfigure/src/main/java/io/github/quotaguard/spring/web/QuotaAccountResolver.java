package io.github.quotaguard.spring.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Says whose quota the body of a request would be charged to, before it is read. Where an application has a bean of this
 * type, an upload that can not fit by its {@code Content-Length} is refused early; nothing is reserved by that, and every
 * upload still has to be guarded.
 *
 * <pre>{@code
 * QuotaAccountResolver accounts = request -> request.getRequestURI().endsWith("/photos")
 *         ? Optional.ofNullable(request.getRemoteUser())
 *         : Optional.empty();
 * }</pre>
 *
 * <p>Asked only about POST, PUT and PATCH requests longer than {@code quota.web.early-refusal.allowance}. Called by many
 * threads at once; what it throws fails the request. It must not read the body, nor the parameters of a form, which are
 * in it.
 */
@FunctionalInterface
public interface QuotaAccountResolver {

    /**
     * Returns who would be charged.
     *
     * @param request the request, its body unread
     * @return the account's path; empty if the body is not kept as it is sent (a command, base64 in JSON) or passes the
     *     limits on purpose
     */
    Optional<String> resolve(HttpServletRequest request);

    /**
     * Says whether what is uploaded may take the place of something stored, whose bytes then make room for it, or may be
     * stored already, as in a retry under the same id. If so, it is refused early only if it would not fit into an empty
     * account; otherwise if it is more than limit − used.
     *
     * @param request a request that has an account
     * @return by default, false for POST and true for PUT and PATCH; an application that replaces or retries files by
     *     POST has to say so
     */
    default boolean mayReplace(HttpServletRequest request) {
        return !"POST".equals(request.getMethod());
    }
}
