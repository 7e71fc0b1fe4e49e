package io.github.quotaguard.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What {@link TenantState} keeps, and how each transition moves counters, lives and ledger together. */
final class TenantBooks {

    /** Ended lives are kept a little longer than any handle may live, whatever the clocks say. */
    private static final Duration REMEMBERED = UsageStore.RETENTION.plusDays(1);

    private final Map<AccountId, Counter> totals = new HashMap<>();
    private final Map<AccountId, Map<Category, Counter>> categories = new HashMap<>();
    private final Map<String, FileLives> files = new HashMap<>();
    private final Map<Long, Life> formerLives = new HashMap<>();
    private final PriorityQueue<Due> byDeadline = new PriorityQueue<>(Comparator.comparing(Due::deadline));
    private final PriorityQueue<Due> byEnd = new PriorityQueue<>(Comparator.comparing(Due::deadline));
    final TenantLedger ledger;
    final TenantWarnings warnings = new TenantWarnings();

    TenantBooks() {
        this.ledger = new TenantLedger();
    }

    /**
     * Goes on where other books were closed.
     *
     * @throws IllegalArgumentException if a life moves a counter that is not there
     */
    TenantBooks(List<Allocation> current, List<Allocation> former, List<AccountCounters> usages, TenantLedger ledger) {
        for (AccountCounters usage : usages) {
            Grace grace = usage.grace();
            totals.put(
                    usage.account(),
                    new Counter(usage.total(), usage.updatedAt(), grace == null ? null : grace.endsAt()));
            Map<Category, Counter> ofAccount = categories.computeIfAbsent(usage.account(), account -> new HashMap<>());
            usage.categories()
                    .forEach((category, moved) -> ofAccount.put(category, new Counter(moved, usage.updatedAt(), null)));
        }
        for (Allocation life : current) {
            files.computeIfAbsent(life.id().file(), id -> new FileLives()).put(restored(life));
        }
        files.values().forEach(FileLives::restoreCount);
        for (Allocation life : former) {
            formerLives.put(life.generation(), restored(life));
        }
        this.ledger = ledger;
    }

    private Life restored(Allocation snapshot) {
        List<Counter> moved = new ArrayList<>();
        for (AccountId account : snapshot.account().lineage()) {
            moved.add(restored(account, null));
            if (snapshot.category() != null) {
                moved.add(restored(account, snapshot.category()));
            }
        }
        Life life = new Life(snapshot, moved.toArray(Counter[]::new));
        if (life.state == AllocationState.RESERVED) {
            byDeadline.add(new Due(life.deadline, life));
        } else if (!life.state.isLive()) {
            byEnd.add(new Due(life.since.plus(REMEMBERED), life));
        }
        return life;
    }

    private Counter restored(AccountId account, @Nullable Category category) {
        Counter counter = counter(account, category);
        if (counter == null) {
            throw new IllegalArgumentException("no counter for account %s, category %s".formatted(account, category));
        }
        return counter;
    }

    /** A life to look at again at a time; by then its deadline may have moved, or it may have ended. */
    private record Due(Instant deadline, Life life) {}

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

    /** Returns the counters of a charge; those that do not exist yet are kept only by {@link #begin}. */
    Counter[] counters(List<CounterLimit> limits) {
        Counter[] counters = new Counter[limits.size()];
        for (int i = 0; i < counters.length; i++) {
            Counter counter = counter(limits.get(i).account(), limits.get(i).category());
            counters[i] = counter == null ? new Counter() : counter;
        }
        return counters;
    }

    private @Nullable Counter counter(AccountId account, @Nullable Category category) {
        if (category == null) {
            return totals.get(account);
        }
        Map<Category, Counter> ofAccount = categories.get(account);
        return ofAccount == null ? null : ofAccount.get(category);
    }

    Life begin(ReserveCommand command, Counter[] counters, long bytes, int newFiles, Instant now) {
        for (int i = 0; i < counters.length; i++) {
            CounterLimit limit = command.limits().get(i);
            if (limit.category() == null) {
                totals.putIfAbsent(limit.account(), counters[i]);
            } else {
                categories
                        .computeIfAbsent(limit.account(), account -> new HashMap<>())
                        .putIfAbsent(limit.category(), counters[i]);
            }
        }
        AllocationSpec spec = command.spec();
        Life life =
                new Life(spec, ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE), counters, now, command.ttl());
        life.bytes = bytes;
        life.holdsFile = newFiles > 0;
        life.move(0, bytes, now);
        life.moveFiles(0, newFiles);
        FileLives file = files.computeIfAbsent(spec.id().file(), id -> new FileLives());
        Life former = file.get(spec.id().version());
        if (former != null) {
            formerLives.put(former.generation, former);
        }
        file.put(life);
        byDeadline.add(new Due(life.deadline, life));
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

