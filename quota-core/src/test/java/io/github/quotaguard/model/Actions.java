package io.github.quotaguard.model;

import io.github.quotaguard.model.Action.Owner;
import io.github.quotaguard.store.Replacement;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/** Calls that meet each other: few files and versions, sizes near the limits of {@link History}. */
final class Actions {

    private static final List<String> FILES = List.of("f0", "f1", "f2", "f3");
    private static final List<Owner> OWNERS =
            List.of(Owner.USER_IMAGE, Owner.OTHER_TEAM, Owner.TEAM_IMAGE, Owner.USER_TEXT);

    private Actions() {}

    static Arbitrary<Action> any() {
        return Arbitraries.<Action>frequencyOf(
                Tuple.of(28, reserve()),
                Tuple.of(14, handle().map(Action.CommitDeclared::new)),
                Tuple.of(6, Combinators.combine(handle(), size()).as(Action.Commit::new)),
                Tuple.of(
                        10,
                        Combinators.combine(handle(), size(), least(), ttl()).as(Action.Extend::new)),
                Tuple.of(4, handle().map(Action.Release::new)),
                Tuple.of(4, handle().map(Action.Abandon::new)),
                Tuple.of(10, delete()),
                Tuple.of(6, minutes().map(Action.Advance::new)),
                Tuple.of(4, Arbitraries.just(new Action.Sweep())),
                Tuple.of(1, Arbitraries.just(new Action.Advance(Duration.ofDays(9)))));
    }

    private static Arbitrary<Action> reserve() {
        return Combinators.combine(
                        Arbitraries.of(FILES),
                        version(),
                        Arbitraries.of(Owner.class).injectNull(0.95),
                        declared(),
                        replacement(),
                        Arbitraries.just("restored").injectNull(0.95),
                        Arbitraries.of(false, true),
                        ttl())
                .as((file, version, odd, bytes, replacement, reason, named, ttl) -> new Action.Reserve(
                        file, version, odd == null ? owner(file) : odd, bytes, replacement, reason, named, ttl));
    }

    private static Arbitrary<Action> delete() {
        return Combinators.combine(
                        Arbitraries.of(FILES),
                        version().injectNull(0.4),
                        Arbitraries.of(Owner.class).injectNull(0.9))
                .as((file, version, odd) -> new Action.Delete(file, version, odd == null ? owner(file) : odd));
    }

    private static Owner owner(String file) {
        return OWNERS.get(FILES.indexOf(file));
    }

    private static Arbitrary<String> version() {
        return Arbitraries.of("", "v1", "v2");
    }

    private static Arbitrary<Replacement> replacement() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(Replacement.NONE)),
                Tuple.of(1, version().map(Replacement::ofVersion)),
                Tuple.of(1, Arbitraries.just(Replacement.EVERY_VERSION)));
    }

    private static Arbitrary<OptionalLong> declared() {
        return Arbitraries.frequencyOf(
                Tuple.of(9, size().map(OptionalLong::of)), Tuple.of(1, Arbitraries.just(OptionalLong.empty())));
    }

    private static Arbitrary<Long> size() {
        return Arbitraries.frequencyOf(
                Tuple.of(60, Arbitraries.longs().between(0, 45).withDistribution(RandomDistribution.uniform())),
                Tuple.of(1, Arbitraries.of(Long.MAX_VALUE - 1, Long.MAX_VALUE)));
    }

    private static Arbitrary<Long> least() {
        return Arbitraries.frequencyOf(Tuple.of(4, Arbitraries.just(0L)), Tuple.of(1, size()));
    }

    private static Arbitrary<Duration> ttl() {
        return Arbitraries.of(Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofDays(7));
    }

    private static Arbitrary<Duration> minutes() {
        return Arbitraries.of(Duration.ofMinutes(2), Duration.ofMinutes(5), Duration.ofMinutes(16));
    }

    private static Arbitrary<Integer> handle() {
        return Arbitraries.integers().between(0, 7).withDistribution(RandomDistribution.uniform());
    }
}
