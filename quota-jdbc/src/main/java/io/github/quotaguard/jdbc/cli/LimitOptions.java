package io.github.quotaguard.jdbc.cli;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.WarningThresholds;
import io.github.quotaguard.jdbc.LimitOverrides;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** The limits of a plan, or those that are set for one account instead. */
final class LimitOptions {

    private static final Duration GRACE = Duration.ofDays(7);

    @Option(
            names = "--bytes",
            paramLabel = "BYTES",
            converter = ByteSize.LimitConverter.class,
            description = "the most bytes, or unlimited. Example: --bytes 10MiB")
    private @Nullable Long bytes;

    @Option(
            names = "--max-files",
            paramLabel = "N",
            converter = ByteSize.LimitConverter.class,
            description = "the most files, or unlimited. Example: --max-files 1000")
    private @Nullable Long files;

    @Option(
            names = "--bytes-per-file",
            paramLabel = "BYTES",
            converter = ByteSize.LimitConverter.class,
            description = "the most bytes of one file, or unlimited. Example: --bytes-per-file 1MiB")
    private @Nullable Long bytesPerFile;

    @Option(
            names = "--category",
            paramLabel = "NAME=BYTES",
            converter = {TextConverter.class, ByteSize.LimitConverter.class},
            description = "the most bytes of a category; may be repeated. Example: --category image=5MiB")
    private Map<String, Long> categories = new LinkedHashMap<>();

    @Option(
            names = "--soft-bytes",
            paramLabel = "BYTES",
            converter = ByteSize.Converter.class,
            description = "bytes that may be passed for the time of --grace. Example: --soft-bytes 8MiB")
    private @Nullable Long softBytes;

    @Option(
            names = "--grace",
            paramLabel = "DURATION",
            description = "for how long (default: 7d). Example: --grace 14d")
    private @Nullable Duration grace;

    @Option(
            names = "--warning",
            paramLabel = "PERCENT",
            description = "from which share of a limit on to warn (default: 80). Example: --warning 75")
    private @Nullable Integer warning;

    @Option(
            names = "--critical",
            paramLabel = "PERCENT",
            description = "from which share on it is critical (default: 90). Example: --critical 95")
    private @Nullable Integer critical;

    /** Takes a text as it is. */
    static final class TextConverter implements ITypeConverter<String> {

        @Override
        public String convert(String value) {
            return value;
        }
    }

    boolean isEmpty() {
        return overrides().equals(LimitOverrides.NONE);
    }

    /** Returns what is named as overrides; the rest is as the plan says. */
    LimitOverrides overrides() {
        if (grace != null && softBytes == null) {
            throw new UsageException("--grace is for --soft-bytes: name both");
        }
        LimitOverrides overrides = LimitOverrides.NONE;
        if (bytes != null) {
            overrides = overrides.withBytes(bytes);
        }
        if (files != null) {
            overrides = overrides.withFiles(files);
        }
        if (bytesPerFile != null) {
            overrides = overrides.withBytesPerFile(bytesPerFile);
        }
        for (Map.Entry<String, Long> category : categories.entrySet()) {
            overrides = overrides.withBytes(category.getKey(), category.getValue());
        }
        if (softBytes != null) {
            overrides = overrides.withSoftBytes(softBytes, grace == null ? GRACE : grace);
        }
        if (warning != null || critical != null) {
            overrides = overrides.withThresholds(new WarningThresholds(
                    warning == null ? WarningThresholds.DEFAULT.warningPercent() : warning,
                    critical == null ? WarningThresholds.DEFAULT.criticalPercent() : critical));
        }
        return overrides;
    }

    /** Returns what is named as limits; the rest is unlimited. */
    QuotaLimits limits() {
        if (bytes != null && softBytes != null && softBytes > bytes) {
            throw new UsageException(
                    "--soft-bytes %d is above --bytes %d: a soft limit is the lower one".formatted(softBytes, bytes));
        }
        return overrides().applyTo(QuotaLimits.unlimited());
    }
}
