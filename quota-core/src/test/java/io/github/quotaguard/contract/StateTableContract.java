package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.ReleaseResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each other call against a life in each state: what it answers, and that it has no effect where it must have none. */
interface StateTableContract extends StoreFixture {

    private static ContractUpload photo(ContractTenant tenant) {
        return tenant.upload("photo", 100).version("v2").category("image");
    }

    @ParameterizedTest
    @EnumSource
    @Checks({Rule.COMMIT_ASKS_FOR_THE_STATE, Rule.STORES_CLOCK, Rule.LEDGER})
    default void shouldAnswerACommitByTheState(AllocationState state) {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation life = tenant.lifeIn(state, photo(tenant));

        switch (state) {
            case RESERVED -> assertThat(tenant.committed(life, 100).state()).isEqualTo(AllocationState.COMMITTED);
            case COMMITTED -> {
                tenant.assertUnchangedBy(
                        () -> assertThat(tenant.committed(life, 100)).isEqualTo(life));
                for (long other : new long[] {0, 99, 101, Long.MAX_VALUE}) {
                    tenant.assertUnchangedBy(() -> assertThat(
                                    ContractTenant.as(CommitResult.Conflict.class, store().commit(life, other))
                                            .allocation())
                            .isEqualTo(life));
                }
            }
            case RELEASED, EXPIRED, DELETED -> {
                for (long bytes : new long[] {0, 100, Long.MAX_VALUE}) {
                    tenant.assertUnchangedBy(() -> assertThat(
                                    ContractTenant.as(CommitResult.Ended.class, store().commit(life, bytes))
                                            .allocation())
                            .isEqualTo(life));
                }
            }
        }
        tenant.assertConserved();
    }

    @ParameterizedTest
    @EnumSource
    @Checks({Rule.RELEASE_ONCE, Rule.STORES_CLOCK, Rule.LEDGER})
    default void shouldAnswerAReleaseByTheState(AllocationState state) {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation life = tenant.lifeIn(state, photo(tenant));

        if (state == AllocationState.RESERVED) {
            assertThat(store().release(life)).isEqualTo(ReleaseResult.RELEASED);
            assertThat(tenant.now(life).state()).isEqualTo(AllocationState.RELEASED);
        } else {
            tenant.assertUnchangedBy(() -> assertThat(store().release(life)).isEqualTo(releaseOf(state)));
        }
        tenant.assertConserved();
    }

    @ParameterizedTest
    @EnumSource
    @Checks({Rule.STORES_CLOCK, Rule.LEDGER})
    default void shouldAnswerAnAbandonByTheState(AllocationState state) {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation life = tenant.lifeIn(state, photo(tenant));

        if (state == AllocationState.RESERVED) {
            assertThat(store().abandon(life)).isEqualTo(ReleaseResult.RELEASED);
            assertThat(tenant.now(life).state()).isEqualTo(AllocationState.RELEASED);
        } else {
            tenant.assertUnchangedBy(() -> assertThat(store().abandon(life)).isEqualTo(releaseOf(state)));
        }
        tenant.assertConserved();
    }

    private static ReleaseResult releaseOf(AllocationState state) {
        return state == AllocationState.COMMITTED ? ReleaseResult.COMMITTED : ReleaseResult.NO_EFFECT;
    }

    @ParameterizedTest
    @EnumSource
    @Checks({Rule.STORES_CLOCK, Rule.LEDGER})
    default void shouldAnswerAnExtensionByTheState(AllocationState state) {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation life = tenant.lifeIn(state, photo(tenant));

        if (state == AllocationState.RESERVED) {
            assertThat(tenant.extended(life, 150).bytes()).isEqualTo(150);
        } else {
            tenant.assertUnchangedBy(() -> assertThat(
                            ContractTenant.as(ExtendResult.Ended.class, tenant.extend(life, 150))
                                    .allocation())
                    .isEqualTo(life));
        }
        tenant.assertConserved();
    }

    @ParameterizedTest
    @EnumSource
    @Checks({Rule.STORES_CLOCK, Rule.LEDGER})
    default void shouldAnswerADeleteByTheState(AllocationState state) {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation life = tenant.lifeIn(state, photo(tenant));

        switch (state) {
            case RESERVED ->
                tenant.assertUnchangedBy(() -> {
                    assertThat(tenant.delete("photo")).isEqualTo(new DeleteResult(listOf(), listOf(life)));
                    assertThat(tenant.delete("photo", "v2")).isEqualTo(new DeleteResult(listOf(), listOf(life)));
                });
            case COMMITTED -> {
                DeleteResult result = tenant.delete("photo", "v2");
                assertThat(result.deleted()).singleElement().satisfies(deleted -> {
                    assertThat(deleted.id()).isEqualTo(life.id());
                    assertThat(deleted.bytes()).isEqualTo(100);
                });
                assertThat(result.reserved()).isEmpty();
            }
            case RELEASED, EXPIRED, DELETED ->
                tenant.assertUnchangedBy(() -> {
                    assertThat(tenant.delete("photo")).isEqualTo(new DeleteResult(listOf(), listOf()));
                    assertThat(tenant.delete("photo", "v2")).isEqualTo(new DeleteResult(listOf(), listOf()));
                });
        }
        tenant.assertConserved();
    }

    private static List<Allocation> listOf(Allocation... allocations) {
        return List.of(allocations);
    }

    @Test
    default void shouldKnowNothingOfALifeThatNeverWas() {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation like = tenant.upload("film", 100).granted();
        Allocation unknown = ContractTenant.handle(like, photo(tenant).spec(), like.generation());

        tenant.assertUnchangedBy(() -> {
            assertThat(store().commit(unknown, 100)).isInstanceOf(CommitResult.Unknown.class);
            assertThat(store().release(unknown)).isEqualTo(ReleaseResult.NO_EFFECT);
            assertThat(store().abandon(unknown)).isEqualTo(ReleaseResult.NO_EFFECT);
            assertThat(tenant.extend(unknown, 200)).isInstanceOf(ExtendResult.Unknown.class);
            assertThat(tenant.delete("photo")).isEqualTo(new DeleteResult(listOf(), listOf()));
            assertThat(tenant.delete("photo", "v2")).isEqualTo(new DeleteResult(listOf(), listOf()));
        });
    }

    @ParameterizedTest
    @EnumSource
    @Checks(Rule.STORES_CLOCK)
    default void shouldSayWhenALifeEnteredItsState(AllocationState state) {
        ContractTenant tenant = ContractTenant.of(this);
        Allocation granted = photo(tenant).granted();
        clock().advance(Duration.ofMinutes(20));

        switch (state) {
            case RESERVED -> {}
            case COMMITTED -> tenant.committed(granted, 100);
            case RELEASED -> store().release(granted);
            case EXPIRED -> tenant.sweep();
            case DELETED -> {
                tenant.committed(granted, 100);
                tenant.delete("photo");
            }
        }

        Allocation life = tenant.now(granted);
        assertThat(life.state()).isEqualTo(state);
        Duration later = Duration.between(life.bornAt(), life.since());
        if (state == AllocationState.RESERVED) {
            assertThat(later).isZero();
        } else {
            assertThat(later).isBetween(Duration.ofMinutes(20), Duration.ofMinutes(25));
        }
    }
}
