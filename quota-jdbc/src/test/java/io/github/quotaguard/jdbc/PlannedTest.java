package io.github.quotaguard.jdbc;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.store.AccountId;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Plans of a database that tests share, each with plans and accounts of its own. */
abstract class PlannedTest extends StagedTest {

    static final QuotaLimits SMALL = QuotaLimits.ofBytes(10);
    static final QuotaLimits LARGE = QuotaLimits.ofBytes(1_000)
            .withFiles(5)
            .withBytes("image", 400)
            .withBytesPerFile(700)
            .withSoftBytes(600, Duration.ofDays(7));

    private static final AtomicInteger NEXT = new AtomicInteger();

    static JdbcQuotaPolicy policy(Stage stage) {
        return JdbcQuotaPolicy.builder(stage.store).defaultLimits(SMALL).build();
    }

    static QuotaPlans plans(Stage stage) {
        return QuotaPlans.builder(policy(stage)).build();
    }

    /** Lets alice define a large plan and give it to an account; returns her editor. */
    static PlanEditor assignLarge(Stage stage, String account, String plan) {
        PlanEditor editor = plans(stage).by("alice", "start");
        editor.define(plan, LARGE);
        editor.assign(account, plan);
        return editor;
    }

    /** Returns the name of a plan that no other test has. */
    static String name() {
        return "plan-" + NEXT.incrementAndGet();
    }

    static QuotaLimits limits(Stage stage, String account) {
        return policy(stage).limits(AccountId.of(account));
    }
}
