package io.github.quotaguard;

import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.SoftLimit;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How much an account, with everything below it, may use. Immutable: each {@code with} method returns a changed copy.
 * What is not limited is unlimited; a limit of 0 allows nothing.
 *
 * <pre>{@code
 * QuotaLimits.ofBytes(10_485_760).withFiles(1_000).withBytes("image", 5_242_880).withBytesPerFile(1_048_576)
 * }</pre>
 */
public final class QuotaLimits {

    private static final QuotaLimits UNLIMITED = new QuotaLimits(
            CounterLimit.UNLIMITED,
            CounterLimit.UNLIMITED,
            CounterLimit.UNLIMITED,
            Map.of(),
            null,
            WarningThresholds.DEFAULT);

    private final long bytes;
    private final long files;
    private final long bytesPerFile;
    private final Map<Category, Long> bytesByCategory;
    private final @Nullable SoftLimit softBytes;
    private final WarningThresholds thresholds;

    private QuotaLimits(
            long bytes,
            long files,
            long bytesPerFile,
            Map<Category, Long> bytesByCategory,
            @Nullable SoftLimit softBytes,
            WarningThresholds thresholds) {
        if (softBytes != null && softBytes.bytes() > bytes) {
            throw new IllegalArgumentException(
                    "soft limit of bytes is %s, above the limit of %s".formatted(softBytes.bytes(), bytes));
        }
        this.bytes = bytes;
        this.files = files;
        this.bytesPerFile = bytesPerFile;
        this.bytesByCategory = bytesByCategory;
        this.softBytes = softBytes;
        this.thresholds = thresholds;
    }

    /**
     * Returns limits that limit nothing.
     *
     * @return no limits, default thresholds
     */
    public static QuotaLimits unlimited() {
        return UNLIMITED;
    }

    /**
     * Returns limits of bytes alone.
     *
     * @param bytes the most bytes that all versions of all files may have, 0 or more
     * @return the limits
     * @throws IllegalArgumentException if it is negative
     */
    public static QuotaLimits ofBytes(long bytes) {
        return UNLIMITED.withBytes(bytes);
    }

    /**
     * Limits the bytes of all versions of all files.
     *
     * @param bytes the most bytes, 0 or more
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative, or below the soft limit
     */
    public QuotaLimits withBytes(long bytes) {
        return new QuotaLimits(require("bytes", bytes), files, bytesPerFile, bytesByCategory, softBytes, thresholds);
    }

    /**
     * Sets a soft limit: bytes that may be passed, up to the limit itself, until a grace period ends. It begins with the
     * upload that passes the soft limit; once it has ended, only what makes use shrink is admitted, until use is at the
     * soft limit or below. What is held for uploads under way counts as used. {@link SoftLimit} says more.
     *
     * @param bytes the most bytes that may be used without a grace, 0 or more
     * @param grace for how long more may be used, more than 0, at most {@link SoftLimit#LONGEST_GRACE}
     * @return a changed copy
     * @throws IllegalArgumentException if one of them is outside its range, or the bytes are above the limit
     */
    public QuotaLimits withSoftBytes(long bytes, Duration grace) {
        return new QuotaLimits(
                this.bytes, files, bytesPerFile, bytesByCategory, new SoftLimit(bytes, grace), thresholds);
    }

    /**
     * Removes the soft limit.
     *
     * @return a changed copy
     */
    public QuotaLimits withoutSoftBytes() {
        return new QuotaLimits(bytes, files, bytesPerFile, bytesByCategory, null, thresholds);
    }

    /**
     * Limits the bytes of one category.
     *
     * @param category the category
     * @param bytes the most bytes, 0 or more
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative, or the category's name is not allowed
     */
    public QuotaLimits withBytes(String category, long bytes) {
        Map<Category, Long> changed = new HashMap<>(bytesByCategory);
        changed.put(new Category(category), require("bytes of category " + category, bytes));
        changed.values().remove(CounterLimit.UNLIMITED);
        return new QuotaLimits(this.bytes, files, bytesPerFile, Map.copyOf(changed), softBytes, thresholds);
    }

