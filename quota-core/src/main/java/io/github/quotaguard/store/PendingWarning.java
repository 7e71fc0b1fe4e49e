package io.github.quotaguard.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A raise that was recorded and not yet confirmed to have been announced.
 *
 * @param limit which limit
 * @param raised the level, and which raise of it this is
 * @param used the usage at that time, in bytes or files
 * @param max the limit at that time, in bytes or files
 * @param graceEndsAt for a soft limit, the end of its grace; else null
 * @param raisedAt when it was recorded, by the store's clock
 */
public record PendingWarning(
        WatchedLimit limit,
        WarningLevel raised,
        long used,
        long max,
        @Nullable Instant graceEndsAt,
        Instant raisedAt) {

    /**
     * Returns what tells this raise from every other, the same at every attempt: {@code acme/user-7//BYTES-2-17} is the
     * 17th raise of that account's bytes, to level 2; the category follows where there is one, as in
     * {@code acme//CATEGORY_BYTES-1-3//image}. No path has two slashes in a row, so no two raises share an id.
     *
     * @return at most 630 characters
     */
    public String id() {
        String id = "%s//%s-%s-%s".formatted(limit.account(), limit.metric(), raised.level(), raised.raises());
        return limit.category() == null ? id : id + "//" + limit.category();
    }
}
