package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.quotaguard.QuotaExceededException;
import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.Reservation;
import io.github.quotaguard.Upload;
import io.github.quotaguard.UploadGuard;
import io.github.quotaguard.WarningThresholds;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.UsageStoreException;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

class QuotaPlansTest extends StagedTest {

    private static final QuotaLimits SMALL = QuotaLimits.ofBytes(10);
    private static final QuotaLimits LARGE = QuotaLimits.ofBytes(1_000)
            .withFiles(5)
            .withBytes("image", 400)
            .withBytesPerFile(700)
            .withSoftBytes(600, Duration.ofDays(7));

    private static final AtomicInteger NEXT = new AtomicInteger();

    private static JdbcQuotaPolicy policy(Stage stage) {
        return JdbcQuotaPolicy.builder(stage.store).defaultLimits(SMALL).build();
    }

    private static QuotaPlans plans(Stage stage) {
        return QuotaPlans.builder(policy(stage)).build();
    }

    /** Returns the name of a plan that no other test has. */
    private static String name() {
        return "plan-" + NEXT.incrementAndGet();
    }

    private static QuotaLimits limits(Stage stage, String account) {
        return policy(stage).limits(AccountId.of(account));
    }

    @OnEachServer
    void shouldGiveTenantsTheDefaultAndLeaveAccountsBelowUnlimited(TestDatabase database) {
        Stage stage = on(database);
        List<AccountId> lineage = AccountId.of(stage.account() + "/photos").lineage();

        assertThat(policy(stage).limitsOf(lineage))
                .containsExactly(SMALL, QuotaLimits.unlimited(), QuotaLimits.unlimited());
    }

    @OnEachServer
    void shouldTakeBothDefaultsFromPlans(TestDatabase database) {
        Stage stage = on(database);
        String ofTenants = name();
        String ofUsers = name();
        JdbcQuotaPolicy policy = JdbcQuotaPolicy.builder(stage.store)
                .defaultPlan(ofTenants)
                .defaultPlanOfSubAccounts(ofUsers)
                .build();
        PlanEditor editor = QuotaPlans.builder(policy).build().by("alice", "start");
        List<AccountId> lineage = AccountId.of(stage.account()).lineage();
        editor.define(ofTenants, LARGE);

        assertThatIllegalStateException()
                .isThrownBy(() -> policy.limitsOf(lineage))
                .withMessage("account %s has the plan '%s' by default, which is not defined", lineage.get(1), ofUsers);
        editor.define(ofUsers, SMALL);
        editor.override(lineage.get(1).path(), LimitOverrides.NONE.withFiles(2));

        assertThat(policy.limitsOf(lineage)).containsExactly(LARGE, SMALL.withFiles(2));
        assertThat(policy.freshLimitsOf(lineage)).containsExactly(LARGE, SMALL.withFiles(2));
        assertThat(policy.limits(lineage.get(0))).isEqualTo(LARGE);
    }

    @OnEachServer
    void shouldReadTheLimitsOfALineageInOneStatement(TestDatabase database) {
        Stage stage = on(database);
        StatementLog log = new StatementLog();
        String plan = name();
        plans(stage).by("alice", "start").define(plan, LARGE);
        String account = stage.account() + "/a/b";
        plans(stage).by("alice", "start").assign(account, plan);
        try (JdbcUsageStore logged = Stage.store(log.around(stage.pool), builder -> builder)) {
            JdbcQuotaPolicy policy =
                    JdbcQuotaPolicy.builder(logged).defaultPlan(plan).build();
            log.clear();

            assertThat(policy.limitsOf(AccountId.of(account).lineage()))
                    .containsExactly(LARGE, QuotaLimits.unlimited(), QuotaLimits.unlimited(), LARGE);

            assertThat(log.executions()).hasSize(1);
        }
    }