    /**
     * Limits the number of files; the versions of one file count once.
     *
     * @param files the most files, 0 or more
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative
     */
    public QuotaLimits withFiles(long files) {
        return new QuotaLimits(bytes, require("files", files), bytesPerFile, bytesByCategory, softBytes, thresholds);
    }

    /**
     * Limits the size of each version of each file.
     *
     * @param bytesPerFile the most bytes, 0 or more
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative
     */
    public QuotaLimits withBytesPerFile(long bytesPerFile) {
        return new QuotaLimits(
                bytes, files, require("bytes per file", bytesPerFile), bytesByCategory, softBytes, thresholds);
    }

    /**
     * Sets from which share of a limit on warnings are given.
     *
     * @param thresholds the shares
     * @return a changed copy
     */
    public QuotaLimits withThresholds(WarningThresholds thresholds) {
        return new QuotaLimits(
                bytes,
                files,
                bytesPerFile,
                bytesByCategory,
                softBytes,
                Objects.requireNonNull(thresholds, "thresholds"));
    }

    /**
     * Returns the limit of bytes.
     *
     * @return the limit, empty if there is none
     */
    public OptionalLong bytes() {
        return optional(bytes);
    }

    /**
     * Returns the soft limit of bytes.
     *
     * @return the limit with its grace, empty if there is none
     */
    public Optional<SoftLimit> softBytes() {
        return Optional.ofNullable(softBytes);
    }

    /**
     * Returns the limit of bytes of a category.
     *
     * @param category the category
     * @return the limit, empty if the category has none of its own
     */
    public OptionalLong bytes(Category category) {
        return optional(bytesByCategory.getOrDefault(category, CounterLimit.UNLIMITED));
    }

    /**
     * Returns the limit of files.
     *
     * @return the limit, empty if there is none
     */
    public OptionalLong files() {
        return optional(files);
    }

    /**
     * Returns the limit of bytes per file.
     *
     * @return the limit, empty if there is none
     */
    public OptionalLong bytesPerFile() {
        return optional(bytesPerFile);
    }

    /**
     * Returns the limits of single categories.
     *
     * @return bytes by category, only those that are limited
     */
    public Map<Category, Long> bytesByCategory() {
        return bytesByCategory;
    }

    /**
     * Returns from which share of a limit on warnings are given.
     *
     * @return the shares, 80 % and 90 % by default
     */
    public WarningThresholds thresholds() {
        return thresholds;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof QuotaLimits that
                        && bytes == that.bytes
                        && files == that.files
                        && bytesPerFile == that.bytesPerFile
                        && bytesByCategory.equals(that.bytesByCategory)
                        && Objects.equals(softBytes, that.softBytes)
                        && thresholds.equals(that.thresholds));
    }

    @Override
    public int hashCode() {
        return Objects.hash(bytes, files, bytesPerFile, bytesByCategory, softBytes, thresholds);
    }

    @Override
    public String toString() {
        return "QuotaLimits[bytes=%s, files=%s, bytesPerFile=%s, bytesByCategory=%s, softBytes=%s, thresholds=%s]"
                .formatted(
                        text(bytes),
                        text(files),
                        text(bytesPerFile),
                        bytesByCategory,
                        softBytes == null ? "none" : softBytes,
                        thresholds);
    }

    private static String text(long limit) {
        return limit == CounterLimit.UNLIMITED ? "unlimited" : Long.toString(limit);
    }

    private static OptionalLong optional(long limit) {
        return limit == CounterLimit.UNLIMITED ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    private static long require(String what, long limit) {
        if (limit < 0) {
            throw new IllegalArgumentException(
                    "limit of %s is %s, allowed are 0 or more; leave it out for unlimited".formatted(what, limit));
        }
        return limit;
    }
}
