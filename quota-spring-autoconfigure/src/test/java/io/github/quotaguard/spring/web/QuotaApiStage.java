package io.github.quotaguard.spring.web;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaPolicy;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.cleanup.TemporaryFiles;
import io.github.quotaguard.memory.InMemoryUsageStore;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.UsageStore;
import io.github.quotaguard.store.UsageStoreException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application with the HTTP API. Who sends the name of an organisation may read it and clean it up, who sends
 * {@code *} may clean up all.
 */
final class QuotaApiStage {

    static final String ORGANIZATION = "X-Organization";

    private static final long MIB = 1_048_576;

    private static final Map<String, QuotaLimits> LIMITS = Map.of(
            "acme",
            QuotaLimits.ofBytes(10 * MIB).withFiles(100).withBytes("image", 2 * MIB),
            "acme/user-7",
            QuotaLimits.ofBytes(MIB),
            "soft",
            QuotaLimits.ofBytes(10 * MIB).withSoftBytes(10, Duration.ofDays(7)));

    private QuotaApiStage() {}

    static WebStage start(String... properties) {
        return WebStage.start(Application.class, properties);
    }

    @Configuration(proxyBeanMethods = false)
    static class Application {

        @Bean
        UsageStore store() {
            return new InMemoryUsageStore();
        }

        /** Of the organisation {@code down}, the plan can not be read. */
        @Bean
        QuotaPolicy policy() {
            return account -> {
                if (account.path().equals("down")) {
                    throw new UsageStoreException("SELECT plan FROM customers", true, null);
                }
                return LIMITS.getOrDefault(account.path(), QuotaLimits.unlimited());
            };
        }

        @Bean
        Deletions deletions() {
            return new Deletions();
        }

        @Bean
        TemporaryFiles temporaryFiles(UsageStore store, Deletions deletions) {
            return TemporaryFiles.of(store, file -> deletions.delete(file.file()));
        }

        @Bean
        QuotaAuthorization authorization() {
            return new QuotaAuthorization() {
                @Override
                public boolean isAllowed(Operation operation, AccountId account, HttpServletRequest request) {
                    return account.tenant().equals(request.getHeader(ORGANIZATION));
                }

                @Override
                public boolean isAllowedForAll(Operation operation, HttpServletRequest request) {
                    return "*".equals(request.getHeader(ORGANIZATION));
                }
            };
        }
    }

    /** The files that were deleted. */
    static final class Deletions {

        final List<String> files = new ArrayList<>();

        void delete(String file) {
            if (file.startsWith("stuck")) {
                throw new IllegalStateException("jdbc:postgresql://10.1.2.3 is away");
            }
            files.add(file);
        }
    }

    static void store(WebStage stage, Upload upload) {
        stage.bean(UploadGuard.class).reserve(upload).commit();
    }

    static Upload expired(String account, String file, long bytes) {
        return Upload.of(account, file, bytes).retainUntil(Instant.parse("2026-01-01T00:00:00Z"));
    }
}
