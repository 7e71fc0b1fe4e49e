package io.github.quotaguard.model;

import io.github.quotaguard.model.Action.Owner;
import io.github.quotaguard.model.Answer.Seen;
import io.github.quotaguard.model.Answer.What;
import io.github.quotaguard.model.Model.Charge;
import io.github.quotaguard.store.AccountCounters;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.ExtendCommand;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.UsageStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One history, played to a store and to the model, on a tenant that nobody else uses. */
final class History {

    private static final List<Category> CATEGORIES = List.of(new Category("image"), new Category("text"));

    final String tenant = "h-" + UUID.randomUUID();
    private final Model model = new Model();
    private final UsageStore store;
    private final Consumer<Duration> clock;
    private final Tally tally;
    private final List<Handle> handles = new ArrayList<>();
    private final Map<Long, Integer> numbers = new HashMap<>();

    private record Handle(Allocation allocation, Life life) {}

    private History(UsageStore store, Consumer<Duration> clock, Tally tally) {
        this.store = store;
        this.clock = clock;
        this.tally = tally;
    }

    /** Plays every action and compares the books at last; throws an {@link AssertionError} at the first difference. */
    static void play(List<Action> actions, UsageStore store, Consumer<Duration> clock, Tally tally) {
        History history = new History(store, clock, tally);
        for (Action action : actions) {
            action.run(history);
            tally.countStep();
            history.compareUsage(Owner.TENANT, Owner.USER_IMAGE);
        }
        history.sweep();
        history.compareUsage(Owner.values());
        history.compareAllocations();
        history.compareEntries();
    }

    void reserve(AllocationSpec spec, Duration ttl) {
        ReserveCommand command = new ReserveCommand(spec, ttl, limits(spec));
        Set<Answer> right = model.reserve(command);
        Answer given = Answer.of(store.reserve(command), this::number);
        expect(right, given);
        if (given.what() == What.GRANTED) {
            Allocation life = store.find(spec.id()).orElseThrow(() -> new AssertionError("not found: " + spec));
            handles.add(new Handle(life, model.lives.get(number(life))));
        }
    }

    void extend(Allocation handle, Life life, long bytes, long heldBytes, Duration ttl) {
        ExtendCommand command = new ExtendCommand(handle, bytes, heldBytes, ttl, limits(handle.spec()));
        expect(model.extend(life, command), Answer.of(store.extendTo(command), this::number));
    }

    void commit(Allocation handle, Life life, long bytes) {
        expect(model.commit(life, bytes), Answer.of(store.commit(handle, bytes), this::number));
    }

    void release(Allocation handle, Life life) {
        expect(Set.of(model.release(life)), answer(store.release(handle)));
    }

    void abandon(Allocation handle, Life life) {
        expect(Set.of(model.abandon(life, handle.attempt())), answer(store.abandon(handle)));
    }

    void delete(AccountId account, String file, @Nullable String version) {
        Answer right = model.delete(account, file, version);
        expect(Set.of(right), Answer.of(store.delete(new DeleteCommand(account, file, version)), this::number));
        expect(Set.of(model.versions(file)), Answer.found(store.versions(tenant, file), this::number));
    }

    void advance(Duration duration) {
        model.advance(duration);
        clock.accept(duration);
    }

    void sweep() {
        model.sweep();
        for (int i = 0; !store.sweep().isIdle(); i++) {
            if (i == 10_000) {
                throw new AssertionError("sweep found something to do for 10,000 times");
            }
        }
    }

    /** Calls with the handle that was given so many reservations ago, if there is any. */
    void with(int ago, BiConsumer<Allocation, Life> call) {
        if (!handles.isEmpty()) {
            Handle handle = handles.get(handles.size() - 1 - ago % handles.size());
            call.accept(handle.allocation, handle.life);
        }
    }

    private void expect(Set<Answer> right, Answer given) {
        tally.count(given.what());
        if (!right.contains(given)) {
            throw new AssertionError("answered %s%nright was %s".formatted(given, right));
        }
    }

    private static Answer answer(ReleaseResult result) {
        return Answer.of(
                switch (result) {
                    case RELEASED -> What.RELEASED;
                    case NO_EFFECT -> What.NO_EFFECT;
                    case COMMITTED -> What.COMMITTED;
                });
    }

    /** Numbers lives in the order of their birth, as the model does. */
    private int number(Allocation life) {
        return numbers.computeIfAbsent(life.generation(), generation -> numbers.size());
    }

    private List<CounterLimit> limits(AllocationSpec spec) {
        List<CounterLimit> limits = new ArrayList<>();
        for (AccountId account : spec.account().lineage()) {
            boolean isRoot = account.path().equals(tenant);
            boolean isTeam = account.path().endsWith("/a");
            limits.add(new CounterLimit(
                    account,
                    null,
                    isRoot ? 100 : isTeam ? 80 : CounterLimit.UNLIMITED,
                    isRoot ? 3 : CounterLimit.UNLIMITED,
                    isTeam ? CounterLimit.UNLIMITED : 40));
            if (spec.category() != null) {
                long most = isRoot && spec.category().equals(CATEGORIES.get(0)) ? 60 : CounterLimit.UNLIMITED;
                limits.add(new CounterLimit(
                        account, spec.category(), most, CounterLimit.UNLIMITED, CounterLimit.UNLIMITED));
            }
        }
        return limits;
    }

    private void compareUsage(Owner... owners) {
        for (Owner owner : owners) {
            AccountId account = owner.account(tenant);
            AccountCounters said = store.usage(account);
            compare(account, model.usage(account, null), said.total());
            for (Category category : CATEGORIES) {
                compare(account + " " + category, model.usage(account, category), said.of(category));
            }
        }
    }

    private void compareAllocations() {
        Map<FileVersion, Life> current = new HashMap<>();
        model.lives.forEach(life -> current.put(life.spec.id(), life));
        Stream<Seen> right =
                current.values().stream().filter(life -> !life.mayBeForgotten).map(Life::seen);
        Stream<Seen> said = store.allocations(tenant, null, Page.MAX_SIZE).items().stream()
                .filter(allocation -> !model.lives.get(number(allocation)).mayBeForgotten)
                .map(allocation -> Seen.of(allocation, this::number));
        compare("allocations", right.collect(Collectors.toSet()), said.collect(Collectors.toSet()));
    }

    private void compareEntries() {
        List<Charge> said = new ArrayList<>();
        Map<String, Long> files = new HashMap<>();
        for (Entry entry : store.entries(tenant, 0, Page.MAX_SIZE).items()) {
            Life life = model.lives.get(numbers.get(entry.generation()));
            said.add(new Charge(entry.kind(), life.number, entry.bytes()));
            files.merge(entry.id().file(), (long) entry.files(), Long::sum);
            AllocationSpec spec = life.spec;
            compare(entry, (long) said.size(), entry.seq());
            compare(entry, List.of(spec.id(), spec.account()), List.of(entry.id(), entry.account()));
            compare(entry, spec.category(), entry.category());
            compare(entry, spec.metadata(), entry.metadata());
            compare(entry, spec.forcedReason(), entry.reason());
        }
        compare("ledger", counted(model.ledger), counted(said));
        files.forEach((file, count) -> compare("files of " + file, model.isStored(file) ? 1L : 0L, count));
    }

    private static Map<Charge, Long> counted(List<Charge> charges) {
        return charges.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    private static void compare(Object what, @Nullable Object right, @Nullable Object said) {
        if (!Objects.equals(right, said)) {
            throw new AssertionError("%s: said %s%nright was %s".formatted(what, said, right));
        }
    }
}
