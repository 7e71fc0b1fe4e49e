package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.zaxxer.hikari.HikariDataSource;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.WarningThresholds;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.SoftLimit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Names of plans, of administrators and reasons: kept as they are, or refused before any SQL. */
class PlanNamesTest extends StagedTest {

    private static final List<String> ALIKE = List.of(
            "a",
            "A",
            "a ",
            " a",
            "\u00E1",
            "a\u0301",
            "\u00E9",
            "e\u0301",
            "\u00DF",
            "ss",
            "i",
            "\u0131",
            "\u212B",
            "\u00C5",
            "\uD83D\uDE00",
            "\uD83D\uDE01",
            "'; DROP TABLE quota_plan; --",
            "''",
            "%",
            "_",
            "\\",
            "?",
            "$1",
            "NULL",
            "a/b",
            "\u6F22".repeat(64),
            "\u6F22".repeat(63),
            "x".repeat(64),
            "x".repeat(63) + " ");

    private static final List<String> REFUSED = List.of(
            "",
            "\0",
            "a\0b",
            "\r\n",
            "a\nb",
            "\t",
            "\u007F",
            "\u0085",
            "\u2028",
            "\u202E",
            "\u2066",
            "\uD83D",
            "\uDE00\uD83D",
            "x".repeat(1 << 20));

    private static JdbcQuotaPolicy policy(JdbcUsageStore store) {
        return JdbcQuotaPolicy.builder(store)
                .defaultLimits(QuotaLimits.unlimited())
                .build();
    }

    @OnEachServer
    void shouldTakeNoTwoPlansForOne(TestDatabase database) {
        Stage stage = on(database);
        QuotaPlans plans = QuotaPlans.builder(policy(stage.store)).build();
        List<String> accounts = new ArrayList<>();
        for (int i = 0; i < ALIKE.size(); i++) {
            String plan = ALIKE.get(i);
            PlanEditor editor = plans.by(plan, "reason " + plan);
            editor.define(plan, QuotaLimits.ofBytes(i));
            accounts.add(stage.account());
            editor.assign(accounts.get(i), plan);
        }

        for (int i = 0; i < ALIKE.size(); i++) {
            String plan = ALIKE.get(i);
            assertThat(policy(stage.store).limits(AccountId.of(accounts.get(i))))
                    .as(plan)
                    .isEqualTo(QuotaLimits.ofBytes(i));
            assertThat(plans.accounts(plan, null, 10).items()).as(plan).containsExactly(AccountId.of(accounts.get(i)));
            assertThat(plans.changesOfPlan(plan, Long.MAX_VALUE, 10).items())
                    .as(plan)
                    .singleElement()
                    .satisfies(change -> {
                        assertThat(change.subject()).isEqualTo(plan);
                        assertThat(change.actor()).isEqualTo(plan);
                        assertThat(change.reason()).isEqualTo("reason " + plan);
                    });
        }
        assertThat(plans.plans(null, Page.MAX_SIZE).items())
                .extracting(QuotaPlan::name)
                .containsExactlyInAnyOrderElementsOf(ALIKE);
    }

    @OnEachServer
    void shouldTakeNoTwoAccountsForOne(TestDatabase database) {
        Stage stage = on(database);
        PlanEditor editor = QuotaPlans.builder(policy(stage.store)).build().by("alice", "start");
        List<String> accounts = ALIKE.stream().filter(id -> !id.contains("/")).toList();
        IntStream.range(0, accounts.size())
                .forEach(i -> editor.override(accounts.get(i), LimitOverrides.NONE.withBytes(i)));

        for (int i = 0; i < accounts.size(); i++) {
            assertThat(policy(stage.store).limits(AccountId.of(accounts.get(i))).bytes())
                    .as(accounts.get(i))
                    .hasValue(i);
        }
    }

    /** As long as everything may be: the row of the audit has to hold it. */
    @OnEachServer
    void shouldKeepTheLongestOfEverything(TestDatabase database) {
        Stage stage = on(database);
        QuotaPlans plans = QuotaPlans.builder(policy(stage.store)).build();
        String longest = "\u6F22".repeat(64);
        String text = "\u6F22".repeat(255);
        String account = String.join(
                "/", List.of("\u6F22".repeat(128), "\u6F23".repeat(128), "x".repeat(128), "\u6F24".repeat(128)));
        LimitOverrides overrides = LimitOverrides.NONE
                .withFiles(CounterLimit.UNLIMITED - 1)
                .withBytesPerFile(CounterLimit.UNLIMITED - 1)
                .withSoftBytes(CounterLimit.UNLIMITED - 2, SoftLimit.LONGEST_GRACE.minusSeconds(1))
                .withThresholds(new WarningThresholds(99, 100, 99));
        QuotaLimits limits = QuotaLimits.unlimited();
        for (String category : theMostCategories()) {
            limits = limits.withBytes(category, 8);
            overrides = overrides.withBytes(category, 9);
        }
        PlanEditor editor = plans.by(text, text);

        editor.define(longest, limits);
        editor.assign(account, longest);
        editor.override(account, overrides.withBytes(CounterLimit.UNLIMITED - 1));
        editor.override(account, overrides.withBytes(CounterLimit.UNLIMITED - 2));

        assertThat(plans.changesOfAccount(account, Long.MAX_VALUE, 1).items())
                .singleElement()
                .satisfies(change -> {
                    assertThat(change.from()).endsWith("hysteresis=99").hasSizeGreaterThan(5_600);
                    assertThat(change.to())
                            .startsWith("plan=" + "%E6%BC%A2".repeat(64) + ", bytes=9223372036854775805")
                            .hasSameSizeAs(change.from());
                    assertThat(change.actor()).isEqualTo(text);
                });
        assertThat(policy(stage.store).limits(AccountId.of(account)).bytesByCategory())
                .hasSizeGreaterThan(800)
                .isEqualTo(overrides.bytesByCategory());
    }