    @OnEachServer
    void shouldKeepEveryLimitOfAPlan(TestDatabase database) {
        Stage stage = on(database);
        String account = stage.account();
        for (QuotaLimits limits : List.of(
                QuotaLimits.unlimited(),
                QuotaLimits.ofBytes(0).withFiles(0).withBytesPerFile(0).withBytes("image", 0),
                QuotaLimits.ofBytes(Long.MAX_VALUE - 1).withBytes("=&%+ ;'\u6F22", Long.MAX_VALUE - 1),
                LARGE.withBytes("a", 1).withBytes("A", 2).withBytes("a ", 3),
                LARGE.withThresholds(new WarningThresholds(1, 100)))) {
            String plan = name();
            PlanEditor editor = plans(stage).by("alice", "start");

            assertThat(editor.define(plan, limits)).isTrue();
            editor.assign(account, plan);

            assertThat(limits(stage, account)).isEqualTo(limits);
            assertThat(plans(stage).plans(null, Page.MAX_SIZE).items()).contains(new QuotaPlan(plan, limits));
        }
    }

    @OnEachServer
    void shouldSetSingleLimitsInsteadOfThePlans(TestDatabase database) {
        Stage stage = on(database);
        String account = stage.account();
        String plan = name();
        PlanEditor editor = plans(stage).by("alice", "start");
        editor.define(plan, LARGE);
        editor.assign(account, plan);
        LimitOverrides overrides = LimitOverrides.NONE
                .withBytes(2_000)
                .withFiles(CounterLimit.UNLIMITED)
                .withBytes("video", 7)
                .withThresholds(new WarningThresholds(30, 40));

        assertThat(editor.override(account, overrides)).isTrue();

        assertThat(plans(stage).account(account)).isEqualTo(new AccountPlan(Optional.of(plan), overrides));
        assertThat(limits(stage, account)).isEqualTo(overrides.applyTo(LARGE));
        assertThat(limits(stage, account).files()).isEmpty();

        editor.define(plan, SMALL.withFiles(1));
        assertThat(limits(stage, account)).isEqualTo(overrides.applyTo(SMALL));

        editor.unassign(account);
        assertThat(limits(stage, account)).isEqualTo(overrides.applyTo(QuotaLimits.unlimited()));

        editor.override(account, LimitOverrides.NONE);
        assertThat(limits(stage, account)).isEqualTo(QuotaLimits.unlimited());
        assertThat(plans(stage).account(account)).isEqualTo(AccountPlan.NONE);
    }

    @OnEachServer
    void shouldTakeEffectWithTheNextUploadOnAnotherNode(TestDatabase database) {
        Stage stage = on(database);
        String account = stage.account();
        String tenant = AccountId.of(account).tenant();
        String plan = name();
        PlanEditor editor = plans(stage).by("alice", "start");
        try (JdbcUsageStore otherNode = Stage.store(stage.pool, builder -> builder)) {
            UploadGuard guard = UploadGuard.builder(otherNode)
                    .policy(JdbcQuotaPolicy.builder(otherNode)
                            .defaultLimits(SMALL)
                            .build())
                    .build();
            assertRefused(guard, Upload.of(account, "a", 600), 10);

            editor.define(plan, LARGE);
            editor.assign(tenant, plan);
            commit(guard, Upload.of(account, "a", 600));

            editor.override(tenant, LimitOverrides.NONE.withBytes(650));
            assertRefused(guard, Upload.of(account, "b", 51), 650);
            editor.override(account, LimitOverrides.NONE.withBytes(620));
            assertRefused(guard, Upload.of(account, "b", 50), 620);

            editor.override(tenant, LimitOverrides.NONE);
            editor.override(account, LimitOverrides.NONE);
            commit(guard, Upload.of(account, "b", 50));
        }
    }

    @OnEachServer
    void shouldRefuseGrowthAloneWhenALimitIsLoweredBelowUse(TestDatabase database) {
        Stage stage = on(database);
        String account = stage.account();
        String tenant = AccountId.of(account).tenant();
        PlanEditor editor = plans(stage).by("alice", "downgrade");
        editor.override(tenant, LimitOverrides.NONE.withBytes(1_000));
        UploadGuard guard =
                UploadGuard.builder(stage.store).policy(policy(stage)).build();
        commit(guard, Upload.of(account, "a", 600).version("v1"));
        commit(guard, Upload.of(account, "b", 400));

        editor.override(tenant, LimitOverrides.NONE.withBytes(500).withFiles(1).withBytes("image", 0));

        assertThat(stage.usage(tenant).usedBytes()).isEqualTo(1_000);
        assertRefused(guard, Upload.of(account, "c", 1), 500);
        assertRefused(guard, Upload.of(account, "c", 0), 1);
        assertRefused(guard, Upload.of(account, "a", 601).version("v2").replacing("v1"), 500);
        assertRefused(guard, Upload.of(account, "b", 401).overwrite(), 500);
        commit(guard, Upload.of(account, "a", 600).version("v2").replacing("v1"));
        commit(guard, Upload.of(account, "b", 300).overwrite());
        assertThat(stage.usage(tenant).usedBytes()).isEqualTo(900);
        assertThat(guard.delete(account, "a").freedBytes()).isEqualTo(600);
        assertThat(stage.usage(tenant).usedBytes()).isEqualTo(300);
        assertThat(stage.usage(tenant).usedFiles()).isEqualTo(1);
    }

