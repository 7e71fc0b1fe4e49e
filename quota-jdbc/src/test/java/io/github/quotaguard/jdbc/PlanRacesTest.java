package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.proof.Crowd;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Page;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Several administrators at once, on several nodes. */
class PlanRacesTest extends StagedTest {

    private static final int ADMINISTRATORS = 4;
    private static final int CHANGES = 10;

    private static QuotaPlans plans(Stage stage) {
        return QuotaPlans.builder(JdbcQuotaPolicy.builder(stage.store)
                        .defaultLimits(QuotaLimits.unlimited())
                        .build())
                .build();
    }

    /** Each change begins where the one before it ended, and none is missing. */
    private static void assertChain(List<PlanChange> newestFirst, long changes, String last) {
        assertThat(newestFirst).hasSize(Math.toIntExact(changes));
        String to = last;
        long seq = changes;
        for (PlanChange change : newestFirst) {
            assertThat(change.to()).as("change %s", change).isEqualTo(to);
            assertThat(change.seq()).isEqualTo(seq);
            to = change.from();
            seq--;
        }
        assertThat(to).isEqualTo(PlanChange.NONE);
    }

    @OnEachServer
    void shouldLoseNoChangeOfAnAccount(TestDatabase database) throws Exception {
        Stage stage = on(database);
        String account = stage.account();
        plans(stage).by("alice", "start").define("race", QuotaLimits.unlimited());
        Crowd.run(ADMINISTRATORS, thread -> {
            PlanEditor editor = plans(stage).by("admin-" + thread, "race");
            for (int i = 0; i < CHANGES; i++) {
                if (thread == 0) {
                    editor.assign(account, "race");
                    editor.unassign(account);
                } else {
                    editor.override(account, LimitOverrides.NONE.withBytes(thread * 1_000L + i));
                }
            }
        });

        List<PlanChange> changes = plans(stage)
                .changesOfAccount(account, Long.MAX_VALUE, Page.MAX_SIZE)
                .items();
        assertChain(
                changes,
                (ADMINISTRATORS + 1) * CHANGES,
                plans(stage).account(account).toString());
        assertThat(changes)
                .filteredOn(change -> change.actor().equals("admin-0"))
                .hasSize(2 * CHANGES);
    }

    @OnEachServer
    void shouldLoseNoChangeOfAPlanThatComesAndGoes(TestDatabase database) throws Exception {
        Stage stage = on(database);
        AtomicInteger changed = new AtomicInteger();
        Crowd.run(ADMINISTRATORS, thread -> {
            PlanEditor editor = plans(stage).by("admin-" + thread, "race");
            for (int i = 0; i < CHANGES; i++) {
                boolean hasChanged = thread == 0
                        ? editor.remove("fleeting")
                        : editor.define("fleeting", QuotaLimits.ofBytes(thread * 1_000L + i));
                changed.addAndGet(hasChanged ? 1 : 0);
            }
        });
        plans(stage).by("alice", "end").define("fleeting", QuotaLimits.ofBytes(0));

        assertChain(
                plans(stage)
                        .changesOfPlan("fleeting", Long.MAX_VALUE, Page.MAX_SIZE)
                        .items(),
                changed.get() + 1L,
                LimitOverrides.of(QuotaLimits.ofBytes(0)).toString());
    }

    /** Whoever comes first: either the account has a plan that is defined, or the plan is gone and no account has it. */
    @OnEachServer
    void shouldAssignNoPlanThatIsBeingRemoved(TestDatabase database) throws Exception {
        Stage stage = on(database);
        for (int round = 0; round < 10; round++) {
            String plan = "brief-" + round;
            String account = stage.account();
            plans(stage).by("alice", "start").define(plan, QuotaLimits.ofBytes(1));
            Crowd.run(2, thread -> {
                PlanEditor editor = plans(stage).by("admin-" + thread, "race");
                try {
                    boolean done = thread == 0 ? editor.remove(plan) : editor.assign(account, plan);
                    assertThat(done).isTrue();
                } catch (PlanInUseException | IllegalArgumentException lost) {
                    assertThat(lost).hasMessageContaining(plan);
                }
            });

            boolean isDefined = plans(stage).plans(null, Page.MAX_SIZE).items().stream()
                    .anyMatch(each -> each.name().equals(plan));
            assertThat(plans(stage).account(account).plan().isPresent()).isEqualTo(isDefined);
            assertThat(plans(stage).accounts(plan, null, 10).items())
                    .isEqualTo(isDefined ? List.of(AccountId.of(account)) : List.of());
        }
    }
}
