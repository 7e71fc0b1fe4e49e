package io.github.quotaguard.spring.web;

import io.github.quotaguard.Admission;
import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.QuotaService;
import io.github.quotaguard.Upload;
import io.github.quotaguard.store.LimitCheck;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Refuses an upload by its {@code Content-Length}, before its body is read, if it could not fit whatever becomes of the
 * uploads under way. It reserves nothing, and lets through what it is not sure of: the guard behind it decides.
 */
final class EarlyRefusalFilter extends OncePerRequestFilter {

    private static final Logger LOG = LoggerFactory.getLogger(EarlyRefusalFilter.class);

    private static final Set<String> METHODS = Set.of("POST", "PUT", "PATCH");

    /** Stands for the file, whose id is not known yet. */
    private static final String FILE = "(request body)";

    private final QuotaAccountResolver accounts;
    private final QuotaService quotas;
    private final HandlerExceptionResolver exceptions;
    private final long allowance;

    EarlyRefusalFilter(
            QuotaAccountResolver accounts, QuotaService quotas, HandlerExceptionResolver exceptions, long allowance) {
        this.accounts = accounts;
        this.quotas = quotas;
        this.exceptions = exceptions;
        this.allowance = allowance;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            requireRoom(request);
        } catch (QuotaExceededException e) {
            if (exceptions.resolveException(request, response, null, e) == null) {
                throw e;
            }
            return;
        }
        chain.doFilter(request, response);
    }

    private void requireRoom(HttpServletRequest request) {
        if (request.getContentLengthLong() <= allowance || !METHODS.contains(request.getMethod())) {
            return;
        }
        Optional<String> account = accounts.resolve(request);
        if (account.isEmpty()) {
            return;
        }
        Upload upload;
        try {
            upload = Upload.of(account.get(), FILE, request.getContentLengthLong());
        } catch (IllegalArgumentException e) {
            LOG.debug("It is nobody's upload: it goes on to its guard", e);
            return;
        }
        List<LimitCheck> violations = violations(upload, request);
        if (!violations.isEmpty()) {
            new Admission.Refused(upload.spec().id(), violations).orElseThrow();
        }
    }

    private List<LimitCheck> violations(Upload upload, HttpServletRequest request) {
        boolean mayReplace = accounts.mayReplace(request);
        boolean isOneFile = !UploadBody.isMultipart(request);
        try {
            return quotas.explain(upload).checks().stream()
                    .filter(check -> isHopeless(check, mayReplace, isOneFile))
                    .toList();
        } catch (RuntimeException e) {
            LOG.warn(
                    "What {} has left is not known, its upload goes on to the guard: {}",
                    upload.spec().account(),
                    e.toString());
            return List.of();
        }
    }

    /**
     * Says whether a limit rules an upload out. What is reserved may be released in time, and does not count. Of a form
     * it is not known how many files it has, so that none need be above the limit of one. A soft limit and one of files
     * let pass what replaces other files.
     */
    private boolean isHopeless(LimitCheck check, boolean mayReplace, boolean isOneFile) {
        long atLeast = check.requested() - allowance;
        return switch (check.metric()) {
            case BYTES -> atLeast > check.limit() - (mayReplace ? 0 : check.used());
            case FILE_BYTES -> isOneFile && atLeast > check.limit();
            case SOFT_BYTES, FILES, CATEGORY_BYTES -> false;
        };
    }
}
