package io.github.quotaguard.contract;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until it is told to move, for stores that take their time from the application. */
public final class SettableClock implements InstantSource, ContractClock {

    private final AtomicReference<Instant> now;

    /** Creates a clock that stands at some instant. */
    public SettableClock() {
        this(Instant.parse("2026-03-29T01:30:00Z"));
    }

    /**
     * Creates a clock.
     *
     * @param now where it stands
     */
    public SettableClock(Instant now) {
        this.now = new AtomicReference<>(now);
    }

    @Override
    public Instant instant() {
        return now.get();
    }

    @Override
    public void advance(Duration duration) {
        now.updateAndGet(instant -> instant.plus(duration));
    }
}
