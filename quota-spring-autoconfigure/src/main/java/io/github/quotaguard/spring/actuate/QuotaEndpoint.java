package io.github.quotaguard.spring.actuate;

import io.github.quotaguard.QuotaService;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.cleanup.CleanupRequest;
import io.github.quotaguard.cleanup.TemporaryFiles;
import io.github.quotaguard.reconcile.ReconcileOptions;
import io.github.quotaguard.reconcile.Reconciler;
import io.github.quotaguard.reconcile.RepairBusyException;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.UsageStore;
import java.security.Principal;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * Shows what waits and what an account has; repairs and cleans up where that was allowed.
 *
 * <pre>
 * GET  /actuator/quota               backlog, last diagnosis, settings
 * GET  /actuator/quota/acme/user-7   limits, usage and warnings of an account
 * POST /actuator/quota/acme          {"operation": "repair", "dryRun": true}
 * POST /actuator/quota/acme          {"operation": "cleanup"}; without an account, of all
 * </pre>
 */
@WebEndpoint(id = "quota")
final class QuotaEndpoint {

    private static final int FORBIDDEN = 403;
    private static final int NOT_IMPLEMENTED = 501;
    private static final String ACTOR = "actuator";

    /** What can be done beyond reading. */
    enum Operation {
        REPAIR,
        CLEANUP
    }

    private final UsageStore store;
    private final QuotaService quotas;
    private final BacklogReader backlog;
    private final LastReconcile drift;
    private final EndpointProperties properties;
    private final ObjectProvider<UploadGuard> guards;
    private final ObjectProvider<Reconciler> reconcilers;
    private final ObjectProvider<TemporaryFiles> temporaryFiles;

    QuotaEndpoint(
            UsageStore store,
            QuotaService quotas,
            BacklogReader backlog,
            LastReconcile drift,
            EndpointProperties properties,
            ObjectProvider<UploadGuard> guards,
            ObjectProvider<Reconciler> reconcilers,
            ObjectProvider<TemporaryFiles> temporaryFiles) {
        this.store = store;
        this.quotas = quotas;
        this.backlog = backlog;
        this.drift = drift;
        this.properties = properties;
        this.guards = guards;
        this.reconcilers = reconcilers;
        this.temporaryFiles = temporaryFiles;
    }

    @ReadOperation
    QuotaOverview overview() {
        return new QuotaOverview(
                backlog.read().orElse(null),
                drift.finding().orElse(null),
                new QuotaOverview.Settings(store.getClass().getSimpleName(), properties.repair(), properties.cleanup()),
                QuotaOverview.Uncharged.of(guards.getIfUnique()));
    }

    @ReadOperation
    AccountOverview account(@Selector(match = Match.ALL_REMAINING) String[] account) {
        String path = path(account);
        return AccountOverview.of(quotas.storageQuota(path), quotas.warnings(path));
    }

    @WriteOperation
    WebEndpointResponse<OperationAnswer> perform(
            @Selector(match = Match.ALL_REMAINING) String[] account,
            Operation operation,
            @Nullable Boolean dryRun,
            @Nullable String reason,
            SecurityContext security) {
        boolean isDryRun = Boolean.TRUE.equals(dryRun);
        return switch (operation) {
            case REPAIR -> repair(path(account), options(isDryRun, reason, security.getPrincipal()));
            case CLEANUP -> cleanup(account.length == 0 ? null : path(account), isDryRun);
        };
    }

    private WebEndpointResponse<OperationAnswer> repair(String account, ReconcileOptions options) {
        if (!properties.repair()) {
            return notAllowed("repair");
        }
        Reconciler reconciler = reconcilers.getIfUnique();
        if (reconciler == null) {
            return problem("there is nothing to compare with: define a bean of type FileInventory", NOT_IMPLEMENTED);
        }
        try {
            return new WebEndpointResponse<>(OperationAnswer.of(reconciler.repair(account, options)));
        } catch (RepairBusyException e) {
            return problem(String.valueOf(e.getMessage()), WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
        }
    }

    private static ReconcileOptions options(boolean isDryRun, @Nullable String reason, @Nullable Principal principal) {
        return valid(() -> {
            ReconcileOptions.Builder builder =
                    ReconcileOptions.builder().actor(principal == null ? ACTOR : principal.getName());
            if (reason != null) {
                builder.reason(reason);
            }
            return (isDryRun ? builder.dryRun() : builder).build();
        });
    }

    private WebEndpointResponse<OperationAnswer> cleanup(@Nullable String account, boolean isDryRun) {
        if (!properties.cleanup()) {
            return notAllowed("cleanup");
        }
        TemporaryFiles files = temporaryFiles.getIfUnique();
        if (files == null) {
            return problem("there is nothing to delete with: define a bean of type FileDeleter", NOT_IMPLEMENTED);
        }
        CleanupRequest.Builder request = CleanupRequest.builder();
        if (account != null) {
            request.account(account);
        }
        return new WebEndpointResponse<>(
                OperationAnswer.of(files.cleanup((isDryRun ? request.dryRun() : request).build())));
    }

    private static WebEndpointResponse<OperationAnswer> notAllowed(String operation) {
        return problem("not allowed here: quota.actuator.%1$s=true allows it".formatted(operation), FORBIDDEN);
    }

    private static WebEndpointResponse<OperationAnswer> problem(String problem, int status) {
        return new WebEndpointResponse<>(OperationAnswer.of(problem), status);
    }

    private static String path(String[] segments) {
        return valid(() -> AccountId.of(String.join("/", segments)).path());
    }

    /** Answers what is not allowed with 400. */
    private static <T> T valid(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new InvalidEndpointRequestException(message, message, e);
        }
    }
}
