package io.github.quotaguard.store;

import java.time.Instant;
import java.util.ArrayList;
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
 * @param softLimit the bytes that may be passed for a while, or null; for a total alone, and not above {@code maxBytes}
 */
public record CounterLimit(
        AccountId account,
        @Nullable Category category,
        long maxBytes,
        long maxFiles,
        long maxBytesPerFile,
        @Nullable SoftLimit softLimit) {

    /** No limit but the range of the numbers themselves. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if a limit is negative, a category limits more than its bytes, or the soft limit
     *     is above the other
     */
    public CounterLimit {
        Objects.requireNonNull(account, "account");
        requireLimit("bytes", maxBytes);
        requireLimit("files", maxFiles);
        requireLimit("bytes per file", maxBytesPerFile);
        if (category != null && (maxFiles != UNLIMITED || maxBytesPerFile != UNLIMITED || softLimit != null)) {
            throw new IllegalArgumentException(
                    "category %s limits files or bytes per file or has a soft limit: only an account's total can"
                            .formatted(category));
        }
        if (softLimit != null && softLimit.bytes() > maxBytes) {
            throw new IllegalArgumentException(
                    "soft limit of bytes is %s, above the limit of %s".formatted(softLimit.bytes(), maxBytes));
        }
    }

    /**
     * Returns the limits of a counter without a soft one.
     *
     * @param account the account, or an ancestor, that is charged
     * @param category the category counted, or null for the total
     * @param maxBytes the most bytes used and reserved together, 0 to {@link #UNLIMITED}
     * @param maxFiles the most files used and reserved together, 0 to {@link #UNLIMITED}
     * @param maxBytesPerFile the most bytes one version may have, 0 to {@link #UNLIMITED}
     * @throws IllegalArgumentException if a limit is negative, or a category limits more than its bytes
     */
    public CounterLimit(
            AccountId account, @Nullable Category category, long maxBytes, long maxFiles, long maxBytesPerFile) {
        this(account, category, maxBytes, maxFiles, maxBytesPerFile, null);
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
     * Returns every counter that a charge moves, without limits.
     *
     * @param account the account that is charged
     * @param category the category, or null
     * @return the counters in the order that a {@link ReserveCommand} wants
     */
    public static List<CounterLimit> unlimitedLineage(AccountId account, @Nullable Category category) {
        List<CounterLimit> limits = new ArrayList<>();
        for (AccountId charged : account.lineage()) {
            limits.add(unlimited(charged, null));
            if (category != null) {
                limits.add(unlimited(charged, category));
            }
        }
        return limits;
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
     * @param grace the grace noted with the counter, or null
     * @param bytes how many more bytes are asked for
     * @param files how many more files are asked for
     * @param fileBytes the size of the version itself
     * @return one check per limit, those of unlimited metrics included; that of a soft limit is exceeded once its grace
     *     is over
     */
    public List<LimitCheck> check(Usage usage, @Nullable Grace grace, long bytes, long files, long fileBytes) {
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
        List<LimitCheck> checks = List.of(
                new LimitCheck(
                        account, MetricType.BYTES, null, bytes, usage.usedBytes(), usage.reservedBytes(), maxBytes),
                new LimitCheck(
                        account, MetricType.FILES, null, files, usage.usedFiles(), usage.reservedFiles(), maxFiles),
                new LimitCheck(account, MetricType.FILE_BYTES, null, fileBytes, 0, 0, maxBytesPerFile));
        if (softLimit == null) {
            return checks;
        }
        List<LimitCheck> withSoft = new ArrayList<>(checks);
        withSoft.add(new LimitCheck(
                account,
                MetricType.SOFT_BYTES,
                null,
                bytes,
                usage.usedBytes(),
                usage.reservedBytes(),
                softLimit.bytes(),
                graceEndedAt(usage, grace, bytes, files)));
        return withSoft;
    }

    /** Returns since when a grace is over that keeps a charge from being granted, or null if nothing does. */
    @Nullable
    Instant graceEndedAt(Usage usage, @Nullable Grace grace, long bytes, long files) {
        if (softLimit == null || (bytes == 0 && files == 0)) {
            return null;
        }
        return softLimit
                .graceOf(usage, grace)
                .filter(Grace::isOver)
                .map(Grace::endsAt)
                .orElse(null);
    }

    /**
     * Returns until when a grace is to be noted with the counter when a charge is granted. With a soft limit of 1,000
     * bytes, 900 used and nothing noted, a charge of 101 bytes begins a grace, one of 100 none. A charge that does not
     * make use grow leaves what is noted.
     *
     * @param usage what the counter says before the charge
     * @param grace the grace noted with the counter, or null
     * @param now the store's clock
     * @param bytes how many more bytes are charged
     * @param files how many more files are charged
     * @return when the grace ends, or null if none is to be noted
     */
    public @Nullable Instant graceAfter(Usage usage, @Nullable Grace grace, Instant now, long bytes, long files) {
        if (bytes == 0 && files == 0) {
            return grace == null ? null : grace.endsAt();
        }
        return softLimit == null ? null : softLimit.graceAfter(usage, grace, now, bytes);
    }

    /**
     * Does {@link #check} and keeps what does not fit.
     *
     * @param usage what the counter says
     * @param grace the grace noted with the counter, or null
     * @param bytes how many more bytes are asked for
     * @param files how many more files are asked for
     * @param fileBytes the size of the version itself
     * @return the checks that are exceeded; empty if the charge fits
     */
    public List<LimitCheck> exceeded(Usage usage, @Nullable Grace grace, long bytes, long files, long fileBytes) {
        List<LimitCheck> exceeded = new ArrayList<>(1);
        addExceeded(exceeded, usage, grace, bytes, files, fileBytes);
        return exceeded;
    }

    /** Does {@link #exceeded} into a list. */
    void addExceeded(
            List<LimitCheck> exceeded, Usage usage, @Nullable Grace grace, long bytes, long files, long fileBytes) {
        for (LimitCheck check : check(usage, grace, bytes, files, fileBytes)) {
            if (check.isExceeded()) {
                exceeded.add(check);
            }
        }
    }

    private static void requireLimit(String what, long limit) {
        if (limit < 0) {
            throw new IllegalArgumentException(
                    "limit of %s is %s, allowed are 0 to %s (unlimited)".formatted(what, limit, UNLIMITED));
        }
    }
}