    private static void commit(UploadGuard guard, Upload upload) {
        try (Reservation reservation = guard.reserve(upload)) {
            reservation.commit();
        }
    }

    private static void assertRefused(UploadGuard guard, Upload upload, long limit) {
        assertThatExceptionOfType(QuotaExceededException.class)
                .isThrownBy(() -> guard.reserve(upload))
                .satisfies(refused -> assertThat(refused.violations()).anyMatch(check -> check.limit() == limit));
    }

    @OnEachServer
    void shouldKeepWhoChangedWhatWhenAndWhyNewestFirst(TestDatabase database) {
        Stage stage = on(database);
        String account = stage.account();
        String plan = name();
        QuotaPlans plans = plans(stage);
        Instant before = Instant.now().minusSeconds(1);
        plans.by("alice", "start").define(plan, SMALL);
        plans.by("bob", "complaint").define(plan, LARGE);
        plans.by("alice", "order 1").assign(account, plan);
        plans.by("carol", "goodwill").override(account, LimitOverrides.NONE.withBytes(CounterLimit.UNLIMITED));
        plans.by("dave", "gone").unassign(account);
        plans.by("dave", "gone").override(account, LimitOverrides.NONE);
        plans.by("eve", "cleanup").remove(plan);

        String small =
                "bytes=10, files=unlimited, bytesPerFile=unlimited, softBytes=none, warning=80%, critical=90%, hysteresis=5";
        String large =
                "bytes=1000, files=5, bytesPerFile=700, bytesByCategory[image=400], softBytes=600, grace=PT168H, warning=80%, critical=90%, hysteresis=5";
        List<PlanChange> ofPlan = plans.changesOfPlan(plan, Long.MAX_VALUE, 10).items();
        List<PlanChange> ofAccount =
                plans.changesOfAccount(account, Long.MAX_VALUE, 10).items();
        assertThat(ofPlan)
                .extracting(change -> withoutTime(change))
                .containsExactly(
                        List.of(plan, 3L, "eve", "cleanup", large, "none"),
                        List.of(plan, 2L, "bob", "complaint", small, large),
                        List.of(plan, 1L, "alice", "start", "none", small));
        assertThat(ofAccount)
                .extracting(change -> withoutTime(change))
                .containsExactly(
                        List.of(account, 4L, "dave", "gone", "bytes=unlimited", "none"),
                        List.of(account, 3L, "dave", "gone", "plan=" + plan + ", bytes=unlimited", "bytes=unlimited"),
                        List.of(account, 2L, "carol", "goodwill", "plan=" + plan, "plan=" + plan + ", bytes=unlimited"),
                        List.of(account, 1L, "alice", "order 1", "none", "plan=" + plan));
        assertThat(ofAccount)
                .extracting(PlanChange::changedAt)
                .isSortedAccordingTo(Comparator.reverseOrder())
                .allMatch(time ->
                        time.isAfter(before) && time.isBefore(Instant.now().plusSeconds(1)));
    }

    private static List<Object> withoutTime(PlanChange change) {
        return List.of(change.subject(), change.seq(), change.actor(), change.reason(), change.from(), change.to());
    }

    @OnEachServer
    void shouldPageThroughTheAudit(TestDatabase database) {
        Stage stage = on(database);
        String account = stage.account();
        for (int i = 1; i <= 5; i++) {
            plans(stage).by("alice", "change " + i).override(account, LimitOverrides.NONE.withBytes(i));
        }

        Page<PlanChange> first = plans(stage).changesOfAccount(account, Long.MAX_VALUE, 3);
        Page<PlanChange> second = plans(stage).changesOfAccount(account, 3, 3);

        assertThat(first.items()).extracting(PlanChange::seq).containsExactly(5L, 4L, 3L);
        assertThat(first.hasMore()).isTrue();
        assertThat(second.items()).extracting(PlanChange::seq).containsExactly(2L, 1L);
        assertThat(second.hasMore()).isFalse();
    }

