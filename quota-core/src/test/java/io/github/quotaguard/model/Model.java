package io.github.quotaguard.model;

import io.github.quotaguard.model.Answer.Seen;
import io.github.quotaguard.model.Answer.What;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.ExtendCommand;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one tenant's store has to answer when calls come one by one. Where the design leaves a store the choice, the
 * answer is a set of all that are right.
 */
final class Model {

    final List<Life> lives = new ArrayList<>();
    final List<Charge> ledger = new ArrayList<>();
    private Duration now = Duration.ZERO;

    /** The end of a reservation or of a file, and by how much it changed what is used. */
    record Charge(EntryKind kind, int life, long bytes) {}

    Set<Answer> reserve(ReserveCommand command) {
        AllocationSpec spec = command.spec();
        List<Life> same = live(life -> life.spec.id().equals(spec.id()));
        List<Life> inTheWay = same.isEmpty()
                ? live(life -> isOfFile(life, spec.id().file()) && !isSameOwner(life.spec, spec))
                : same.stream().filter(life -> !isSameUpload(life.spec, spec)).toList();
        if (!inTheWay.isEmpty()) {
            // A conflict is no first answer either: what is past its deadline goes first.
            Life first = Collections.min(
                    inTheWay, Comparator.comparing(life -> life.spec.id().version()));
            return first.isOverdue(now) && expire() ? reserve(command) : Set.of(Answer.of(What.CONFLICT, first.seen()));
        }
        for (Life standing : same) {
            if (standing.isStored()) {
                return Set.of(Answer.of(What.ALREADY_STORED, standing.seen()));
            }
            standing.attempt++;
            standing.renew(now, command.ttl());
            return Set.of(Answer.of(What.GRANTED, standing.seen()));
        }
        long size = spec.declaredBytes().orElse(0);
        long toHold = Math.max(0, size - credit(spec));
        Set<LimitCheck> exceeded = exceeded(spec, command.limits(), toHold, size);
        if (!exceeded.isEmpty()) {
            return expire() ? reserve(command) : Set.of(new Answer(What.REFUSED, Set.of(), exceeded));
        }
        Life life = new Life(lives.size(), spec, toHold, now);
        life.renew(now, command.ttl());
        lives.add(life);
        return Set.of(Answer.of(What.GRANTED, life.seen()));
    }

    Set<Answer> extend(Life life, ExtendCommand command) {
        if (!life.isReserved()) {
            return ended(life);
        }
        life.renew(now, command.ttl());
        long more = Math.max(command.heldBytes(), command.bytes() - credit(life.spec)) - life.bytes;
        Set<LimitCheck> exceeded = exceeded(life.spec, command.limits(), Math.max(0, more), command.bytes());
        if (!exceeded.isEmpty()) {
            return expire() ? extend(life, command) : Set.of(new Answer(What.REFUSED, Set.of(), exceeded));
        }
        life.bytes += Math.max(0, more);
        return Set.of(Answer.of(What.EXTENDED, life.seen()));
    }

    Set<Answer> commit(Life life, long size) {
        if (life.isStored()) {
            return Set.of(Answer.of(life.bytes == size ? What.COMMITTED : What.CONFLICT, life.seen()));
        }
        if (!life.isReserved()) {
            return ended(life);
        }
        long toHold = size - credit(life.spec);
        if (toHold > life.bytes) {
            return Set.of(new Answer(What.NOT_COVERED, Set.of(life.seen()), Set.of(toHold)));
        }
        replacedBy(life.spec).forEach(this::delete);
        life.bytes = size;
        end(life, EntryKind.COMMIT, AllocationState.COMMITTED, size);
        return Set.of(Answer.of(What.COMMITTED, life.seen()));
    }

    Answer release(Life life) {
        if (life.isReserved()) {
            end(life, EntryKind.RELEASE, AllocationState.RELEASED, 0);
            return Answer.of(What.RELEASED);
        }
        return Answer.of(life.isStored() ? What.COMMITTED : What.NO_EFFECT);
    }

    Answer abandon(Life life, int attempt) {
        return life.isReserved() && life.attempt != attempt ? Answer.of(What.NO_EFFECT) : release(life);
    }

    Answer delete(AccountId account, String file, @Nullable String version) {
        List<Life> meant = live(life -> isOfFile(life, file)
                && life.spec.account().equals(account)
                && (version == null || life.spec.id().version().equals(version)));
        List<Life> stored = meant.stream().filter(Life::isStored).toList();
        stored.forEach(this::delete);
        return new Answer(
                What.DELETED, seen(stored.stream()), seen(meant.stream().filter(Life::isReserved)));
    }

    private void end(Life life, EntryKind kind, AllocationState state, long charged) {
        ledger.add(new Charge(kind, life.number, charged));
        life.enter(state, now);
    }

    private void delete(Life life) {
        end(life, EntryKind.DELETE, AllocationState.DELETED, -life.bytes);
    }

