package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
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
import java.util.List;
import java.util.Optional;

/** Which limits an account has, and from when on. */
class QuotaPlansTest extends PlannedTest {

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
        PlanEditor editor = assignLarge(stage, account, plan);
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
