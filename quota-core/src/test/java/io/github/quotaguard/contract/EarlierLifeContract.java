package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.Usage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Calls that come late: from an earlier attempt, from an earlier life, again, or with a made-up handle. */
interface EarlierLifeContract extends StoreFixture {

    private static ContractUpload photo(ContractTenant tenant) {
        return tenant.upload("photo", 100);
    }

    @Test
    @Checks(Rule.SAME_CALL_SAME_RESERVATION)
    default void shouldNotLetAnEarlierAttemptAbandonALaterOne() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation first = photo(tenant).granted();
        Allocation second = photo(tenant).granted();

        tenant.assertUnchangedBy(() -> assertThat(store().abandon(first)).isEqualTo(ReleaseResult.NO_EFFECT));

        assertThat(store().abandon(second)).isEqualTo(ReleaseResult.RELEASED);
        assertThat(tenant.usage()).isEqualTo(Usage.NONE);
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.SAME_CALL_SAME_RESERVATION, Rule.COMMIT_ASKS_FOR_THE_STATE, Rule.LEDGER})
    default void shouldLetAnEarlierAttemptRelease() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation first = photo(tenant).granted();
        Allocation second = photo(tenant).granted();

        assertThat(store().release(first)).isEqualTo(ReleaseResult.RELEASED);

        assertThat(store().abandon(second)).isEqualTo(ReleaseResult.NO_EFFECT);
        assertThat(ContractTenant.as(CommitResult.Ended.class, store().commit(second, 100))
                        .allocation()
                        .state())
                .isEqualTo(AllocationState.RELEASED);
        tenant.assertConserved();
    }

    @Test
    @Checks(Rule.SAME_CALL_SAME_RESERVATION)
    default void shouldLetAnEarlierAttemptExtendAndCommit() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation first = photo(tenant).granted();
        Allocation second = photo(tenant).granted();

        assertThat(tenant.extended(first, 120).attempt()).isEqualTo(2);
        Allocation committed = tenant.committed(first, 120);

        tenant.assertUnchangedBy(() -> {
            assertThat(tenant.committed(second, 120)).isEqualTo(committed);
            assertThat(store().abandon(second)).isEqualTo(ReleaseResult.COMMITTED);
        });
        tenant.assertConserved();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"RESERVED", "COMMITTED"},
            mode = Mode.EXCLUDE)
    @Checks({Rule.COMMIT_ASKS_FOR_THE_STATE, Rule.RELEASE_ONCE, Rule.ONE_LIFE, Rule.STORES_CLOCK})
    default void shouldNotLetAnEarlierLifeTouchAReservation(AllocationState state) {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation earlier = tenant.lifeIn(state, photo(tenant));
        Allocation current = photo(tenant).granted();

        assertUntouchedByEarlierLife(tenant, earlier);

        tenant.committed(current, 100);
        tenant.assertConserved();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"RESERVED", "COMMITTED"},
            mode = Mode.EXCLUDE)
    @Checks({Rule.COMMIT_ASKS_FOR_THE_STATE, Rule.RELEASE_ONCE, Rule.ONE_LIFE, Rule.STORES_CLOCK})
    default void shouldNotLetAnEarlierLifeTouchAStoredFile(AllocationState state) {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation earlier = tenant.lifeIn(state, photo(tenant));
        photo(tenant).stored();

        assertUntouchedByEarlierLife(tenant, earlier);
        assertThat(tenant.usage()).isEqualTo(new Usage(100, 0, 1, 0));
        tenant.assertConserved();
    }

    private void assertUntouchedByEarlierLife(ContractTenant tenant, Allocation earlier) {
        tenant.assertUnchangedBy(() -> {
            for (long bytes : new long[] {100, 50}) {
                Allocation ended = ContractTenant.as(CommitResult.Ended.class, store().commit(earlier, bytes))
                        .allocation();
                assertThat(ended.generation()).isEqualTo(earlier.generation());
                assertThat(ended.state()).isEqualTo(earlier.state());
            }
            assertThat(ContractTenant.as(ExtendResult.Ended.class, tenant.extend(earlier, 200))
                            .allocation()
                            .state())
                    .isEqualTo(earlier.state());
            assertThat(store().release(earlier)).isEqualTo(ReleaseResult.NO_EFFECT);
            assertThat(store().abandon(earlier)).isEqualTo(ReleaseResult.NO_EFFECT);
        });
        assertThat(store().find(earlier.id(), earlier.generation()))
                .hasValueSatisfying(found -> assertThat(found.state()).isEqualTo(earlier.state()));
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    default void shouldRememberEveryEarlierLife() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation released = tenant.lifeIn(AllocationState.RELEASED, photo(tenant));
        Allocation deleted = tenant.lifeIn(AllocationState.DELETED, photo(tenant));
        Allocation expired = tenant.lifeIn(AllocationState.EXPIRED, photo(tenant));
        Allocation current = photo(tenant).granted();

        for (Allocation earlier : new Allocation[] {released, deleted, expired}) {
            assertThat(store().find(earlier.id(), earlier.generation()))
                    .hasValueSatisfying(found -> assertThat(found.state()).isEqualTo(earlier.state()));
        }
        assertThat(store().find(current.id(), current.generation())).contains(current);
        assertThat(tenant.snapshot().allocations()).containsExactly(current);
        tenant.assertConserved();
    }

    @Test
    @Checks({Rule.RELEASE_ONCE, Rule.LEDGER})
    default void shouldRepeatEveryCallWithoutASecondEffect() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation stored = photo(tenant).stored();
        Allocation released = tenant.upload("film", 50).granted();
        store().release(released);
        tenant.upload("song", 10).stored();
        tenant.delete("song");

        tenant.assertUnchangedBy(() -> {
            for (int i = 0; i < 3; i++) {
                tenant.committed(stored, 100);
                assertThat(store().release(released)).isEqualTo(ReleaseResult.NO_EFFECT);
                assertThat(tenant.delete("song").deleted()).isEmpty();
                assertThat(photo(tenant).alreadyStored()).isEqualTo(stored);
            }
        });
        tenant.assertConserved();
    }

    @Test
    default void shouldNotTakeAHandleOfAnotherFileWithTheSameGeneration() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation granted = photo(tenant).granted();

        assertUnknown(tenant, tenant.upload("film", 100), granted);
        assertUnknown(tenant, photo(tenant).version("v2"), granted);
        tenant.committed(granted, 100);
        assertUnknown(tenant, tenant.upload("film", 100), granted);
    }

    @Test
    @Checks(Rule.ONE_LIFE)
    default void shouldNotTakeAHandleWithAnotherGeneration() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation granted = photo(tenant).granted();
        Allocation unknown = ContractTenant.unknownLife(granted);

        tenant.assertUnchangedBy(() -> {
            assertThat(store().commit(unknown, 100)).isInstanceOf(CommitResult.Unknown.class);
            assertThat(tenant.extend(unknown, 200)).isInstanceOf(ExtendResult.Unknown.class);
            assertThat(store().release(unknown)).isEqualTo(ReleaseResult.NO_EFFECT);
            assertThat(store().abandon(unknown)).isEqualTo(ReleaseResult.NO_EFFECT);
        });
    }

    private void assertUnknown(ContractTenant tenant, ContractUpload forged, Allocation granted) {
        Allocation unknown = ContractTenant.handle(granted, forged.spec(), granted.generation());
        tenant.assertUnchangedBy(() -> {
            assertThat(store().commit(unknown, 100)).isInstanceOf(CommitResult.Unknown.class);
            assertThat(tenant.extend(unknown, 200)).isInstanceOf(ExtendResult.Unknown.class);
            assertThat(store().release(unknown)).isEqualTo(ReleaseResult.NO_EFFECT);
            assertThat(store().abandon(unknown)).isEqualTo(ReleaseResult.NO_EFFECT);
            assertThat(store().find(unknown.id(), unknown.generation())).isEmpty();
        });
    }
}
