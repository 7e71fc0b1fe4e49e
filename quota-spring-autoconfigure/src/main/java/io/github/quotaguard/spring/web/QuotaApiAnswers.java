package io.github.quotaguard.spring.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.quotaguard.AccountUsage;
import io.github.quotaguard.HistoryPoint;
import io.github.quotaguard.QuotaWarning;
import io.github.quotaguard.StorageQuota;
import io.github.quotaguard.UsageMetric;
import io.github.quotaguard.cleanup.CleanupResult;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.FileVersion;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the HTTP API answers, as {@code openapi.yaml} describes it. Every name is spelt out and every time is a text: how an
 * application has set its JSON up changes neither. What is null is left out.
 */
final class QuotaApiAnswers {

    private QuotaApiAnswers() {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Quota(
            @JsonProperty("organizationId") String organizationId,
            @JsonProperty("unlimited") boolean isUnlimited,
            @JsonProperty("totalQuota") @Nullable Long totalQuota,
            @JsonProperty("usedQuota") long usedQuota,
            @JsonProperty("reservedQuota") long reservedQuota,
            @JsonProperty("remainingQuota") @Nullable Long remainingQuota,
            @JsonProperty("availableQuota") @Nullable Long availableQuota,
            @JsonProperty("fileCount") long fileCount,
            @JsonProperty("usageByCategory") SortedMap<String, Long> usageByCategory,
            @JsonProperty("softQuota") @Nullable Long softQuota,
            @JsonProperty("graceEndsAt") @Nullable String graceEndsAt,
            @JsonProperty("graceOver") @Nullable Boolean isGraceOver,
            @JsonProperty("updatedAt") @Nullable String updatedAt) {

        static Quota of(StorageQuota quota) {
            SortedMap<String, Long> byCategory = new TreeMap<>();
            quota.usageByCategory().forEach((category, bytes) -> byCategory.put(category.name(), bytes));
            return new Quota(
                    quota.organizationId(),
                    quota.isUnlimited(),
                    orNull(quota.totalQuota()),
                    quota.usedQuota(),
                    quota.reservedQuota(),
                    orNull(quota.remainingQuota()),
                    orNull(quota.availableQuota()),
                    quota.fileCount(),
                    byCategory,
                    orNull(quota.softQuota()),
                    orNull(quota.graceEndsAt()),
                    quota.softQuota().isPresent() ? quota.isGraceOver() : null,
                    orNull(quota.updatedAt()));
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Warning(
            @JsonProperty("metricType") String metricType,
            @JsonProperty("category") @Nullable String category,
            @JsonProperty("currentUsage") long currentUsage,
            @JsonProperty("quotaLimit") long quotaLimit,
            @JsonProperty("usagePercentage") BigDecimal usagePercentage,
            @JsonProperty("severity") String severity,
            @JsonProperty("graceEndsAt") @Nullable String graceEndsAt,
            @JsonProperty("message") String message) {

        static Warning of(QuotaWarning warning) {
            return new Warning(
                    warning.metricType().name(),
                    nameOf(warning.category()),
                    warning.currentUsage(),
                    warning.quotaLimit(),
                    warning.usagePercentage(),
                    warning.severity().name(),
                    orNull(Optional.ofNullable(warning.graceEndsAt())),
                    warning.message());
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Usage(
            @JsonProperty("organizationId") String organizationId,
            @JsonProperty("metrics") List<Metric> metrics,
            @JsonProperty("updatedAt") @Nullable String updatedAt) {

        static Usage of(AccountUsage usage) {
            return new Usage(
                    usage.account().path(),
                    usage.metrics().stream().map(Metric::of).toList(),
                    orNull(usage.updatedAt()));
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Metric(
            @JsonProperty("metricType") String metricType,
            @JsonProperty("category") @Nullable String category,
            @JsonProperty("used") long used,
            @JsonProperty("reserved") long reserved,
            @JsonProperty("limit") @Nullable Long limit,
            @JsonProperty("percentage") @Nullable BigDecimal percentage) {

        static Metric of(UsageMetric metric) {
            return new Metric(
                    metric.metricType().name(),
                    nameOf(metric.category()),
                    metric.used(),
                    metric.reserved(),
                    orNull(metric.limit()),
                    metric.percentage().orElse(null));
        }
    }

    /** A step of the history; one of which the ledger keeps too little has no figures. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Step(
            @JsonProperty("start") String start,
            @JsonProperty("end") String end,
            @JsonProperty("bytes") @Nullable Long bytes,
            @JsonProperty("files") @Nullable Long files,
            @JsonProperty("addedBytes") @Nullable Long addedBytes,
            @JsonProperty("removedBytes") @Nullable Long removedBytes,
            @JsonProperty("addedFiles") @Nullable Long addedFiles,
            @JsonProperty("removedFiles") @Nullable Long removedFiles,
            @JsonProperty("peakBytes") @Nullable Long peakBytes) {

        static Step of(HistoryPoint point) {
            String start = offsetTime(point.start());
            String end = offsetTime(point.end());
            return point instanceof HistoryPoint.Known known
                    ? new Step(
                            start,
                            end,
                            known.bytes(),
                            known.files(),
                            known.addedBytes(),
                            known.removedBytes(),
                            known.addedFiles(),
                            known.removedFiles(),
                            known.peakBytes())
                    : new Step(start, end, null, null, null, null, null, null, null);
        }

        private static String offsetTime(ZonedDateTime time) {
            return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time);
        }
    }

    /** Why a file could not be deleted is for the log alone: the application's own exception says it. */
    record Cleanup(
            @JsonProperty("dryRun") boolean isDryRun,
            @JsonProperty("cleanedCount") long cleanedCount,
            @JsonProperty("freedSpace") long freedSpace,
            @JsonProperty("cleanedAttachments") List<Attachment> cleanedAttachments,
            @JsonProperty("failedAttachments") List<Attachment> failedAttachments,
            @JsonProperty("hasMore") boolean hasMore) {

        static Cleanup of(CleanupResult result) {
            return new Cleanup(
                    result.isDryRun(),
                    result.cleanedCount(),
                    result.freedSpace(),
                    attachments(result.cleanedAttachments()),
                    attachments(result.failures().keySet()),
                    result.hasMore());
        }

        private static List<Attachment> attachments(Collection<FileVersion> versions) {
            return versions.stream().map(Attachment::of).toList();
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Attachment(
            @JsonProperty("organizationId") String organizationId,
            @JsonProperty("file") String file,
            @JsonProperty("version") @Nullable String version) {

        static Attachment of(FileVersion version) {
            return new Attachment(
                    version.tenant(), version.file(), version.version().isEmpty() ? null : version.version());
        }
    }

    private static @Nullable String nameOf(@Nullable Category category) {
        return category == null ? null : category.name();
    }

    private static @Nullable Long orNull(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static @Nullable String orNull(Optional<Instant> time) {
        return time.map(Instant::toString).orElse(null);
    }
}
