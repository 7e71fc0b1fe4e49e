package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Who is told of limits that have changed. */
class PlanAnnouncementsTest extends PlannedTest {

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
}
