package io.github.quotaguard.store;

import java.time.Instant;

/**
 * A grace that is over, as it was noted; whether it means something still, {@link SoftLimit#graceOf} says.
 *
 * @param account whose soft limit was passed
 * @param endsAt when it ended
 */
public record EndedGrace(AccountId account, Instant endsAt) {}
