package io.github.quotaguard;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.LimitCheck;
import java.util.List;
import java.util.Optional;

/**
 * What would be decided about an upload, and why. It holds nothing, so what happens meanwhile may change the answer.
 *
 * @param decision what would be decided
 * @param reason the same for people, in English
 * @param checks every limit at every level with its numbers, ancestors first, those that are not set left out; empty if
 *     a live version of the same id decides
 * @param standing the live version that decides, if one does
 */
public record Explanation(Decision decision, String reason, List<LimitCheck> checks, Optional<Allocation> standing) {

    /** Copies the list. */
    public Explanation {
        checks = List.copyOf(checks);
    }

    /** What can be decided about an upload. */
    public enum Decision {
        /** It would be admitted. */
        ADMIT,
        /** The same upload is under way: it would get the same reservation. */
        RENEW,
        /** The same upload was stored. */
        ALREADY_STORED,
        /** A limit would be exceeded. */
        REFUSE,
        /** The id is taken by other arguments, or the file belongs to another account or category. */
        CONFLICT
    }
}
