package io.github.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.QuotaLimits;
import io.github.quotaguard.QuotaSeverity;
import io.github.quotaguard.WarningMonitor;
import io.github.quotaguard.proof.OnEachServer;
import io.github.quotaguard.proof.TestDatabase;
import java.util.ArrayList;
import java.util.List;

/** Who changes a plan has the accounts of it looked at for warnings, though none of them uploads anything. */
class PlanChangeWarningTest {

    @OnEachServer
    void shouldWarnOfALimitThatIsLoweredAndAgainAfterItWasRaised(TestDatabase database) {
        List<QuotaSeverity> told = new ArrayList<>();
        try (Stage stage = Stage.on(database)) {
            JdbcQuotaPolicy policy = JdbcQuotaPolicy.builder(stage.store)
                    .defaultLimits(QuotaLimits.unlimited())
                    .build();
            WarningMonitor monitor = WarningMonitor.builder(stage.store)
                    .policy(policy)
                    .listener(event -> told.add(event.warning().severity()))
                    .build();
            QuotaPlans plans = QuotaPlans.builder(policy)
                    .onChange(account -> monitor.evaluate(account.path()))
                    .build();
            PlanEditor editor = plans.by("alice", "contract 4711");
            stage.stored("acme", "photo", 85);

            editor.define("team", QuotaLimits.ofBytes(1_000));
            editor.assign("acme", "team");
            monitor.run();
            assertThat(told).isEmpty();

            editor.define("team", QuotaLimits.ofBytes(100));
            monitor.run();
            assertThat(told).containsExactly(QuotaSeverity.WARNING);

            editor.override("acme", LimitOverrides.NONE.withBytes(1_000));
            editor.override("acme", LimitOverrides.NONE.withBytes(90));
            monitor.run();
            assertThat(told).containsExactly(QuotaSeverity.WARNING, QuotaSeverity.CRITICAL);
        }
    }
}
