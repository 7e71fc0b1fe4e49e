package io.github.quotaguard.store;

import java.time.Duration;
import java.util.List;

/**
 * Asks a store to hold enough for a commit of {@code bytes} and to move the deadline to {@code ttl} from now. What is
 * held never shrinks.
 *
 * @param reservation the handle
 * @param bytes the size that a commit is to be covered for, 0 to {@link Long#MAX_VALUE}; what the bytes of replaced
 *     versions will make up for need not be held
 * @param heldBytes what has to be held at least, whatever is replaced, 0 to {@link Long#MAX_VALUE}; the answer to
 *     {@link CommitResult.NotCovered}
 * @param ttl how long the reservation lives from now, more than 0
 * @param limits every counter that the charge moves, as in {@link ReserveCommand}
 */
public record ExtendCommand(
        Allocation reservation, long bytes, long heldBytes, Duration ttl, List<CounterLimit> limits) {

    /**
     * Checks size, time to live and counters.
     *
     * @throws IllegalArgumentException if one of them is outside its range
     */
    public ExtendCommand {
        limits = List.copyOf(limits);
        CommitResult.requireBytes(bytes);
        CommitResult.requireBytes(heldBytes);
        ReserveCommand.requireTtl(ttl);
        ReserveCommand.requireCounters(reservation.spec(), limits);
    }

    /**
     * Returns what has to be held in place of what is.
     *
     * @param credit the bytes of the versions that a commit would replace
     * @return the larger of {@code heldBytes} and the size less the credit; 100 bytes with a credit of 30 and 80 held at
     *     least: 80
     */
    public long toHold(long credit) {
        return Math.max(heldBytes, bytes - credit);
    }
}