    /** Moves the deadline of a reservation; what is queued is looked at in time only if it does not move forward. */
    void renew(Life life, Duration ttl, Instant now) {
        Instant queued = life.deadline;
        life.renew(now, ttl);
        if (life.deadline.isBefore(queued)) {
            byDeadline.add(new Due(life.deadline, life));
        }
    }

    void commit(Life life, long bytes, Instant now) {
        long held = life.bytes;
        life.bytes = bytes;
        life.move(bytes, -held, now);
        enter(life, EntryKind.COMMIT, bytes, life.spec.actor(), life.spec.forcedReason(), now);
    }

    /** Gives up a reservation. */
    void giveUp(Life life, EntryKind kind, Instant now) {
        life.move(0, -life.bytes, now);
        enter(life, kind, 0, life.spec.actor(), life.spec.forcedReason(), now);
        byEnd.add(new Due(now.plus(REMEMBERED), life));
    }

    /** Deletes a stored version; without a reason of its own, for that for which it was stored. */
    void delete(Life life, @Nullable String actor, @Nullable String reason, Instant now) {
        life.move(-life.bytes, 0, now);
        enter(life, EntryKind.DELETE, -life.bytes, actor, reason == null ? life.spec.forcedReason() : reason, now);
        byEnd.add(new Due(now.plus(REMEMBERED), life));
    }

    private void enter(
            Life life, EntryKind kind, long bytes, @Nullable String actor, @Nullable String reason, Instant now) {
        life.state = kind.leadsTo();
        life.since = now;
        ledger.enter(life, kind, bytes, fileOf(life).recount(life), actor, reason, now);
    }

    boolean isExpiryDue(Instant now) {
        Due next = byDeadline.peek();
        return next != null && !next.deadline().isAfter(now);
    }

    /** Expires up to {@code limit} reservations that are overdue. */
    int expireDue(Instant now, int limit) {
        int expired = 0;
        List<Due> later = new ArrayList<>();
        while (expired < limit && isExpiryDue(now)) {
            Life life = byDeadline.remove().life();
            if (life.state != AllocationState.RESERVED) {
                continue;
            }
            if (life.deadline.isAfter(now)) {
                later.add(new Due(life.deadline, life));
            } else {
                giveUp(life, EntryKind.EXPIRE, now);
                expired++;
            }
        }
        byDeadline.addAll(later);
        return expired;
    }

    boolean isPruningDue(Instant now) {
        Due next = byEnd.peek();
        return next != null && !next.deadline().isAfter(now);
    }

    int prune(Instant now, int limit) {
        int pruned = 0;
        while (pruned < limit && isPruningDue(now)) {
            Life life = byEnd.remove().life();
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

    AccountCounters usage(AccountId account, Instant now) {
        Counter total = totals.get(account);
        if (total == null) {
            return new AccountCounters(account, Usage.NONE, Map.of(), null, null);
        }
        Map<Category, Usage> byCategory = new HashMap<>();
        categories
                .getOrDefault(account, Map.of())
                .forEach((category, counter) -> byCategory.put(category, counter.usage()));
        return new AccountCounters(account, total.usage(), byCategory, total.updatedAt(), total.grace(now));
    }

    /** Returns the accounts whose grace is over, in the order of their paths. */
    List<EndedGrace> endedGraces(Instant now) {
        List<EndedGrace> ended = new ArrayList<>();
        totals.forEach((account, total) -> {
            Grace grace = total.grace(now);
            if (grace != null && grace.isOver()) {
                ended.add(new EndedGrace(account, grace.endsAt()));
            }
        });
        ended.sort(Comparator.comparing(grace -> grace.account().path()));
        return ended;
    }

    List<AccountId> accounts() {
        return totals.keySet().stream()
                .sorted(Comparator.comparing(AccountId::path))
                .toList();
    }

    List<Allocation> allocations(@Nullable FileVersion after, int limit) {
        return files.entrySet().stream()
                .filter(file -> after == null || file.getKey().compareTo(after.file()) >= 0)
                .sorted(Map.Entry.comparingByKey())
                .flatMap(file -> file.getValue().all().stream())
                .map(Life::snapshot)
                .filter(allocation -> after == null
                        || !allocation.id().file().equals(after.file())
                        || allocation.id().version().compareTo(after.version()) > 0)
                .limit(limit)
                .toList();
    }

    /** Returns the ended lives whose ids have a later one. */
    List<Allocation> formerLives() {
        return formerLives.values().stream()
                .map(Life::snapshot)
                .sorted(Comparator.comparingLong(Allocation::generation))
                .toList();
    }
}
