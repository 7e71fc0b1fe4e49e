package io.github.quotaguard.spring.web;

import io.github.quotaguard.QuotaService;
import io.github.quotaguard.cleanup.CleanupRequest;
import io.github.quotaguard.cleanup.TemporaryFiles;
import io.github.quotaguard.spring.web.QuotaAuthorization.Operation;
import io.github.quotaguard.store.AccountId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The HTTP API that {@code openapi.yaml} describes. */
@RestController
@RequestMapping("${quota.web.api.base-path:" + QuotaWebProperties.Api.DEFAULT_BASE_PATH + "}")
final class QuotaApiController {

    private final QuotaService quotas;
    private final ObjectProvider<TemporaryFiles> temporaryFiles;
    private final QuotaAuthorization authorization;
    private final ProblemWriter problems;
    private final InstantSource clock;

    QuotaApiController(
            QuotaService quotas,
            ObjectProvider<TemporaryFiles> temporaryFiles,
            QuotaAuthorization authorization,
            ProblemWriter problems,
            InstantSource clock) {
        this.quotas = quotas;
        this.temporaryFiles = temporaryFiles;
        this.authorization = authorization;
        this.problems = problems;
        this.clock = clock;
    }

    /** Before every call, so that a refusal has it too. */
    @ModelAttribute
    void keepOutOfCaches(HttpServletResponse response) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, CacheControl.noStore().getHeaderValue());
    }

    @GetMapping(path = "/openapi.yaml", produces = MediaType.APPLICATION_YAML_VALUE)
    Resource description() {
        return new ClassPathResource("openapi.yaml", QuotaApiController.class);
    }

    @GetMapping("/quota/{organizationId}")
    QuotaApiAnswers.Quota quota(
            @PathVariable String organizationId,
            @RequestParam(required = false) @Nullable String subaccount,
            HttpServletRequest request) {
        AccountId account = readable(organizationId, subaccount, request);
        return QuotaApiAnswers.Quota.of(quotas.storageQuota(account.path()));
    }

    @GetMapping("/warnings/{organizationId}")
    ResponseEntity<List<QuotaApiAnswers.Warning>> warnings(
            @PathVariable String organizationId,
            @RequestParam(required = false) @Nullable String subaccount,
            HttpServletRequest request) {
        AccountId account = readable(organizationId, subaccount, request);
        Locale language = problems.language(request);
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_LANGUAGE, language.toLanguageTag())
                .body(quotas.warnings(account.path(), language).stream()
                        .map(QuotaApiAnswers.Warning::of)
                        .toList());
    }

    @GetMapping("/usage/{organizationId}")
    QuotaApiAnswers.Usage usage(
            @PathVariable String organizationId,
            @RequestParam(required = false) @Nullable String subaccount,
            HttpServletRequest request) {
        AccountId account = readable(organizationId, subaccount, request);
        return QuotaApiAnswers.Usage.of(quotas.usage(account.path()));
    }

    @GetMapping("/usage/{organizationId}/history")
    List<QuotaApiAnswers.Step> history(
            @PathVariable String organizationId,
            @RequestParam(required = false) @Nullable String subaccount,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String step,
            @RequestParam(required = false) @Nullable String zone,
            HttpServletRequest request) {
        AccountId account = readable(organizationId, subaccount, request);
        return HistoryRange.of(clock, from, to, step, zone).read(quotas, account).stream()
                .map(QuotaApiAnswers.Step::of)
                .toList();
    }

    /** Deletes only where it is asked for in so many words: without {@code dryRun=false} nothing. */
    @PostMapping("/cleanup")
    QuotaApiAnswers.Cleanup cleanup(
            @RequestParam(required = false) @Nullable String organizationId,
            @RequestParam(required = false) @Nullable String subaccount,
            @RequestParam(required = false) @Nullable String dryRun,
            HttpServletRequest request) {
        CleanupRequest.Builder cleanup = CleanupRequest.builder();
        if (organizationId == null) {
            requireNone(subaccount);
            require(authorization.isAllowedForAll(Operation.CLEANUP, request));
        } else {
            cleanup.account(allowed(Operation.CLEANUP, organizationId, subaccount, request)
                    .path());
        }
        if (isDryRun(dryRun)) {
            cleanup.dryRun();
        }
        TemporaryFiles files = temporaryFiles.getIfAvailable();
        if (files == null) {
            throw QuotaApiException.unsupported("cleanup");
        }
        return QuotaApiAnswers.Cleanup.of(files.cleanup(cleanup.build()));
    }

    private AccountId readable(String organizationId, @Nullable String subaccount, HttpServletRequest request) {
        return allowed(Operation.READ, organizationId, subaccount, request);
    }

    private AccountId allowed(
            Operation operation, String organizationId, @Nullable String subaccount, HttpServletRequest request) {
        AccountId account = account(organizationId, subaccount);
        require(authorization.isAllowed(operation, account, request));
        return account;
    }

    private static void require(boolean isAllowed) {
        if (!isAllowed) {
            throw QuotaApiException.forbidden();
        }
    }

    private static AccountId account(String organizationId, @Nullable String subaccount) {
        try {
            AccountId.requireTenant(organizationId);
        } catch (IllegalArgumentException e) {
            throw QuotaApiException.invalid("organizationId");
        }
        try {
            return AccountId.of(subaccount == null ? organizationId : organizationId + "/" + subaccount);
        } catch (IllegalArgumentException e) {
            throw QuotaApiException.invalid("subaccount");
        }
    }

    private static void requireNone(@Nullable String subaccount) {
        if (subaccount != null) {
            throw QuotaApiException.invalid("organizationId");
        }
    }

    private static boolean isDryRun(@Nullable String dryRun) {
        if (dryRun == null || dryRun.equals("true")) {
            return true;
        }
        if (dryRun.equals("false")) {
            return false;
        }
        throw QuotaApiException.invalid("dryRun");
    }
}
