package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.Usage;
import io.github.quotaguard.store.UsageStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** How long ended lives are remembered. */
interface RetentionContract extends StoreFixture {

    Duration STILL_REMEMBERED = UsageStore.RETENTION.minusHours(1);
    Duration LONG_FORGOTTEN = UsageStore.RETENTION.plusDays(2);

    @ParameterizedTest
    @EnumSource(
            names = {"RESERVED", "COMMITTED"},
            mode = Mode.EXCLUDE)
    @Checks({Rule.COMMIT_ASKS_FOR_THE_STATE, Rule.STORES_CLOCK, Rule.LEDGER})
    default void shouldAnswerTruthfullyWhileAnEndedLifeIsRemembered(AllocationState state) {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation ended = tenant.lifeIn(state, tenant.upload("photo", 100));
        clock().advance(STILL_REMEMBERED);
        tenant.sweep();

        CommitResult result = store().commit(ended, 100);

        assertThat(ContractTenant.as(CommitResult.Ended.class, result).allocation())
                .isEqualTo(tenant.now(ended))
                .satisfies(allocation -> assertThat(allocation.state()).isEqualTo(state));
        tenant.assertConserved();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"RESERVED", "COMMITTED"},
            mode = Mode.EXCLUDE)
    @Checks(Rule.STORES_CLOCK)
    default void shouldForgetAnEndedLife(AllocationState state) {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation ended = tenant.lifeIn(state, tenant.upload("photo", 100));
        clock().advance(LONG_FORGOTTEN);

        tenant.sweep();

        assertThat(store().find(ended.id())).isEmpty();
        assertThat(store().find(ended.id(), ended.generation())).isEmpty();
        assertThat(tenant.snapshot().allocations()).isEmpty();
        tenant.assertUnchangedBy(() -> {
            assertThat(store().commit(ended, 100)).isInstanceOf(CommitResult.Unknown.class);
            assertThat(tenant.extend(ended, 200)).isInstanceOf(ExtendResult.Unknown.class);
            assertThat(store().release(ended)).isEqualTo(ReleaseResult.NO_EFFECT);
            assertThat(store().abandon(ended)).isEqualTo(ReleaseResult.NO_EFFECT);
        });
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.ONE_LIFE)
    default void shouldForgetAnEarlierLifeButNotTheCurrentOne() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation earlier = tenant.lifeIn(AllocationState.RELEASED, tenant.upload("photo", 100));
        Allocation current = tenant.upload("photo", 100).stored();
        clock().advance(LONG_FORGOTTEN);

        tenant.sweep();

        assertUnknownOrEnded(tenant, earlier);
        assertThat(tenant.now(current).state()).isEqualTo(AllocationState.COMMITTED);
        assertThat(tenant.usage()).isEqualTo(new Usage(100, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    default void shouldNeverForgetAStoredFile() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation stored = tenant.upload("photo", 100).version("v1").stored();
        tenant.lifeIn(AllocationState.DELETED, tenant.upload("photo", 50).version("v2"));
        clock().advance(LONG_FORGOTTEN);
        clock().advance(LONG_FORGOTTEN);

        tenant.sweep();

        assertThat(tenant.snapshot().allocations()).containsExactly(tenant.now(stored));
        tenant.upload("photo", 100).version("v1").alreadyStored();
        tenant.committed(stored, 100);
        assertThat(tenant.delete("photo").freedBytes()).isEqualTo(100);
        assertThat(tenant.usage()).isEqualTo(Usage.NONE);
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.ONE_LIFE)
    default void shouldBeginANewLifeAfterAForgottenOne() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation forgotten = tenant.lifeIn(AllocationState.DELETED, tenant.upload("photo", 100));
        clock().advance(LONG_FORGOTTEN);
        tenant.sweep();

        Allocation stored = tenant.upload("photo", 60).category("image").stored();

        assertThat(stored.generation()).isNotEqualTo(forgotten.generation());
        assertUnknownOrEnded(tenant, forgotten);
        assertThat(tenant.usage()).isEqualTo(new Usage(60, 0, 1, 0));
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    default void shouldForgetInTheEndWhatNobodyEnded() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation dropped = tenant.upload("photo", 100).granted();
        clock().advance(LONG_FORGOTTEN);
        tenant.sweep();
        assertThat(tenant.now(dropped).state()).isEqualTo(AllocationState.EXPIRED);
        clock().advance(LONG_FORGOTTEN);

        tenant.sweep();

        assertThat(store().find(dropped.id())).isEmpty();
        assertThat(tenant.usage()).isEqualTo(Usage.NONE);
        tenant.assertConserved();
    }

    /** An earlier life of an id in use may be remembered for longer: the ledger knows it. */
    private void assertUnknownOrEnded(ContractTenant tenant, Allocation earlier) {
        tenant.assertUnchangedBy(() -> {
            CommitResult result = store().commit(earlier, 100);
            if (result instanceof CommitResult.Ended ended) {
                assertThat(ended.allocation().generation()).isEqualTo(earlier.generation());
                assertThat(ended.allocation().state()).isEqualTo(earlier.state());
            } else {
                assertThat(result).isInstanceOf(CommitResult.Unknown.class);
            }
            assertThat(store().release(earlier)).isEqualTo(ReleaseResult.NO_EFFECT);
        });
    }
}