    @OnEachServer
    void shouldLeaveNoTraceOfWhatChangesNothing(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        String untouched = stage.account();
        String plan = name();
        PlanEditor editor = plans(stage).by("alice", "start");
        editor.define(plan, LARGE);
        editor.assign(account, plan);
        editor.override(account, LimitOverrides.NONE.withBytes("image", 5));

        assertThat(editor.define(plan, LARGE)).isFalse();
        assertThat(editor.assign(account, plan)).isFalse();
        assertThat(editor.override(account, LimitOverrides.NONE.withBytes("image", 5)))
                .isFalse();
        assertThat(editor.override(untouched, LimitOverrides.NONE)).isFalse();
        assertThat(editor.unassign(untouched)).isFalse();
        assertThat(editor.remove(name())).isFalse();

        assertThat(plans(stage).changesOfPlan(plan, Long.MAX_VALUE, 10).items()).hasSize(1);
        assertThat(plans(stage).changesOfAccount(account, Long.MAX_VALUE, 10).items())
                .hasSize(2);
        assertThat(stage.count("SELECT count(*) FROM quota_limit WHERE account = '" + untouched + "'"))
                .isZero();
        assertThat(stage.count("SELECT count(*) FROM quota_audit WHERE subject = '" + untouched + "'"))
                .isZero();
    }