    /** The shortest names, each with a limit of one digit: no others make the row of the audit as long. */
    private static List<String> theMostCategories() {
        List<String> letters = IntStream.rangeClosed('*', 'z')
                .mapToObj(Character::toString)
                .filter(letter -> letter.matches("[A-Za-z0-9*._-]"))
                .toList();
        return Stream.concat(
                        letters.stream(),
                        letters.stream().flatMap(first -> letters.stream().map(first::concat)))
                .limit(letters.size() + (4_097 - 4L * letters.size()) / 5)
                .toList();
    }

    @Test
    void shouldRefuseBadNamesBeforeAnySql() {
        StatementLog log = new StatementLog();
        try (HikariDataSource pool = TestDatabase.H2.pool(1);
                JdbcUsageStore store = Stage.store(log.around(pool), builder -> builder)) {
            QuotaPlans plans = QuotaPlans.builder(policy(store)).build();
            PlanEditor editor = plans.by("alice", "start");
            Map<String, Consumer<String>> takers = new LinkedHashMap<>();
            takers.put("plan to define", it -> editor.define(it, QuotaLimits.unlimited()));
            takers.put("plan to remove", editor::remove);
            takers.put("plan to assign", it -> editor.assign("acme", it));
            takers.put("account to assign", it -> editor.assign(it, "team"));
            takers.put("account to unassign", editor::unassign);
            takers.put("account to override", it -> editor.override(it, LimitOverrides.NONE));
            takers.put("account to read", plans::account);
            takers.put("plan to list from", it -> plans.plans(it, 1));
            takers.put("plan whose accounts to list", it -> plans.accounts(it, null, 1));
            takers.put("plan whose changes to list", it -> plans.changesOfPlan(it, 1, 1));
            takers.put("account whose changes to list", it -> plans.changesOfAccount(it, 1, 1));
            takers.put("actor", it -> plans.by(it, "reason"));
            takers.put("reason", it -> plans.by("actor", it));
            takers.put("default plan", it -> JdbcQuotaPolicy.builder(store).defaultPlan(it));
            takers.put(
                    "default plan of users",
                    it -> JdbcQuotaPolicy.builder(store).defaultPlanOfSubAccounts(it));
            log.clear();

            for (String name : REFUSED) {
                takers.forEach((what, taker) -> assertThatIllegalArgumentException()
                        .as(what)
                        .isThrownBy(() -> taker.accept(name))
                        .satisfies(e ->
                                assertThat(e.getMessage()).hasSizeLessThan(300).doesNotContainPattern("\\R")));
            }
            for (int size : new int[] {Integer.MIN_VALUE, -1, 0, Page.MAX_SIZE + 1, Integer.MAX_VALUE}) {
                assertThatIllegalArgumentException().isThrownBy(() -> plans.plans(null, size));
                assertThatIllegalArgumentException().isThrownBy(() -> plans.accounts("team", null, size));
                assertThatIllegalArgumentException().isThrownBy(() -> plans.changesOfPlan("team", 1, size));
                assertThatIllegalArgumentException().isThrownBy(() -> plans.changesOfAccount("acme", 1, size));
            }
            for (List<AccountId> wrong : List.of(
                    List.<AccountId>of(),
                    List.of(AccountId.of("acme"), AccountId.of("globex")),
                    Collections.nCopies(AccountId.MAX_DEPTH + 1, AccountId.of("acme")))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> policy(store).limitsOf(wrong))
                        .withMessageContaining("%s accounts", wrong.size());
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> policy(store).freshLimitsOf(wrong));
            }
            assertThatNullPointerException()
                    .isThrownBy(() -> policy(store).limits(null))
                    .withMessage("account");
            assertThatNullPointerException().isThrownBy(() -> editor.define("team", null));
            assertThatNullPointerException().isThrownBy(() -> editor.override("acme", null));
            assertThatIllegalArgumentException().isThrownBy(() -> plans.by("x".repeat(256), "reason"));
            assertThatIllegalArgumentException().isThrownBy(() -> plans.by("actor", "x".repeat(256)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> editor.define("x".repeat(65), QuotaLimits.unlimited()));
            assertThat(log.executions()).isEmpty();
        }
    }

    @OnEachServer
    void shouldRefuseLimitsOfTooManyCategories(TestDatabase database) {
        QuotaLimits limits = QuotaLimits.unlimited();
        for (int i = 0; i < 1_000; i++) {
            limits = limits.withBytes("category-" + i, i);
        }
        QuotaLimits many = limits;
        PlanEditor editor =
                QuotaPlans.builder(policy(on(database).store)).build().by("alice", "start");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> editor.define("many", many))
                .withMessageContaining("1000 limits of categories");
    }

    @Test
    void shouldSayThatTenantsNeedADefault() {
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> JdbcQuotaPolicy.builder(on(TestDatabase.H2).store).build())
                .withMessageContaining("defaultPlan(name)");
        assertThatNullPointerException()
                .isThrownBy(
                        () -> JdbcQuotaPolicy.builder(on(TestDatabase.H2).store).defaultLimits(null));
        assertThatNullPointerException()
                .isThrownBy(() -> JdbcQuotaPolicy.builder(null))
                .withMessage("store");
        assertThatNullPointerException()
                .isThrownBy(() -> QuotaPlans.builder(null))
                .withMessage("policy");
    }
}
