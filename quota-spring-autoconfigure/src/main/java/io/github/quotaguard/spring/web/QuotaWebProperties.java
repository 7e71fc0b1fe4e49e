package io.github.quotaguard.spring.web;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * What can be set under {@code quota.web}.
 *
 * @param exceededStatus HTTP status of an upload that does not fit, 400 to 599: 507 as in WebDAV, 413 as in tus and
 *     Swift, 403 as in Google Drive, 409 as in Dropbox. A file that is too large by itself is always 413.
 * @param retryAfter What clients are told to wait when an account is busy or the store is away, 1 second to 1 day;
 *     parts of a second are left out.
 * @param earlyRefusal How uploads are refused before their bodies are read.
 * @param api HTTP API for quotas, warnings, usage and cleanup.
 */
@ConfigurationProperties("quota.web")
record QuotaWebProperties(
        @DefaultValue("507") int exceededStatus,
        @DefaultValue("5s") Duration retryAfter,
        @DefaultValue EarlyRefusal earlyRefusal,
        @DefaultValue Api api) {

    private static final Duration LONGEST_RETRY = Duration.ofDays(1);

    /**
     * How uploads are refused by their Content-Length alone, where the application has a bean of type
     * {@link QuotaAccountResolver}.
     *
     * @param enabled Whether to look at the Content-Length at all.
     * @param urlPatterns Which requests to look at, as servlet URL patterns.
     * @param order Place among the servlet filters: by default right after Spring Security, so that it is known who
     *     asks, and before multipart bodies are read.
     * @param allowance How much of a body may be other things than files, 0 or more: the framing and the text fields of
     *     a form. Only what the rest can not fit into is refused early.
     */
    record EarlyRefusal(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("/*") List<String> urlPatterns,
            @DefaultValue("-99") int order,
            @DefaultValue("1MB") DataSize allowance) {

        /** Copies the patterns. */
        EarlyRefusal {
            urlPatterns = List.copyOf(urlPatterns);
        }
    }

    /**
     * HTTP API. Who may use it is said by a bean of type {@link QuotaAuthorization}; without one, nobody.
     *
     * @param enabled Whether there is an HTTP API.
     * @param basePath Path below which it lies, such as /attachments: segments of letters, digits and '-._~', each
     *     after a '/'.
     */
    record Api(
            @DefaultValue("false") boolean enabled,
            @DefaultValue(DEFAULT_BASE_PATH) String basePath) {

        static final String DEFAULT_BASE_PATH = "/attachments";

        private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._~-]+)+");
    }

    /**
     * Refuses what is outside its range: not while it is bound, which hides which property it was.
     *
     * @throws InvalidConfigurationPropertyValueException that names the property and what is allowed
     */
    void requireAllowed() {
        require(exceededStatus >= 400 && exceededStatus <= 599, "exceeded-status", exceededStatus, "400 to 599");
        require(
                retryAfter.toSeconds() >= 1 && retryAfter.compareTo(LONGEST_RETRY) <= 0,
                "retry-after",
                retryAfter,
                "1s to 1d");
        // A filter without patterns is registered for everything, which nobody means by an empty list.
        require(
                !earlyRefusal.urlPatterns().isEmpty(),
                "early-refusal.url-patterns",
                earlyRefusal.urlPatterns(),
                "1 or more patterns");
        require(
                !earlyRefusal.allowance().isNegative(),
                "early-refusal.allowance",
                earlyRefusal.allowance(),
                "0B or more");
        require(
                Api.PATH.matcher(api.basePath()).matches(),
                "api.base-path",
                api.basePath(),
                "segments of letters, digits and '-._~', each after a '/'");
    }

    private static void require(boolean isAllowed, String property, Object value, String allowed) {
        if (!isAllowed) {
            throw new InvalidConfigurationPropertyValueException(
                    "quota.web." + property, value, "allowed are " + allowed);
        }
    }
}
