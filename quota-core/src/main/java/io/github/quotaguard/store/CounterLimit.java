package io.github.quotaguard.store;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A counter that a charge moves, with the limits in force for it. There is one counter per account for the total
 * ({@code category} null) and one per account and category; which of them a charge moves follows from path and
 * category alone, never from the limits.
 *
 * @param account the account, or an ancestor, that is charged
 * @param category the category counted, or null for the total
 * @param maxBytes the most bytes used and reserved together, 0 to {@link #UNLIMITED}
 * @param maxFiles the most files used and reserved together, 0 to {@link #UNLIMITED}
 * @param maxBytesPerFile the most bytes one version may have, 0 to {@link #UNLIMITED}
 */
public record CounterLimit(
        AccountId account, @Nullable Category category, long maxBytes, long maxFiles, long maxBytesPerFile) {

    /** No limit but the range of the numbers themselves. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if a limit is negative, or a category limits more than its bytes
     */
    public CounterLimit {
        Objects.requireNonNull(account, "account");
        requireLimit("bytes", maxBytes);
        requireLimit("files", maxFiles);
        requireLimit("bytes per file", maxBytesPerFile);
        if (category != null && (maxFiles != UNLIMITED || maxBytesPerFile != UNLIMITED)) {
            throw new IllegalArgumentException(
                    "category %s limits files or bytes per file: only an account's total can".formatted(category));
        }
    }

    /**
     * Returns the same counter without limits.
     *
     * @param account the account that is charged
     * @param category the category counted, or null for the total
     * @return a counter that only moves
     */
    public static CounterLimit unlimited(AccountId account, @Nullable Category category) {
        return new CounterLimit(account, category, UNLIMITED, UNLIMITED, UNLIMITED);
    }

    /**
     * Returns the same counter without limits, for an operation that an administrator forces.
     *
     * @return a counter that only moves
     */
    public CounterLimit withoutLimits() {
        return unlimited(account, category);
    }

    /**
     * Checks a charge against each limit of this counter. With a limit of 1,000 bytes, 300 used and 200 reserved, a
     * charge of 600 bytes gives a check that is exceeded, one of 500 a check that is not.
     *
     * @param usage what the counter says
     * @param bytes how many more bytes are asked for
     * @param files how many more files are asked for
     * @param fileBytes the size of the version itself
     * @return one check per limit, those of unlimited metrics included
     */
    public List<LimitCheck> check(Usage usage, long bytes, long files, long fileBytes) {
        if (category != null) {
            return List.of(new LimitCheck(
                    account,
                    MetricType.CATEGORY_BYTES,
                    category,
                    bytes,
                    usage.usedBytes(),
                    usage.reservedBytes(),
                    maxBytes));
        }
        return List.of(
                new LimitCheck(
                        account, MetricType.BYTES, null, bytes, usage.usedBytes(), usage.reservedBytes(), maxBytes),
                new LimitCheck(
                        account, MetricType.FILES, null, files, usage.usedFiles(), usage.reservedFiles(), maxFiles),
                new LimitCheck(account, MetricType.FILE_BYTES, null, fileBytes, 0, 0, maxBytesPerFile));
    }

    /**
     * Does {@link #check} and keeps what does not fit.
     *
     * @param usage what the counter says
     * @param bytes how many more bytes are asked for
     * @param files how many more files are asked for
     * @param fileBytes the size of the version itself
     * @return the checks that are exceeded; empty if the charge fits
     */
    public List<LimitCheck> exceeded(Usage usage, long bytes, long files, long fileBytes) {
        return check(usage, bytes, files, fileBytes).stream()
                .filter(LimitCheck::isExceeded)
                .toList();
    }

    private static void requireLimit(String what, long limit) {
        if (limit < 0) {
            throw new IllegalArgumentException(
                    "limit of %s is %s, allowed are 0 to %s (unlimited)".formatted(what, limit, UNLIMITED));
        }
    }
}