    @OnEachServer
    void shouldNotRemoveAPlanThatAnAccountHas(TestDatabase database) {
        Stage stage = on(database);
        String account = stage.account();
        String plan = name();
        PlanEditor editor = plans(stage).by("alice", "start");
        editor.define(plan, LARGE);
        editor.assign(account, plan);

        assertThatExceptionOfType(PlanInUseException.class)
                .isThrownBy(() -> editor.remove(plan))
                .satisfies(refused -> {
                    assertThat(refused.plan()).isEqualTo(plan);
                    assertThat(refused.account()).isEqualTo(AccountId.of(account));
                });
        assertThat(limits(stage, account)).isEqualTo(LARGE);
        assertThat(plans(stage).changesOfPlan(plan, Long.MAX_VALUE, 10).items()).hasSize(1);

        editor.unassign(account);
        assertThat(editor.remove(plan)).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> editor.assign(account, plan))
                .withMessageContaining("no plan '" + plan + "'");
    }

    @OnEachServer
    void shouldListTheAccountsOfAPlanByPages(TestDatabase database) {
        Stage stage = on(database);
        String plan = name();
        String other = name();
        PlanEditor editor = plans(stage).by("alice", "start");
        editor.define(plan, LARGE);
        editor.define(other, LARGE);
        String tenant = name();
        List<AccountId> accounts = new ArrayList<>();
        for (String path : List.of(tenant, tenant + "!", tenant + "/a", tenant + "/a/b", tenant + "2/a")) {
            editor.assign(path, plan);
            accounts.add(AccountId.of(path));
        }
        accounts.sort(Comparator.comparing(AccountId::tenant).thenComparing(AccountId::path));
        editor.assign(tenant + "/other", other);

        List<AccountId> found = new ArrayList<>();
        Page<AccountId> page;
        do {
            page = plans(stage).accounts(plan, found.isEmpty() ? null : found.get(found.size() - 1), 2);
            found.addAll(page.items());
        } while (page.hasMore());

        assertThat(found).isEqualTo(accounts);
        assertThat(plans(stage).accounts(name(), null, 1).items()).isEmpty();
    }

    @OnEachServer
    void shouldListThePlansByPages(TestDatabase database) {
        Stage stage = on(database);
        String first = name();
        for (String plan : List.of(first, first + "A", first + "a", first + "a ")) {
            plans(stage).by("alice", "start").define(plan, SMALL);
        }

        Page<QuotaPlan> page = plans(stage).plans(first, 2);

        assertThat(page.items()).extracting(QuotaPlan::name).containsExactly(first + "A", first + "a");
        assertThat(page.hasMore()).isTrue();
        assertThat(plans(stage).plans(first + "a", 1).items())
                .extracting(QuotaPlan::name)
                .containsExactly(first + "a ");
    }

    @OnEachServer
    void shouldAnnounceEachAccountWhoseLimitsHaveChangedAfterTheCommit(TestDatabase database) {
        Stage stage = on(database);
        String account = stage.account();
        String other = stage.account();
        String plan = name();
        List<String> announced = new ArrayList<>();
        AtomicBoolean fails = new AtomicBoolean();
        PlanEditor editor = QuotaPlans.builder(policy(stage))
                .onChange(changed -> {
                    announced.add(changed + " " + limits(stage, changed.path()).bytes());
                    if (fails.get() && changed.path().equals(other)) {
                        throw new AssertionError("the listener is broken");
                    }
                    if (fails.get()) {
                        throw new IllegalStateException("the listener fails");
                    }
                })
                .build()
                .by("alice", "start");

        editor.define(plan, SMALL);
        assertThat(announced).isEmpty();
        editor.assign(other, plan);
        editor.assign(account, plan);
        editor.override(account, LimitOverrides.NONE.withBytes(7));
        assertThat(announced)
                .containsExactly(
                        other + " OptionalLong[10]", account + " OptionalLong[10]", account + " OptionalLong[7]");
        announced.clear();

        fails.set(true);
        editor.define(plan, LARGE);
        fails.set(false);
        assertThat(announced).containsExactlyInAnyOrder(other + " OptionalLong[1000]", account + " OptionalLong[7]");
        announced.clear();

        editor.unassign(account);
        assertThat(announced).containsExactly(account + " OptionalLong[7]");
        assertThat(limits(stage, other)).isEqualTo(LARGE);
    }

    /** The first call may have been committed, and its answer lost: then it has announced nothing. */
    @OnEachServer
    void shouldAnnounceAgainWhatARepeatedCallFindsChanged(TestDatabase database) {
        Stage stage = on(database);
        AccountId account = AccountId.of(stage.account());
        String plan = name();
        LimitOverrides overrides = LimitOverrides.NONE.withBytes(7);
        PlanEditor untold = plans(stage).by("alice", "start");
        untold.define(plan, LARGE);
        untold.assign(account.path(), plan);
        untold.override(account.path(), overrides);
        List<AccountId> announced = new ArrayList<>();
        PlanEditor editor = QuotaPlans.builder(policy(stage))
                .onChange(announced::add)
                .build()
                .by("alice", "start");

        assertThat(editor.define(plan, LARGE)).isFalse();
        assertThat(announced).containsExactly(account);
        assertThat(editor.assign(account.path(), plan)).isFalse();
        assertThat(announced).containsExactly(account, account);
        assertThat(editor.override(account.path(), overrides)).isFalse();
        assertThat(announced).containsExactly(account, account, account);
        untold.unassign(account.path());
        assertThat(editor.unassign(account.path())).isFalse();
        assertThat(announced).containsExactly(account, account, account, account);
    }

    /** It reads the policy, but a caller's transaction has nothing to do with it. */
    @OnEachServer
    void shouldChangeNothingWithTheTransactionOfACaller(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        try (Connection connection = stage.begin()) {
            Stage.insertFile(connection, account, 1);
            plans(stage).by("alice", "start").override(account, LimitOverrides.NONE.withBytes(5));
            connection.rollback();
        }

        assertThat(limits(stage, account)).isEqualTo(QuotaLimits.ofBytes(5));
    }

    @OnEachServer
    void shouldWaitForAnAdministratorAndGiveUpInTime(TestDatabase database) throws Exception {
        try (Stage stage = Stage.on(database, builder -> builder.lockTimeout(Duration.ofSeconds(1)))) {
            plans(stage).by("alice", "start").override("acme", LimitOverrides.NONE.withBytes(5));
            try (Connection connection = stage.begin()) {
                Stage.execute(connection, "SELECT * FROM quota_limit WHERE account = 'acme' FOR UPDATE");

                assertThatExceptionOfType(UsageStoreException.class)
                        .isThrownBy(
                                () -> plans(stage).by("bob", "too").override("acme", LimitOverrides.NONE.withBytes(6)))
                        .matches(e -> e.isRetryable());
                assertThat(limits(stage, "acme")).isEqualTo(QuotaLimits.ofBytes(5));
                connection.rollback();
            }
        }
    }
}
