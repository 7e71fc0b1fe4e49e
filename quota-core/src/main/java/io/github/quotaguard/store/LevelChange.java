package io.github.quotaguard.store;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A step from one level of warning to another, taken only if the level still is what it was when the usage was read.
 *
 * @param limit which limit
 * @param before the level as it was read
 * @param level the level from now on, another than before; if it is higher, the step is a raise that is announced
 * @param used the usage that was read, in bytes or files
 * @param max the limit that it was compared with, in bytes or files
 * @param graceEndsAt for a soft limit that is passed, the end of its grace; else null
 */
public record LevelChange(
        WatchedLimit limit,
        WarningLevel before,
        int level,
        long used,
        long max,
        @Nullable Instant graceEndsAt) {

    /**
     * Checks the levels.
     *
     * @throws IllegalArgumentException if there is no such level, or it is the one before
     */
    public LevelChange {
        Objects.requireNonNull(limit, "limit");
        Objects.requireNonNull(before, "before");
        if (level < 0 || level > WarningLevel.HIGHEST || level == before.level()) {
            throw new IllegalArgumentException("level is moved from %s to %s, allowed are others of 0 to %s"
                    .formatted(before.level(), level, WarningLevel.HIGHEST));
        }
    }

    /**
     * Says whether this is a raise.
     *
     * @return true if the level gets higher
     */
    public boolean isRaise() {
        return level > before.level();
    }

    /**
     * Returns the level after the step.
     *
     * @return with one raise more than before if it is one
     */
    public WarningLevel after() {
        return new WarningLevel(level, isRaise() ? before.raises() + 1 : before.raises());
    }
}
