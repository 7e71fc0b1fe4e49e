package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.RepairLease;
import io.github.quotaguard.store.Usage;
import org.junit.jupiter.api.Test;

/** A tenant that has left is forgotten, and no other. */
interface PurgeContract extends StoreFixture {

    @Test
    @Checks(Rule.TENANTS_APART)
    @Needs(Capability.REPAIR)
    default void shouldForgetATenantAndNoOther() {
        RepairScene scene = new RepairScene(this);
        ContractTenant tenant = scene.tenant;
        ContractTenant other = ContractTenant.of(this);
        for (int i = 0; i < 5; i++) {
            tenant.upload("f" + i, 10).category("image").stored();
            other.upload("f" + i, 10).stored();
        }
        tenant.delete("f0");
        tenant.upload("held", 7).granted();
        RepairLease lease = scene.lease();

        other.assertUnchangedBy(() -> assertThat(scene.repairs.purge(lease)).isPositive());

        scene.repairs.finish(lease, true);
        assertThat(tenant.usage(tenant.root)).isEqualTo(Usage.NONE);
        assertThat(tenant.snapshot().allocations()).isEmpty();
        assertThat(tenant.entries()).isEmpty();
        tenant.upload("f0", 3).category("image").stored();
        assertThat(tenant.usage()).isEqualTo(new Usage(3, 0, 1, 0));
        tenant.assertConserved();
    }
}
