package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.Backlog;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What waits to be done is counted over all tenants, by the store's clock. */
interface BacklogContract extends StoreFixture {

    /** Ends whatever other tests have left behind, in any tenant. */
    private void endEverything(ContractTenant tenant) {
        clock().advance(Duration.ofDays(8));
        tenant.sweep();
    }

    private Backlog backlog() {
        return store().backlog().orElseThrow();
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.BACKLOG)
    default void shouldCountReservationsOfAllTenantsPastTheirDeadline() {
        ContractTenant tenant = ContractTenant.of(this);
        ContractTenant other = ContractTenant.of(this);
        endEverything(tenant);
        tenant.upload("later", 1).ttl(Duration.ofMinutes(30)).granted();
        tenant.upload("first", 1).ttl(Duration.ofMinutes(10)).granted();
        other.upload("second", 1).ttl(Duration.ofMinutes(15)).granted();

        clock().advance(Duration.ofMinutes(20));
        Backlog backlog = backlog();

        Allocation first = store().find(tenant.upload("first", 1).spec().id()).orElseThrow();
        assertThat(backlog.overdue()).isEqualTo(2);
        assertThat(backlog.oldestOverdue()).isEqualTo(first.deadline());
        assertThat(backlog.overdueFor()).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(11));
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.BACKLOG)
    default void shouldNotCountWhatHasEnded() {
        ContractTenant tenant = ContractTenant.of(this);
        endEverything(tenant);
        List<Allocation> overdue = List.of(
                tenant.upload("expired", 1).ttl(Duration.ofMinutes(10)).granted(),
                tenant.upload("released", 1).granted(),
                tenant.upload("committed", 1).granted());
        clock().advance(ContractTenant.PAST_TTL);
        assertThat(backlog().overdue()).isEqualTo(overdue.size());

        store().release(overdue.get(1));
        tenant.committed(overdue.get(2), 1);
        assertThat(backlog().overdue()).isEqualTo(1);
        tenant.sweep();

        assertThat(backlog().overdue()).isZero();
        assertThat(backlog().oldestOverdue()).isNull();
        assertThat(backlog().overdueFor()).isZero();
    }

    @Test
    @Needs(Capability.BACKLOG)
    default void shouldCountNothingAsUnsettledThatTheStoreHasEndedItself() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.sweep();

        tenant.upload("stored", 1).stored();
        store().release(tenant.upload("released", 1).granted());
        tenant.upload("deleted", 1).stored();
        tenant.delete("deleted");

        assertThat(backlog().unsettled()).isZero();
        assertThat(backlog().oldestUnsettled()).isNull();
        assertThat(backlog().unsettledFor()).isZero();
    }
}
