package io.github.quotaguard.store;

import java.time.Duration;
import java.util.List;

/**
 * Asks a store to hold enough for a commit of {@code bytes} and to move the deadline to {@code ttl} from now. What is
 * held never shrinks.
 *
 * @param reservation the handle
 * @param bytes the size that a commit is to be covered for, 0 to {@link Long#MAX_VALUE}
 * @param ttl how long the reservation lives from now, more than 0
 * @param limits every counter that the charge moves, as in {@link ReserveCommand}
 */
public record ExtendCommand(Allocation reservation, long bytes, Duration ttl, List<CounterLimit> limits) {

    /**
     * Checks size, time to live and counters.
     *
     * @throws IllegalArgumentException if one of them is outside its range
     */
    public ExtendCommand {
        limits = List.copyOf(limits);
        CommitResult.requireBytes(bytes);
        ReserveCommand.requireTtl(ttl);
        ReserveCommand.requireCounters(reservation.spec(), limits);
    }
}
