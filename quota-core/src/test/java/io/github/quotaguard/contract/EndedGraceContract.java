package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.EndedGrace;
import io.github.quotaguard.store.Grace;
import io.github.quotaguard.store.LevelChange;
import io.github.quotaguard.store.MetricType;
import io.github.quotaguard.store.Page;
import io.github.quotaguard.store.WarningLevel;
import io.github.quotaguard.store.WarningStore;
import io.github.quotaguard.store.WatchedLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which graces have ended that nobody was warned of: nothing is settled when that happens. */
interface EndedGraceContract extends StoreFixture {

    Duration GRACE = Duration.ofDays(5);

    private WarningStore warnings() {
        return store().warnings().orElseThrow();
    }

    private static ContractTenant aboveSoftLimits(StoreFixture fixture) {
        ContractTenant tenant = ContractTenant.of(fixture);
        AccountId other = tenant.account("user-8");
        tenant.limits.softBytes(tenant.user, 100, GRACE).softBytes(other, 100, GRACE.multipliedBy(2));
        tenant.upload("photo", 150).category("image").stored();
        tenant.upload("film", 150).by(other).stored();
        return tenant;
    }

    private List<EndedGrace> ended(ContractTenant tenant, int level, int size) {
        List<EndedGrace> all = new ArrayList<>();
        Page<EndedGrace> page = new Page<>(List.of(), true);
        while (page.hasMore()) {
            AccountId after = all.isEmpty() ? null : all.get(all.size() - 1).account();
            page = warnings().endedGraces(level, after, size);
            assertThat(page.items()).hasSizeLessThanOrEqualTo(size);
            all.addAll(page.items());
        }
        all.removeIf(grace -> !grace.account().tenant().equals(tenant.name));
        return all;
    }

    private EndedGrace graceOf(AccountId account) {
        Grace grace = store().usage(account).grace();
        assertThat(grace).isNotNull();
        return new EndedGrace(account, grace.endsAt());
    }

    @Test
    @Needs(Capability.WARNINGS)
    @Checks({Rule.GRACE, Rule.STORES_CLOCK, Rule.TENANTS_APART})
    default void shouldListTheAccountsWhoseGraceHasEnded() {
        ContractTenant tenant = aboveSoftLimits(this);
        ContractTenant other = aboveSoftLimits(this);
        assertThat(ended(tenant, 3, 10)).isEmpty();

        clock().advance(GRACE);
        assertThat(ended(tenant, 3, 10)).containsExactly(graceOf(tenant.user));

        clock().advance(GRACE);
        List<EndedGrace> both = List.of(graceOf(tenant.user), graceOf(tenant.account("user-8")));
        assertThat(ended(tenant, 3, 10)).isEqualTo(both);
        assertThat(ended(tenant, 3, 1)).isEqualTo(both);
        assertThat(ended(other, 3, 1)).hasSize(2);
    }

    @Test
    @Needs(Capability.WARNINGS)
    @Checks({Rule.GRACE, Rule.STORES_CLOCK})
    default void shouldListOnlyThoseBelowALevelOfTheirSoftLimit() {
        ContractTenant tenant = aboveSoftLimits(this);
        clock().advance(GRACE);
        WatchedLimit bytes = new WatchedLimit(tenant.user, MetricType.BYTES, null);
        WatchedLimit soft = new WatchedLimit(tenant.user, MetricType.SOFT_BYTES, null);

        warnings().move(new LevelChange(bytes, WarningLevel.NONE, 3, 150, 100, null));
        warnings().move(new LevelChange(soft, WarningLevel.NONE, 2, 150, 100, null));
        assertThat(ended(tenant, 2, 10)).isEmpty();
        assertThat(ended(tenant, 3, 10)).containsExactly(graceOf(tenant.user));

        warnings().move(new LevelChange(soft, new WarningLevel(2, 1), 3, 150, 100, null));
        assertThat(ended(tenant, 3, 10)).isEmpty();
    }
}