    boolean isStored(String file) {
        return !live(life -> isOfFile(life, file) && life.isStored()).isEmpty();
    }

    Answer versions(String file) {
        return new Answer(What.FOUND, seen(live(life -> isOfFile(life, file)).stream()), Set.of());
    }

    void advance(Duration duration) {
        now = now.plus(duration);
    }

    void sweep() {
        expire();
        for (Life life : lives) {
            if (!life.isLive() && now.minus(life.since).compareTo(Life.LONGEST) >= 0) {
                life.mayBeForgotten = true;
            }
        }
    }

    Usage usage(AccountId account, @Nullable Category category) {
        long used = 0;
        long held = 0;
        Set<String> storedFiles = new HashSet<>();
        Set<String> heldFiles = new HashSet<>();
        for (Life life : lives) {
            boolean isCounted = category == null || category.equals(life.spec.category());
            if (life.isLive()
                    && isCounted
                    && isCharged(account.path(), life.spec.account().path())) {
                used = Math.addExact(used, life.isStored() ? life.bytes : 0);
                held = Math.addExact(held, life.isStored() ? 0 : life.bytes);
                (life.isStored() ? storedFiles : heldFiles).add(life.spec.id().file());
            }
        }
        heldFiles.removeAll(storedFiles);
        return new Usage(used, held, storedFiles.size(), heldFiles.size());
    }

    private Set<LimitCheck> exceeded(AllocationSpec spec, List<CounterLimit> limits, long more, long size) {
        boolean isForced = spec.forcedReason() != null;
        long files = live(life -> isOfFile(life, spec.id().file())).isEmpty() ? 1 : 0;
        return limits.stream()
                .map(limit -> isForced ? CounterLimit.unlimited(limit.account(), limit.category()) : limit)
                .flatMap(limit -> checks(limit, more, files, size))
                .filter(check ->
                        check.requested() > Math.max(0, check.limit() - Math.addExact(check.used(), check.reserved())))
                .collect(Collectors.toSet());
    }

    private Stream<LimitCheck> checks(CounterLimit limit, long more, long files, long size) {
        AccountId account = limit.account();
        Category category = limit.category();
        Usage usage = usage(account, category);
        long used = usage.usedBytes();
        long held = usage.reservedBytes();
        return category != null
                ? Stream.of(new LimitCheck(
                        account, MetricType.CATEGORY_BYTES, category, more, used, held, limit.maxBytes()))
                : Stream.of(
                        new LimitCheck(account, MetricType.BYTES, null, more, used, held, limit.maxBytes()),
                        new LimitCheck(
                                account,
                                MetricType.FILES,
                                null,
                                files,
                                usage.usedFiles(),
                                usage.reservedFiles(),
                                limit.maxFiles()),
                        new LimitCheck(account, MetricType.FILE_BYTES, null, size, 0, 0, limit.maxBytesPerFile()));
    }

    private boolean expire() {
        List<Life> overdue = live(life -> life.isOverdue(now));
        overdue.forEach(life -> end(life, EntryKind.EXPIRE, AllocationState.EXPIRED, 0));
        return !overdue.isEmpty();
    }

    private Set<Answer> ended(Life life) {
        Answer ended = Answer.ended(life.number, life.state());
        return life.mayBeForgotten ? Set.of(ended, Answer.of(What.UNKNOWN)) : Set.of(ended);
    }

    private long credit(AllocationSpec spec) {
        return bytes(replacedBy(spec).stream());
    }

    private List<Life> replacedBy(AllocationSpec spec) {
        return live(life -> life.isStored()
                && isOfFile(life, spec.id().file())
                && !life.spec.id().equals(spec.id())
                && switch (spec.replacement().scope()) {
                    case NONE -> false;
                    case ONE_VERSION ->
                        life.spec.id().version().equals(spec.replacement().version());
                    case EVERY_VERSION -> true;
                });
    }

    private List<Life> live(Predicate<Life> wanted) {
        return lives.stream().filter(Life::isLive).filter(wanted).toList();
    }

    private static boolean isOfFile(Life life, String file) {
        return life.spec.id().file().equals(file);
    }

    private static boolean isSameOwner(AllocationSpec one, AllocationSpec other) {
        return one.account().equals(other.account()) && Objects.equals(one.category(), other.category());
    }

    private static boolean isSameUpload(AllocationSpec one, AllocationSpec other) {
        return isSameOwner(one, other)
                && one.declaredBytes().equals(other.declaredBytes())
                && one.replacement().equals(other.replacement());
    }

    private static boolean isCharged(String account, String by) {
        return by.startsWith(account) && (by.length() == account.length() || by.charAt(account.length()) == '/');
    }

    private static long bytes(Stream<Life> lives) {
        return lives.mapToLong(life -> life.bytes).reduce(0, Math::addExact);
    }

    static Set<Seen> seen(Stream<Life> lives) {
        return lives.map(Life::seen).collect(Collectors.toSet());
    }
}
