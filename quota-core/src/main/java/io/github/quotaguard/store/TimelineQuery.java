package io.github.quotaguard.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * What {@link LedgerStore#timeline} is to sum up. Spans begin at the multiples of their length since 1970-01-01, UTC.
 *
 * @param account whose changes, with everything below it
 * @param from the beginning of the first span
 * @param to the end of the last span
 * @param span the length of a span in whole seconds
 */
public record TimelineQuery(AccountId account, Instant from, Instant to, Duration span) {

    /**
     * Checks that spans begin and end there.
     *
     * @throws IllegalArgumentException if they do not, or {@code from} is not before {@code to}
     */
    public TimelineQuery {
        Objects.requireNonNull(account, "account");
        if (!from.isBefore(to)
                || !startOfSpan(from, span).equals(from)
                || !startOfSpan(to, span).equals(to)) {
            throw new IllegalArgumentException("no spans of %s from %s to %s".formatted(span, from, to));
        }
    }

    /**
     * Returns the beginning of the span in which a time lies.
     *
     * @param time the time
     * @param span the length of a span in whole seconds
     * @return the multiple at or before it: 10:15 of 10:20 for a quarter of an hour
     */
    public static Instant startOfSpan(Instant time, Duration span) {
        long seconds = span.toSeconds();
        return Instant.ofEpochSecond(Math.floorDiv(time.getEpochSecond(), seconds) * seconds);
    }
}
