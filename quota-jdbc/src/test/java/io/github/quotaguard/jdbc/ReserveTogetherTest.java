package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.Proof;
import io.github.quotaguard.proof.TableCheck;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationSpec;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.FileVersion;
import io.github.quotaguard.store.LimitCheck;
import io.github.quotaguard.store.Replacement;
import io.github.quotaguard.store.ReserveCommand;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.SoftLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Reserves that go to the store as one list, against the same that go to it one by one: in two tenants that are alike in
 * everything but their name, each is answered alike.
 */
class ReserveTogetherTest {

    private static final int ROUNDS = Integer.getInteger("quotaguard.rounds", 25);
    private static final int MOST_AT_ONCE = 12;

    /** Of answers: granted, stored already, refused, conflict. */
    private static final int KINDS = 4;

    private static final String TOGETHER = "t";
    private static final String ONE_BY_ONE = "s";

    @OnEachServer
    void shouldAnswerAsOneByOne(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database)) {
            compare(stage);
        }
    }

    @Test
    void shouldAnswerAsOneByOneInSeveralStatements() throws Exception {
        try (Stage stage = Stage.on(TestDatabase.POSTGRESQL, JdbcUsageStore.Builder::reserveInSeveralStatements)) {
            compare(stage);
        }
    }

    private static void compare(Stage stage) throws Exception {
        long seed = Long.getLong("quotaguard.seed", System.nanoTime());
        Random random = new Random(seed);
        Set<String> kinds = new TreeSet<>();
        for (int round = 0; round < ROUNDS || (kinds.size() < KINDS && round < 20 * ROUNDS); round++) {
            String newFiles = random.nextBoolean() ? "n" + round + "-" : null;
            List<Wish> wishes = IntStream.rangeClosed(0, random.nextInt(MOST_AT_ONCE))
                    .mapToObj(i -> newFiles == null ? new Wish(random) : new Wish(random, newFiles + i))
                    .toList();
            List<ReserveResult> together = stage.store.reserveAll(
                    wishes.stream().map(wish -> wish.command(TOGETHER)).toList());
            List<ReserveResult> oneByOne = wishes.stream()
                    .map(wish -> stage.store.reserve(wish.command(ONE_BY_ONE)))
                    .toList();
            assertThat(together)
                    .as("seed %d, round %d: %s", seed, round, wishes)
                    .map(ReserveTogetherTest::inShort)
                    .containsExactlyElementsOf(
                            oneByOne.stream().map(ReserveTogetherTest::inShort).toList());
            together.forEach(result -> kinds.add(result.getClass().getSimpleName()));
            goOn(stage, random, together, oneByOne);
            assertThat(stored(stage, TOGETHER))
                    .as("seed %d", seed)
                    .map(ReserveTogetherTest::inShort)
                    .containsExactlyElementsOf(stored(stage, ONE_BY_ONE).stream()
                            .map(ReserveTogetherTest::inShort)
                            .toList());
        }
        stage.sweep();
        assertThat(TableCheck.violations(stage.pool)).as("seed %d", seed).isEmpty();
        assertThat(stage.store.usage(AccountId.of(TOGETHER)).total())
                .isEqualTo(stage.store.usage(AccountId.of(ONE_BY_ONE)).total());
        assertThat(kinds).hasSize(KINDS);
        Proof.say("%s: %d rounds, %s, seed %d", stage.database, ROUNDS, kinds, seed);
    }

    /** Ends in both tenants some of what was granted, deletes some of what is stored, and now and then lets time pass. */
    private static void goOn(Stage stage, Random random, List<ReserveResult> together, List<ReserveResult> oneByOne) {
        Set<FileVersion> ended = new HashSet<>();
        for (int i = 0; i < together.size(); i++) {
            if (together.get(i) instanceof ReserveResult.Granted one
                    && oneByOne.get(i) instanceof ReserveResult.Granted other
                    && ended.add(one.allocation().id())) {
                int what = random.nextInt(6);
                for (Allocation life : List.of(one.allocation(), other.allocation())) {
                    end(stage, life, what);
                }
            }
        }
        List<Allocation> stored = new ArrayList<>(stored(stage, TOGETHER));
        for (int deletes = random.nextInt(4); deletes > 0 && !stored.isEmpty(); deletes--) {
            Allocation file = stored.remove(random.nextInt(stored.size()));
            String below = file.account().path().substring(TOGETHER.length());
            for (String tenant : List.of(TOGETHER, ONE_BY_ONE)) {
                stage.store.delete(new DeleteCommand(
                        AccountId.of(tenant + below), file.id().file(), null));
            }
        }
        if (random.nextInt(8) == 0) {
            stage.database.advance(stage.pool, Stage.TTL.plusSeconds(1));
        }
    }

    private static void end(Stage stage, Allocation life, int what) {
        switch (what) {
            case 0, 1, 2 -> stage.store.commit(life, life.spec().bytes());
            case 3 -> stage.store.release(life);
            default -> {
                // It is left, to be repeated or to expire.
            }
        }
    }

    private static List<Allocation> stored(Stage stage, String tenant) {
        return stage.store.allocations(tenant, null, 1_000).items().stream()
                .filter(life -> life.state() == AllocationState.COMMITTED)
                .toList();
    }

    private static String inShort(Allocation life) {
        return "%s@%s %s %d bytes, attempt %d"
                .formatted(life.id().file(), life.id().version(), life.state(), life.bytes(), life.attempt());
    }

    private static String inShort(ReserveResult result) {
        if (result instanceof ReserveResult.Granted granted) {
            return "granted " + inShort(granted.allocation());
        }
        if (result instanceof ReserveResult.AlreadyStored stored) {
            return "stored " + inShort(stored.allocation());
        }
        if (result instanceof ReserveResult.Conflict conflict) {
            return "conflict " + inShort(conflict.standing());
        }
        return result instanceof ReserveResult.Refused refused
                ? "refused "
                        + refused.exceeded().stream()
                                .map(ReserveTogetherTest::inShort)
                                .toList()
                : result.toString();
    }

    private static String inShort(LimitCheck check) {
        return "%d %s %s: %d of %d, %d, %d"
                .formatted(
                        check.account().lineage().size(),
                        check.metric(),
                        check.category(),
                        check.requested(),
                        check.limit(),
                        check.used(),
                        check.reserved());
    }

    /** What somebody asks for, whichever tenant it is asked of. */
    private static final class Wish {

        private static final int FILES = 24;
        private static final int WITHOUT_VERSIONS = 18;
        private static final List<String> BELOW = List.of("", "/team", "/team/user-7", "/team/user-7/laptop");

        private final String file;
        private final String version;
        private final int place;
        private final int number;
        private final OptionalLong bytes;
        private final Replacement replacement;
        private final String forced;
        private final boolean isSoft;

        /** Of a few files, so that most of them are there already, of every kind. */
        Wish(Random random) {
            number = random.nextInt(FILES);
            file = "f" + number;
            version = number < WITHOUT_VERSIONS ? "" : "v" + random.nextInt(3);
            place = random.nextInt(15) == 0 ? number + 1 : number;
            bytes = random.nextInt(12) == 0 ? OptionalLong.empty() : OptionalLong.of(number * 7 % 40);
            replacement = number < WITHOUT_VERSIONS || random.nextInt(3) > 0
                    ? Replacement.NONE
                    : random.nextBoolean()
                            ? Replacement.EVERY_VERSION
                            : Replacement.ofVersion(version.equals("v0") ? "v1" : "v0");
            forced = random.nextInt(25) == 0 ? "moved" : null;
            isSoft = random.nextInt(20) == 0;
        }

        /** Of a file that is not there. */
        Wish(Random random, String file) {
            this.file = file;
            number = random.nextInt(FILES);
            version = "";
            place = number;
            bytes = OptionalLong.of(random.nextInt(30));
            replacement = Replacement.NONE;
            forced = random.nextInt(25) == 0 ? "moved" : null;
            isSoft = false;
        }

        private String category() {
            return List.of("", "image", "text").get(number % 3);
        }

        static AccountId account(String tenant, int number) {
            return AccountId.of(tenant + BELOW.get(number % BELOW.size()));
        }

        ReserveCommand command(String tenant) {
            AccountId account = account(tenant, place);
            Category of = category().isEmpty() ? null : new Category(category());
            AllocationSpec spec = new AllocationSpec(
                    new FileVersion(tenant, file, version),
                    account,
                    of,
                    bytes,
                    replacement,
                    Map.of("file", file),
                    null,
                    forced,
                    "somebody");
            List<CounterLimit> limits = new ArrayList<>();
            for (AccountId charged : account.lineage()) {
                int depth = charged.lineage().size();
                SoftLimit soft = isSoft && depth == 1 ? new SoftLimit(100, Duration.ofDays(1)) : null;
                limits.add(new CounterLimit(charged, null, 200 - 20 * depth, 12, 38, soft));
                if (of != null) {
                    limits.add(new CounterLimit(charged, of, 80, CounterLimit.UNLIMITED, CounterLimit.UNLIMITED));
                }
            }
            return new ReserveCommand(spec, Stage.TTL, limits);
        }

        @Override
        public String toString() {
            return "%s@%s of %s %s, %s bytes, %s %s %s"
                    .formatted(file, version, account(TOGETHER, place), category(), bytes, replacement, forced, isSoft);
        }
    }
}
