package io.github.quotaguard.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What {@link TenantState} keeps, and how each transition moves counters, lives and ledger together. */
final class TenantBooks {

    /** Ended lives are kept a little longer than any handle may live, whatever the clocks say. */
    private static final Duration REMEMBERED = UsageStore.RETENTION.plusDays(1);

    /** How long a file that is adopted is reserved. */
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    final TenantCounters counters;
    private final Map<String, FileLives> files = new HashMap<>();
    private final Map<Long, Life> formerLives = new HashMap<>();

    /** The reservations, the one to be expired next first. */
    private final NavigableSet<Life> byDeadline = new TreeSet<>(
            Comparator.comparing((Life life) -> life.deadline).thenComparingLong(life -> life.generation));

    /** The ended lives, the one to be forgotten next first. */
    private final Queue<Life> byEnd = new PriorityQueue<>(Comparator.comparing((Life life) -> life.since));

    final TenantLedger ledger;
    final TenantWarnings warnings = new TenantWarnings();
    final TenantRepairs repairs = new TenantRepairs(this);
    final TenantRetention retention = new TenantRetention(this);

    TenantBooks() {
        this.counters = new TenantCounters();
        this.ledger = new TenantLedger();
    }

    /**
     * Goes on where other books were closed.
     *
     * @throws IllegalArgumentException if a life moves a counter that is not there
     */
    TenantBooks(List<Allocation> current, List<Allocation> former, List<AccountCounters> usages, TenantLedger ledger) {
        this.counters = new TenantCounters(usages);
        for (Allocation life : current) {
            files.computeIfAbsent(life.id().file(), id -> new FileLives()).put(restored(life));
        }
        for (Allocation life : former) {
            formerLives.put(life.generation(), restored(life));
        }
        this.ledger = ledger;
    }

    private Life restored(Allocation snapshot) {
        Life life = new Life(snapshot, counters.restored(snapshot.account(), snapshot.category()));
        if (life.state == AllocationState.RESERVED) {
            byDeadline.add(life);
        } else if (!life.state.isLive()) {
            byEnd.add(life);
        }
        return life;
    }

    Collection<FileLives> files() {
        return files.values();
    }

    @Nullable
    FileLives file(String file) {
        return files.get(file);
    }

    FileLives fileOf(Life life) {
        FileLives file = files.get(life.spec.id().file());
        if (file == null) {
            throw new IllegalStateException("no file for " + life.spec.id());
        }
        return file;
    }

    @Nullable
    Life life(FileVersion id, long generation) {
        FileLives file = files.get(id.file());
        Life life = file == null ? null : file.get(id.version());
        if (life == null || life.generation != generation) {
            life = formerLives.get(generation);
        }
        return life == null || !life.spec.id().equals(id) ? null : life;
    }

