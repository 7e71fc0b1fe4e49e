package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.store.Allocation;
import io.github.quotaguard.store.AllocationState;
import io.github.quotaguard.store.CommitResult;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.EntryKind;
import io.github.quotaguard.store.LedgerStore;
import io.github.quotaguard.store.ReleaseResult;
import io.github.quotaguard.store.RollUpResult;
import io.github.quotaguard.store.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The roll-up of the ledger: fewer entries, the same sums. */
interface RollUpContract extends StoreFixture {

    @Test
    @Checks({Rule.CATEGORIES, Rule.LEDGER, Rule.STORES_CLOCK})
    @Needs(Capability.LEDGER)
    default void shouldFoldEntriesIntoOnePerHourAccountAndCategory() {
        ContractTenant tenant = ContractTenant.of(this);
        LedgerCheck ledger = new LedgerCheck(tenant);
        tenant.upload("early", 1).stored();
        clock().advance(Duration.ofHours(2));
        tenant.upload("photo", 10).category("image").stored();
        tenant.upload("note", 20).stored();
        tenant.upload("other", 40).by(tenant.account("user-8")).stored();
        tenant.upload("film", 80).category("image").stored();
        tenant.delete("photo");
        store().release(tenant.upload("song", 640).category("sound").granted());
        ledger.age();
        tenant.upload("new", 160).category("image").stored();
        List<Entry> before = tenant.entries();

        RollUpResult result = ledger.rollUp(LedgerCheck.hourAfter(before.get(6)), 100);

        assertThat(result).isEqualTo(new RollUpResult(7, 4));
        assertThat(tenant.entries())
                .extracting(entry -> entry.seq() + " " + entry.kind() + " " + entry.bytes() + "/" + entry.addedBytes()
                        + " " + entry.files() + "/" + entry.addedFiles())
                .containsExactly(
                        "1 ROLLUP 1/1 1/1",
                        "3 ROLLUP 20/20 1/1",
                        "4 ROLLUP 40/40 1/1",
                        "6 ROLLUP 80/90 1/2",
                        "8 COMMIT 160/160 1/1");
        Entry images = tenant.entries().get(3);
        assertThat(images.id()).isNull();
        assertThat(images.account()).isEqualTo(tenant.user);
        assertThat(images.category()).isEqualTo(before.get(1).category());
        assertThat(images.settledAt()).isEqualTo(before.get(5).settledAt());
        assertThat(images.metadata()).isEmpty();
        assertThat(tenant.usage(tenant.root)).isEqualTo(new Usage(301, 0, 5, 0));
        ledger.assertRight();
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.LEDGER)
    default void shouldMergeAnHourOfWhichPartWasRolledUpBefore() {
        ContractTenant tenant = ContractTenant.of(this);
        LedgerCheck ledger = new LedgerCheck(tenant);
        for (int i = 0; i < 10; i++) {
            tenant.upload("photo-" + i, 1L << i)
                    .by(tenant.account(i % 3 == 0 ? "a" : "b"))
                    .stored();
        }
        ledger.age();
        Instant horizon = ledger.horizon();

        for (int limit : new int[] {1, 4, 2, 100}) {
            assertThat(ledger.rollUp(horizon, limit).isIdle()).isFalse();
            ledger.assertRight();
        }

        assertThat(ledger.rollUp(horizon, 100)).isEqualTo(new RollUpResult(0, 0));
        assertThat(tenant.entries())
                .allSatisfy(entry -> assertThat(entry.kind()).isEqualTo(EntryKind.ROLLUP));
        assertThat(tenant.entries())
                .extracting(entry -> entry.account() + " " + LedgerCheck.hourAfter(entry))
                .doesNotHaveDuplicates();
    }

    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.LEDGER)
    default void shouldLeaveWhatIsYoungerThanTheHorizon() {
        ContractTenant tenant = ContractTenant.of(this);
        LedgerCheck ledger = new LedgerCheck(tenant);
        tenant.upload("photo", 10).stored();
        clock().advance(Duration.ofHours(2));
        tenant.upload("film", 20).stored();
        ledger.age();

        ledger.rollUp(LedgerCheck.hourAfter(tenant.entries().get(0)), 100);

        assertThat(tenant.entries()).extracting(Entry::kind).containsExactly(EntryKind.ROLLUP, EntryKind.COMMIT);
        ledger.assertRight();
    }

    @Test
    @Checks({Rule.RELEASE_ONCE, Rule.COMMIT_ASKS_FOR_THE_STATE, Rule.STORES_CLOCK})
    @Needs(Capability.LEDGER)
    default void shouldAnswerForFilesWhoseEntriesWereRolledUp() {
        ContractTenant tenant = ContractTenant.of(this);
        LedgerCheck ledger = new LedgerCheck(tenant);
        Allocation stored = tenant.upload("photo", 10).version("v1").stored();
        Allocation ended = tenant.lifeIn(AllocationState.DELETED, tenant.upload("film", 20));
        Allocation released = tenant.lifeIn(AllocationState.RELEASED, tenant.upload("song", 20));
        ledger.age();
        stored = tenant.now(stored);
        ledger.rollUpAll(ledger.horizon(), 100);

        assertThat(tenant.now(stored)).isEqualTo(stored);
        assertThat(store().find(stored.id(), stored.generation())).contains(stored);
        assertThat(store().versions(tenant.name, "photo")).containsExactly(stored);
        assertThat(tenant.upload("photo", 10).version("v1").alreadyStored().generation())
                .isEqualTo(stored.generation());
        assertThat(store().commit(stored, 10)).isEqualTo(new CommitResult.Committed(stored));
        assertThat(store().commit(stored, 11)).isEqualTo(new CommitResult.Conflict(stored));
        assertThat(store().release(stored)).isEqualTo(ReleaseResult.COMMITTED);
        assertThat(store().commit(ended, 20)).isNotInstanceOf(CommitResult.Committed.class);
        assertThat(store().release(released)).isEqualTo(ReleaseResult.NO_EFFECT);
        assertThat(tenant.delete("film").deleted()).isEmpty();
        tenant.upload("photo", 30).version("v2").replacing("v1").stored();
        assertThat(tenant.usage()).isEqualTo(new Usage(30, 0, 1, 0));
        assertThat(tenant.delete("photo").freedBytes()).isEqualTo(30);
        assertThat(tenant.usage()).isEqualTo(Usage.NONE);
        ledger.assertRight();
    }

    @Test
    @Checks({Rule.LEDGER, Rule.STORES_CLOCK})
    @Needs(Capability.LEDGER)
    default void shouldGoOnNumberingWhenNothingIsLeft() {
        ContractTenant tenant = ContractTenant.of(this);
        LedgerCheck ledger = new LedgerCheck(tenant);
        tenant.upload("photo", 10).stored();
        store().release(tenant.upload("song", 20).granted());
        ledger.age();

        assertThat(ledger.rollUpAll(ledger.horizon(), 1)).isEqualTo(2);
        tenant.upload("film", 20).stored();

        assertThat(tenant.entries()).extracting(Entry::seq).containsExactly(1L, 3L);
        ledger.assertRight();
    }

    @Test
    @Needs(Capability.LEDGER)
    default void shouldRefuseAHorizonThatIsNotAnHourOrTooNear() {
        ContractTenant tenant = ContractTenant.of(this);
        LedgerCheck ledger = new LedgerCheck(tenant);
        tenant.upload("photo", 10).stored();
        Instant near = ledger.horizon().minus(LedgerStore.ROLL_UP_AGE).plus(Duration.ofHours(1));
        Instant far = near.minus(Duration.ofHours(3));

        tenant.assertUnchangedBy(() -> {
            assertThatIllegalArgumentException().isThrownBy(() -> ledger.rollUp(near, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> ledger.rollUp(far.plusSeconds(1), 1));
            assertThatIllegalArgumentException().isThrownBy(() -> ledger.rollUp(far, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> ledger.rollUp(far, LedgerStore.MAX_ROLL_UP + 1));
            assertThat(ledger.rollUp(far, 1).isIdle()).isTrue();
        });
    }

    @Test
    @Checks(value = Rule.STORES_CLOCK, byChance = Rule.ATOMIC)
    @Needs(Capability.LEDGER)
    default void shouldRollUpEachEntryOnceThoughManyDoItAtOnce() {
        ContractTenant tenant = ContractTenant.of(this);
        LedgerCheck ledger = new LedgerCheck(tenant);
        for (int i = 0; i < 40; i++) {
            tenant.upload("photo-" + i, i).by(tenant.account("user-" + i % 3)).stored();
        }
        ledger.age();
        Instant horizon = ledger.horizon();

        try (Race race = new Race(8)) {
            race.run(thread -> {
                if (thread < 4) {
                    for (int i = 0; i < 10; i++) {
                        ledger.rollUp(horizon, 1 + thread);
                    }
                } else {
                    Race.retry(() -> tenant.upload("later-" + thread, 1_000).stored());
                    Race.retry(() -> tenant.delete("photo-" + thread));
                }
                return thread;
            });
        }
        ledger.rollUpAll(horizon, 100);

        assertThat(tenant.entries().stream().filter(entry -> entry.kind() == EntryKind.ROLLUP))
                .hasSizeBetween(3, 6);
        ledger.assertRight();
    }
}
