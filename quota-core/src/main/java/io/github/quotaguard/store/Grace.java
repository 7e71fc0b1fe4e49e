package io.github.quotaguard.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The end of the grace that a store has noted for a counter when its use passed the soft limit. It means something only
 * while use is above that limit: {@link SoftLimit#graceOf} asks.
 *
 * @param endsAt from when on growth is refused
 * @param isOver whether that has come, by the store's clock
 */
public record Grace(Instant endsAt, boolean isOver) {

    /**
     * Judges a note.
     *
     * @param endsAt what is noted, or null
     * @param now the store's clock
     * @return the same, over from the very instant on; null if nothing is noted
     */
    public static @Nullable Grace of(@Nullable Instant endsAt, Instant now) {
        return endsAt == null ? null : new Grace(endsAt, !endsAt.isAfter(now));
    }
}
