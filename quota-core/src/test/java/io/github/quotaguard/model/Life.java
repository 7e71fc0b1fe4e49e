package io.github.quotaguard.model;

import io.github.quotaguard.model.Answer.Seen;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import java.time.Duration;

/** One life of one version, as the {@link Model} keeps it. */
final class Life {

    /** Also how long an ended life is remembered at least. */
    static final Duration LONGEST = Duration.ofDays(7);

    final int number;
    final AllocationSpec spec;
    private final Duration bornAt;
    private AllocationState state = AllocationState.RESERVED;
    Duration since;
    private Duration deadline;
    int attempt = 1;
    long bytes;

    /** Whether a sweep has come by since it was remembered long enough. */
    boolean mayBeForgotten;

    Life(int number, AllocationSpec spec, long bytes, Duration now) {
        this.number = number;
        this.spec = spec;
        this.bytes = bytes;
        this.bornAt = now;
        this.since = now;
        this.deadline = now;
    }

    boolean isReserved() {
        return state == AllocationState.RESERVED;
    }

    boolean isStored() {
        return state == AllocationState.COMMITTED;
    }

    boolean isLive() {
        return isReserved() || isStored();
    }

    boolean isOverdue(Duration now) {
        return isReserved() && deadline.compareTo(now) <= 0;
    }

    AllocationState state() {
        return state;
    }

    void enter(AllocationState next, Duration now) {
        state = next;
        since = now;
    }

    void renew(Duration now, Duration ttl) {
        Duration last = bornAt.plus(LONGEST);
        deadline = now.plus(ttl).compareTo(last) < 0 ? now.plus(ttl) : last;
    }

    Seen seen() {
        return new Seen(
                number,
                spec,
                state,
                attempt,
                bytes,
                deadline.minus(bornAt).toMinutes(),
                since.minus(bornAt).toMinutes());
    }
}
