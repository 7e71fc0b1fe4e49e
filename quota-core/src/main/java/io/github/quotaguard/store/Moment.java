package io.github.quotaguard.store;

import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The time of one command: asked of the clock when it is needed first, and the same from then on. */
final class Moment {

    private final InstantSource clock;
    private @Nullable Instant now;

    Moment(InstantSource clock) {
        this.clock = clock;
    }

    static Moment of(Instant now) {
        return new Moment(InstantSource.fixed(now));
    }

    Instant now() {
        Instant read = now;
        if (read == null) {
            read = clock.instant();
            now = read;
        }
        return read;
    }
}
