package io.github.quotaguard.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A limit of an account's bytes that may be passed for a while. What is used and what is held for uploads under way
 * count together.
 *
 * <p>The grace begins with the charge that passes the limit, and ends so long after it, even if the policy names another
 * grace meanwhile. From then on nothing may grow until use is at the limit or below; the next charge to pass it begins
 * another grace. Where a limit was lowered below what is used already, the grace begins with the first charge that would
 * make use grow, not with the lowering: nobody's grace runs out unseen.
 *
 * <p>A store learns of a limit with each charge and not otherwise. So it notices that a grace has ended by itself when
 * something is charged below the limit, or again above it; and a charge without a soft limit, as of a policy that stays
 * open while its source fails, makes the grace void. The store's clock is read when its lock is asked for: what was waited
 * for the lock still belongs to the grace.
 *
 * @param bytes the most bytes without a grace, 0 to {@link CounterLimit#UNLIMITED}
 * @param grace for how long more may be used, more than 0, at most {@link #LONGEST_GRACE}
 */
public record SoftLimit(long bytes, Duration grace) {

    /** 3,650 days. */
    public static final Duration LONGEST_GRACE = Duration.ofDays(3_650);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one of them is outside its range
     */
    public SoftLimit {
        Objects.requireNonNull(grace, "grace");
        if (bytes < 0) {
            throw new IllegalArgumentException("soft limit of bytes is %s, allowed are 0 or more".formatted(bytes));
        }
        if (grace.isNegative() || grace.isZero() || grace.compareTo(LONGEST_GRACE) > 0) {
            throw new IllegalArgumentException(
                    "grace is %s, allowed is more than 0 up to %s".formatted(grace, LONGEST_GRACE));
        }
    }

    /**
     * Says whether use is above the limit. Of 100 bytes, 60 used and 40 held are not, 41 held are.
     *
     * @param usage what the counter says
     * @return true if used and reserved bytes are more than the limit
     */
    public boolean isPassedBy(Usage usage) {
        return usage.reservedBytes() > bytes - usage.usedBytes();
    }

    /**
     * Returns the grace that runs or is over.
     *
     * @param usage what the counter says
     * @param noted what the store has noted, or null
     * @return the grace; empty if use is not above the limit, or has not grown since the limit was lowered below it
     */
    public Optional<Grace> graceOf(Usage usage, @Nullable Grace noted) {
        return isPassedBy(usage) ? Optional.ofNullable(noted) : Optional.empty();
    }

    /** Returns what is to be noted with a charge of so many bytes that makes use grow, or null for nothing. */
    @Nullable
    Instant graceAfter(Usage usage, @Nullable Grace noted, Instant now, long more) {
        Optional<Grace> grace = graceOf(usage, noted);
        if (grace.isPresent()) {
            return grace.get().endsAt();
        }
        return more > bytes - usage.usedBytes() - usage.reservedBytes() ? now.plus(this.grace) : null;
    }
}
