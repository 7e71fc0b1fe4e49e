package io.github.quotaguard.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Two calls that meet, again and again. First one by one, each pair from the same instant on, which is near enough for
 * a store whose calls take a while. A store that is done before the other thread has woken up is then given many at a
 * time: two threads go through the same list, and whoever is interrupted between a check and an act is overtaken.
 *
 * @param <S> what a pair of calls is about
 */
final class Duel<S> {

    private static final long MOST_MILLIS = 200;
    private static final int MOST_AT_A_TIME = 5_000;

    private final Supplier<S> prepare;
    private final Function<S, Object> left;
    private final Function<S, Object> right;

    Duel(Supplier<S> prepare, Function<S, Object> left, Function<S, Object> right) {
        this.prepare = prepare;
        this.left = left;
        this.right = right;
    }

    /** What both sides were told. */
    record Outcome(Object left, Object right) {

        int count(Class<?> type) {
            return (type.isInstance(left) ? 1 : 0) + (type.isInstance(right) ? 1 : 0);
        }

        <T> T only(Class<T> type) {
            if (count(type) != 1) {
                throw new AssertionError("expected one %s in %s".formatted(type.getSimpleName(), this));
            }
            return type.cast(type.isInstance(left) ? left : right);
        }
    }

    /** Fights so many rounds one by one, then with more and more at a time while there is time left. */
    void fight(int rounds, BiConsumer<S, Outcome> judge) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.min(2L * rounds * rounds, MOST_MILLIS));
        try (Race race = new Race(2)) {
            for (int round = 0; round < rounds; round++) {
                meet(race, 1, judge);
            }
            for (int size = 5; size < MOST_AT_A_TIME && System.nanoTime() < end; size *= 2) {
                meet(race, size, judge);
            }
        }
    }

    private void meet(Race race, int size, BiConsumer<S, Outcome> judge) {
        List<S> subjects = Stream.generate(prepare).limit(size).toList();
        List<List<Object>> told = race.run(side -> {
            Function<S, Object> call = side == 0 ? left : right;
            List<Object> results = new ArrayList<>(size);
            for (S subject : subjects) {
                results.add(call.apply(subject));
            }
            return results;
        });
        for (int i = 0; i < size; i++) {
            judge.accept(
                    subjects.get(i), new Outcome(told.get(0).get(i), told.get(1).get(i)));
        }
    }
}
