package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.CounterLimit;
import io.github.quotaguard.store.Page;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is kept of plans and of their changes, and how it is listed. */
class PlanRecordsTest extends PlannedTest {

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
        PlanEditor editor = assignLarge(stage, account, plan);
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
        PlanEditor editor = assignLarge(stage, account, plan);

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
}
