package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.DeleteResult;
import io.github.quotaguard.store.ExtendResult;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.ReserveResult;
import io.github.quotaguard.store.Usage;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Two calls at the same instant that can not both be right: no store may check first and act later. */
interface DuelContract extends StoreFixture {

    /** A tenant with a reservation that both sides know. */
    record Contested(ContractTenant tenant, Allocation life) {}

    private Supplier<Contested> contested(long bytes) {
        return () -> {
            ContractTenant tenant = ContractTenant.of(this);
            return new Contested(tenant, tenant.upload("photo", bytes).granted());
        };
    }

    @Test
    @Checks(
            value = {Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.TENANTS_APART},
            byChance = Rule.ATOMIC)
    default void shouldGiveTheLastByteToOneOfTwo() {
        Supplier<ContractTenant> almostFull = () -> {
            ContractTenant tenant = ContractTenant.of(this);
            tenant.limits.bytes(tenant.root, 1_000);
            tenant.upload("stored", 999).stored();
            return tenant;
        };
        new Duel<>(
                        almostFull,
                        tenant -> tenant.upload("left", 1).by(tenant.root).reserve(),
                        tenant -> tenant.upload("right", 1).reserve())
                .fight(rounds() / 2, (tenant, outcome) -> {
                    outcome.only(ReserveResult.Granted.class);
                    outcome.only(ReserveResult.Refused.class);
                    assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(999, 1, 1, 1));
                    tenant.assertConserved();
                });
    }

    @Test
    @Checks(
            value = {Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.TENANTS_APART},
            byChance = Rule.ATOMIC)
    default void shouldGiveTheLastFileToOneOfTwo() {
        Supplier<ContractTenant> roomForOne = () -> {
            ContractTenant tenant = ContractTenant.of(this);
            tenant.limits.files(tenant.root, 1);
            return tenant;
        };
        new Duel<>(
                        roomForOne,
                        tenant -> tenant.upload("left", 1).reserve(),
                        tenant -> tenant.upload("right", 1).reserve())
                .fight(rounds() / 2, (tenant, outcome) -> {
                    outcome.only(ReserveResult.Granted.class);
                    outcome.only(ReserveResult.Refused.class);
                    tenant.assertConserved();
                });
    }

    @Test
    @Checks(
            value = {Rule.LIMITS, Rule.LIMITS_COUNT_WHAT_IS_HELD, Rule.TENANTS_APART},
            byChance = Rule.ATOMIC)
    default void shouldGiveTheLastByteToAnUploadOrToAnExtension() {
        Supplier<Contested> almostFull = () -> {
            ContractTenant tenant = ContractTenant.of(this);
            tenant.limits.bytes(tenant.root, 100);
            return new Contested(tenant, tenant.upload("growing", 99).granted());
        };
        new Duel<>(
                        almostFull,
                        it -> it.tenant().upload("next", 1).reserve(),
                        it -> it.tenant().extend(it.life(), 100))
                .fight(rounds() / 2, (it, outcome) -> {
                    assertThat(outcome.count(ReserveResult.Granted.class) + outcome.count(ExtendResult.Extended.class))
                            .isEqualTo(1);
                    assertThat(outcome.count(ReserveResult.Refused.class) + outcome.count(ExtendResult.Refused.class))
                            .isEqualTo(1);
                    it.tenant().assertConserved();
                });
    }

    @Test
    @Checks(
            value = {Rule.SAME_CALL_SAME_RESERVATION, Rule.TENANTS_APART},
            byChance = Rule.ATOMIC)
    default void shouldTakeTwoIdenticalUploadsForOne() {
        new Duel<>(
                        () -> ContractTenant.of(this),
                        tenant -> tenant.upload("photo", 100).reservePatiently(),
                        tenant -> tenant.upload("photo", 100).reservePatiently())
                .fight(rounds() / 2, (tenant, outcome) -> {
                    Allocation left = granted(outcome.left());
                    Allocation right = granted(outcome.right());
                    assertThat(left.generation()).isEqualTo(right.generation());
                    assertThat(Set.of(left.attempt(), right.attempt())).containsExactlyInAnyOrder(1, 2);
                    assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(0, 100, 0, 1));
                    tenant.assertConserved();
                });
    }

    private static Allocation granted(Object result) {
        return ContractTenant.as(ReserveResult.Granted.class, result).allocation();
    }

    @Test
    @Checks(value = Rule.TENANTS_APART, byChance = Rule.ATOMIC)
    default void shouldGiveAnIdToOneOfTwoUploads() {
        new Duel<>(
                        () -> ContractTenant.of(this),
                        tenant -> tenant.upload("photo", 100).reservePatiently(),
                        tenant -> tenant.upload("photo", 101).reservePatiently())
                .fight(rounds() / 2, (tenant, outcome) -> {
                    Allocation winner =
                            outcome.only(ReserveResult.Granted.class).allocation();
                    assertThat(outcome.only(ReserveResult.Conflict.class).standing())
                            .isEqualTo(winner);
                    assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(0, winner.bytes(), 0, 1));
                    tenant.assertConserved();
                });
    }

    @Test
    @Checks(value = Rule.TENANTS_APART, byChance = Rule.ATOMIC)
    default void shouldGiveAFileToOneOfTwoAccounts() {
        new Duel<>(
                        () -> ContractTenant.of(this),
                        tenant -> tenant.upload("photo", 100).version("v1").reservePatiently(),
                        tenant -> tenant.upload("photo", 100)
                                .version("v2")
                                .by(tenant.account("user-8"))
                                .reservePatiently())
                .fight(rounds() / 2, (tenant, outcome) -> {
                    Allocation winner =
                            outcome.only(ReserveResult.Granted.class).allocation();
                    assertThat(outcome.only(ReserveResult.Conflict.class).standing())
                            .isEqualTo(winner);
                    tenant.assertConserved();
                });
    }

    @Test
    @Checks(value = Rule.TENANTS_APART, byChance = Rule.ATOMIC)
    default void shouldCountOneFileForTwoFirstVersions() {
        new Duel<>(
                        () -> ContractTenant.of(this),
                        tenant -> tenant.upload("photo", 100).version("v1").reservePatiently(),
                        tenant -> tenant.upload("photo", 100).version("v2").reservePatiently())
                .fight(rounds() / 2, (tenant, outcome) -> {
                    tenant.assertConserved();
                    tenant.committed(granted(outcome.left()), 100);
                    tenant.committed(granted(outcome.right()), 100);
                    assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(200, 0, 1, 0));
                    tenant.assertConserved();
                });
    }

    @Test
    @Checks(
            value = {Rule.COMMIT_ASKS_FOR_THE_STATE, Rule.TENANTS_APART},
            byChance = Rule.ATOMIC)
    default void shouldCommitOneOfTwoSizes() {
        new Duel<>(contested(100), it -> store().commit(it.life(), 60), it -> store().commit(it.life(), 70))
                .fight(rounds() / 2, (it, outcome) -> {
                    Allocation winner =
                            outcome.only(CommitResult.Committed.class).allocation();
                    assertThat(outcome.only(CommitResult.Conflict.class).allocation())
                            .isEqualTo(winner);
                    assertThat(it.tenant().usage()).isEqualTo(new Usage(winner.bytes(), 0, 1, 0));
                    it.tenant().assertConserved();
                });
    }

    @Test
    @Checks(byChance = {Rule.TENANTS_APART, Rule.COMMIT_ASKS_FOR_THE_STATE, Rule.LEDGER, Rule.ATOMIC})
    default void shouldCommitOrRelease() {
        new Duel<>(contested(100), it -> store().commit(it.life(), 60), it -> store().release(it.life()))
                .fight(rounds() / 2, (it, outcome) -> {
                    boolean committed = it.tenant().now(it.life()).state() == AllocationState.COMMITTED;
                    assertThat(outcome.left() instanceof CommitResult.Committed).isEqualTo(committed);
                    assertThat(outcome.left() instanceof CommitResult.Ended).isEqualTo(!committed);
                    assertThat(outcome.right() == ReleaseResult.RELEASED).isEqualTo(!committed);
                    it.tenant().assertConserved();
                });
    }

    @Test
    @Checks(
            value = Rule.TENANTS_APART,
            byChance = {Rule.SAME_CALL_SAME_RESERVATION, Rule.ATOMIC})
    default void shouldRetryOrAbandon() {
        new Duel<>(
                        contested(100),
                        it -> it.tenant().upload("photo", 100).reservePatiently(),
                        it -> store().abandon(it.life()))
                .fight(rounds() / 2, (it, outcome) -> {
                    Allocation retried = granted(outcome.left());
                    assertThat(retried.generation() == it.life().generation())
                            .isEqualTo(outcome.right() == ReleaseResult.NO_EFFECT);
                    assertThat(it.tenant().now(retried)).isEqualTo(retried);
                    assertThat(it.tenant().usage()).isEqualTo(new Usage(0, 100, 0, 1));
                    it.tenant().assertConserved();
                });
    }

    @Test
    @Checks(
            value = Rule.TENANTS_APART,
            byChance = {Rule.SAME_CALL_SAME_RESERVATION, Rule.ATOMIC})
    default void shouldCommitAndRetryWithoutLosingEither() {
        new Duel<>(
                        contested(100),
                        it -> store().commit(it.life(), 100),
                        it -> it.tenant().upload("photo", 100).reservePatiently())
                .fight(rounds() / 2, (it, outcome) -> {
                    outcome.only(CommitResult.Committed.class);
                    assertThat(outcome.right())
                            .isInstanceOfAny(ReserveResult.Granted.class, ReserveResult.AlreadyStored.class);
                    assertThat(it.tenant().usage()).isEqualTo(new Usage(100, 0, 1, 0));
                    it.tenant().assertConserved();
                });
    }

    @Test
    @Checks(value = Rule.TENANTS_APART, byChance = Rule.ATOMIC)
    default void shouldExtendOrCommit() {
        new Duel<>(contested(100), it -> it.tenant().extend(it.life(), 150), it -> store().commit(it.life(), 100))
                .fight(rounds() / 2, (it, outcome) -> {
                    outcome.only(CommitResult.Committed.class);
                    assertThat(outcome.left()).isInstanceOfAny(ExtendResult.Extended.class, ExtendResult.Ended.class);
                    assertThat(it.tenant().usage()).isEqualTo(new Usage(100, 0, 1, 0));
                    it.tenant().assertConserved();
                });
    }

    @Test
    @Checks(byChance = {Rule.TENANTS_APART, Rule.ATOMIC})
    default void shouldDeleteOnceForTwoCalls() {
        Supplier<Contested> stored = () -> {
            ContractTenant tenant = ContractTenant.of(this);
            return new Contested(tenant, tenant.upload("photo", 100).stored());
        };
        new Duel<>(stored, it -> it.tenant().delete("photo"), it -> it.tenant().delete("photo", ""))
                .fight(rounds() / 2, (it, outcome) -> {
                    assertThat(((DeleteResult) outcome.left()).freedBytes()
                                    + ((DeleteResult) outcome.right()).freedBytes())
                            .isEqualTo(100);
                    it.tenant().assertConserved();
                });
    }

    @Test
    @Checks(value = Rule.TENANTS_APART, byChance = Rule.ATOMIC)
    default void shouldDeleteOnceWhenDeleteAndReplacementMeet() {
        Supplier<Contested> replacing = () -> {
            ContractTenant tenant = ContractTenant.of(this);
            tenant.limits.bytes(tenant.root, 100);
            tenant.upload("photo", 100).version("v1").stored();
            return new Contested(
                    tenant,
                    tenant.upload("photo", 100).version("v2").replacing("v1").granted());
        };
        new Duel<>(
                        replacing,
                        it -> Race.<CommitResult>retry(() -> store().commit(it.life(), 100)),
                        it -> it.tenant().delete("photo", "v1"))
                .fight(rounds() / 2, (it, outcome) -> {
                    List<Allocation> deleted = ((DeleteResult) outcome.right()).deleted();
                    if (deleted.isEmpty()) {
                        outcome.only(CommitResult.Committed.class);
                    } else {
                        outcome.only(CommitResult.NotCovered.class);
                        it.tenant().extended(it.life(), 100);
                        it.tenant().committed(it.life(), 100);
                    }
                    assertThat(it.tenant().usage()).isEqualTo(new Usage(100, 0, 1, 0));
                    it.tenant().assertConserved();
                });
    }
}
