package io.github.quotaguard.model;

import io.github.quotaguard.store.UsageStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.sessions.JqwikSession;
import org.jspecify.annotations.Nullable;

/**
 * Plays random histories of {@value #STEPS} calls to a store, one call after the other, and compares every answer, the
 * usage after it and the books at the end with the model. The first history at which they differ is cut down to the
 * fewest and simplest calls that still show a difference.
 */
public final class Histories {

    private static final int STEPS = 50;
    private static final int MOST_CUTS = 500;

    private final UsageStore store;
    private final Consumer<Duration> clock;
    private final Tally tally;

    /**
     * Plays to a store that nobody else uses meanwhile.
     *
     * @param store the store, which may know other tenants
     * @param clock lets time pass for the store, in whole minutes
     * @param tally to count in
     */
    public Histories(UsageStore store, Consumer<Duration> clock, Tally tally) {
        this.store = store;
        this.clock = clock;
        this.tally = tally;
    }

    /**
     * Plays histories, each of which follows from a seed of its own.
     *
     * @param seed of the first one
     * @param count how many
     * @throws AssertionError if store and model differ: says how, after which calls, and from which seed
     */
    public void play(long seed, int count) {
        JqwikSession.run(() -> {
            RandomGenerator<Action> actions = Actions.any().generator(1_000);
            long next = seed;
            for (int i = 0; i < count; i++) {
                Random random = new Random(next);
                List<Shrinkable<Action>> history =
                        Stream.generate(() -> actions.next(random)).limit(STEPS).toList();
                Throwable difference = difference(history);
                if (difference != null) {
                    tally.countViolation();
                    throw smallest(next, history, difference);
                }
                next = new Random(next).nextLong();
            }
        });
    }

    private AssertionError smallest(long seed, List<Shrinkable<Action>> history, Throwable difference) {
        List<Shrinkable<Action>> smallest = history;
        Throwable shown = difference;
        Iterator<List<Shrinkable<Action>>> cuts = cuts(smallest);
        for (int i = 0; i < MOST_CUTS && cuts.hasNext(); i++) {
            List<Shrinkable<Action>> cut = cuts.next();
            Throwable found = difference(cut);
            if (found != null) {
                smallest = cut;
                shown = found;
                cuts = cuts(cut);
            }
        }
        String calls = smallest.stream().map(step -> "\n  " + step.value()).collect(Collectors.joining());
        return new AssertionError("seed %d: %s%nafter%s".formatted(seed, shown.getMessage(), calls), shown);
    }

    /** Leaves out half of the steps, a quarter of them, and so on to a single one, then makes a single one simpler. */
    private static Iterator<List<Shrinkable<Action>>> cuts(List<Shrinkable<Action>> history) {
        Stream<List<Shrinkable<Action>>> shorter = Stream.iterate(
                        history.size() / 2, size -> size > 0, size -> size / 2)
                .flatMap(size -> IntStream.iterate(0, from -> from + size <= history.size(), from -> from + size)
                        .mapToObj(from -> replace(history, from, size, List.of())));
        Stream<List<Shrinkable<Action>>> simpler = IntStream.range(0, history.size())
                .boxed()
                .flatMap(at -> history.get(at)
                        .shrink()
                        .map(step -> replace(history, at, 1, List.<Shrinkable<Action>>of(step))));
        return Stream.concat(shorter, simpler).iterator();
    }

    private static <T> List<T> replace(List<T> list, int from, int size, List<T> by) {
        List<T> copy = new ArrayList<>(list);
        copy.subList(from, from + size).clear();
        copy.addAll(from, by);
        return copy;
    }

    private @Nullable Throwable difference(List<Shrinkable<Action>> history) {
        try {
            History.play(history.stream().map(Shrinkable::value).toList(), store, clock, tally);
            return null;
        } catch (AssertionError | RuntimeException e) {
            return e;
        }
    }
}