    Life begin(ReserveCommand command, Counter[] moved, long bytes, int newFiles, Instant now) {
        counters.keep(moved, command.limits());
        AllocationSpec spec = command.spec();
        Life life = new Life(spec, ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE), moved, now, command.ttl());
        life.bytes = bytes;
        life.move(0, bytes, now);
        life.moveFiles(0, newFiles);
        FileLives file = files.get(spec.id().file());
        if (file == null) {
            file = new FileLives();
            files.put(spec.id().file(), file);
        }
        Life former = file.get(spec.id().version());
        if (former != null) {
            formerLives.put(former.generation, former);
        }
        file.put(life);
        byDeadline.add(life);
        return life;
    }

    /** Lets a reservation live on for another attempt. */
    Life renew(Allocation reservation, Duration ttl, Instant now) {
        Life life = life(reservation.id(), reservation.generation());
        if (life == null) {
            throw new IllegalStateException("no life of " + reservation.id());
        }
        life.attempt++;
        renew(life, ttl, now);
        return life;
    }

    /** Moves the deadline of a reservation. */
    void renew(Life life, Duration ttl, Instant now) {
        byDeadline.remove(life);
        life.renew(now, ttl);
        byDeadline.add(life);
    }

    void commit(Life life, long bytes, Instant now) {
        store(life, EntryKind.COMMIT, bytes, life.spec.actor(), life.spec.forcedReason(), now);
    }

    /** Records a file that is there, whatever the limits. */
    void adopt(AllocationSpec spec, String actor, String reason, Instant now) {
        List<CounterLimit> limits = CounterLimit.unlimitedLineage(spec.account(), spec.category());
        FileLives file = files.get(spec.id().file());
        int newFiles = file == null || file.live().isEmpty() ? 1 : 0;
        Life life = begin(new ReserveCommand(spec, AT_ONCE, limits), counters.of(limits), spec.bytes(), newFiles, now);
        store(life, EntryKind.ADOPT, spec.bytes(), actor, reason, now);
    }

    private void store(
            Life life, EntryKind kind, long bytes, @Nullable String actor, @Nullable String reason, Instant now) {
        long held = life.bytes;
        life.bytes = bytes;
        life.move(bytes, -held, now);
        enter(life, kind, bytes, actor, reason, now);
    }

    /** Gives up a reservation. */
    void giveUp(Life life, EntryKind kind, Instant now) {
        life.move(0, -life.bytes, now);
        enter(life, kind, 0, life.spec.actor(), life.spec.forcedReason(), now);
        byEnd.add(life);
    }

    /** Deletes a stored version; without a reason of its own, for that for which it was stored. */
    void delete(Life life, @Nullable String actor, @Nullable String reason, Instant now) {
        delete(life, EntryKind.DELETE, actor, reason == null ? life.spec.forcedReason() : reason, now);
    }

    /** Ends the record of a file that is gone. */
    void remove(Life life, String actor, String reason, Instant now) {
        delete(life, EntryKind.REMOVE, actor, reason, now);
    }

    private void delete(Life life, EntryKind kind, @Nullable String actor, @Nullable String reason, Instant now) {
        life.move(-life.bytes, 0, now);
        enter(life, kind, -life.bytes, actor, reason, now);
        byEnd.add(life);
        retention.forget(life);
    }

    private void enter(
            Life life, EntryKind kind, long bytes, @Nullable String actor, @Nullable String reason, Instant now) {
        if (life.state == AllocationState.RESERVED) {
            byDeadline.remove(life);
        }
        FileLives file = fileOf(life);
        int files = file.usedFiles();
        file.enter(life, kind.leadsTo());
        life.since = now;
        ledger.enter(life, kind, bytes, file.usedFiles() - files, actor, reason, now);
    }

    boolean isExpiryDue(Moment moment) {
        return !byDeadline.isEmpty() && !byDeadline.first().deadline.isAfter(moment.now());
    }

    /** Returns the deadlines of up to {@code limit} reservations that are overdue, the oldest first. */
    List<Instant> overdue(Instant now, int limit) {
        return byDeadline.stream()
                .map(life -> life.deadline)
                .takeWhile(deadline -> !deadline.isAfter(now))
                .limit(limit)
                .toList();
    }

    /** Expires up to {@code limit} reservations that are overdue. */
    int expireDue(Moment moment, int limit) {
        int expired = 0;
        while (expired < limit && isExpiryDue(moment)) {
            giveUp(Objects.requireNonNull(byDeadline.pollFirst()), EntryKind.EXPIRE, moment.now());
            expired++;
        }
        return expired;
    }

    boolean isPruningDue(Instant now) {
        Life next = byEnd.peek();
        return next != null && !next.since.plus(REMEMBERED).isAfter(now);
    }

    int prune(Instant now, int limit) {
        int pruned = 0;
        while (pruned < limit && isPruningDue(now)) {
            Life life = byEnd.remove();
            String name = life.spec.id().file();
            FileLives file = files.get(name);
            if (file != null) {
                file.remove(life);
                if (file.all().isEmpty()) {
                    files.remove(name);
                }
            }
            formerLives.remove(life.generation);
            pruned++;
        }
        return pruned;
    }

    List<Allocation> allocations(@Nullable FileVersion after, int limit) {
        return lives(after).limit(limit).toList();
    }

    private Stream<Allocation> lives(@Nullable FileVersion after) {
        return files.entrySet().stream()
                .filter(file -> after == null || file.getKey().compareTo(after.file()) >= 0)
                .sorted(Map.Entry.comparingByKey())
                .flatMap(file -> file.getValue().all().stream())
                .map(Life::snapshot)
                .filter(allocation -> after == null
                        || !allocation.id().file().equals(after.file())
                        || allocation.id().version().compareTo(after.version()) > 0);
    }

    /** Returns the reserved and the committed versions in the order of their ids. */
    List<Allocation> live(@Nullable FileVersion after, int limit) {
        return lives(after).filter(life -> life.state().isLive()).limit(limit).toList();
    }

    /** Returns the ended lives whose ids have a later one. */
    List<Allocation> formerLives() {
        return formerLives.values().stream()
                .map(Life::snapshot)
                .sorted(Comparator.comparingLong(Allocation::generation))
                .toList();
    }
}
