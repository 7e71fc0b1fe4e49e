package io.github.quotaguard.store;

import java.time.Duration;
import java.time.Instant;

/** One life of one version, while a {@link TenantState} works on it. */
final class Life {

    AllocationSpec spec;
    final long generation;
    final Instant bornAt;
    final Counter[] counters;
    AllocationState state = AllocationState.RESERVED;
    int attempt = 1;
    long bytes;
    Instant deadline;
    Instant since;

    Life(AllocationSpec spec, long generation, Counter[] counters, Instant now, Duration ttl) {
        this.spec = spec;
        this.generation = generation;
        this.counters = counters;
        this.bornAt = now;
        this.since = now;
        this.deadline = now.plus(ttl);
    }

    /** Goes on where a snapshot was taken. */
    Life(Allocation snapshot, Counter[] counters) {
        this.spec = snapshot.spec();
        this.generation = snapshot.generation();
        this.counters = counters;
        this.bornAt = snapshot.bornAt();
        this.state = snapshot.state();
        this.attempt = snapshot.attempt();
        this.bytes = snapshot.bytes();
        this.deadline = snapshot.deadline();
        this.since = snapshot.since();
    }

    /** Moves the deadline, never past the time for which ended lives are remembered. */
    void renew(Instant now, Duration ttl) {
        Instant last = bornAt.plus(UsageStore.RETENTION);
        Instant wanted = now.plus(ttl);
        deadline = wanted.isBefore(last) ? wanted : last;
    }

    void move(long usedBytes, long reservedBytes, Instant now) {
        for (Counter counter : counters) {
            counter.move(usedBytes, reservedBytes, now);
        }
    }

    void moveFiles(int usedFiles, int reservedFiles) {
        for (Counter counter : counters) {
            counter.moveFiles(usedFiles, reservedFiles);
        }
    }

    Allocation snapshot() {
        return new Allocation(spec, state, generation, attempt, bytes, bornAt, deadline, since);
    }
}
