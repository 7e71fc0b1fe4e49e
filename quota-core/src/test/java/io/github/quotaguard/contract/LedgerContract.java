package io.github.quotaguard.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quotaguard.store.AccountId;
import io.github.quotaguard.store.Category;
import io.github.quotaguard.store.CategoryFilter;
import io.github.quotaguard.store.DeleteCommand;
import io.github.quotaguard.store.Entry;
import io.github.quotaguard.store.LedgerEntry;
import io.github.quotaguard.store.LedgerSearch;
import io.github.quotaguard.store.LedgerSlice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Entries of an account, newest first, each with the balance after it. */
interface LedgerContract extends StoreFixture {

    /** Leaves entries of several accounts, whose names begin alike, and categories, an hour apart and at once. */
    private static ContractTenant withEntries(StoreFixture fixture) {
        ContractTenant tenant = ContractTenant.of(fixture);
        tenant.upload("photo", 10).category("image").stored();
        tenant.upload("note", 20).stored();
        tenant.upload("other", 40).by(tenant.account("user-70")).stored();
        fixture.clock().advance(Duration.ofHours(1));
        tenant.upload("deep", 80)
                .by(tenant.account("user-7/laptop"))
                .category("image")
                .stored();
        tenant.upload("before", 160).by(tenant.account("user-7!")).stored();
        tenant.delete("photo");
        fixture.clock().advance(Duration.ofHours(1));
        tenant.upload("root", 320).by(tenant.root).category("text").stored();
        fixture.store().release(tenant.upload("song", 640).category("image").granted());
        return tenant;
    }

    @Test
    @Checks(Rule.LEDGER)
    @Needs(Capability.LEDGER)
    default void shouldListTheEntriesOfAnAccountAndBelowNewestFirstWithBalances() {
        ContractTenant tenant = withEntries(this);
        LedgerCheck ledger = new LedgerCheck(tenant);

        assertThat(ledger.list(tenant.user, 100))
                .extracting(listed ->
                        listed.entry().kind() + " " + listed.entry().id().file() + " " + listed.balanceAfter())
                .containsExactly(
                        "RELEASE song 100", "DELETE photo 100", "COMMIT deep 110", "COMMIT note 30", "COMMIT photo 10");
        for (AccountId account :
                List.of(tenant.root, tenant.user, tenant.account("user-7/laptop"), tenant.account("user-70"))) {
            for (int size : new int[] {1, 2, 3, 100}) {
                assertThat(ledger.list(account, size))
                        .as("%s by %s", account, size)
                        .isEqualTo(ledger.expected(account, CategoryFilter.ANY, null, null));
            }
        }
        assertThat(ledger.list(tenant.account("nobody"), 1)).isEmpty();
    }

    @Test
    @Needs(Capability.LEDGER)
    default void shouldKeepBalancesRightWhereEntriesAreLeftOut() {
        ContractTenant tenant = withEntries(this);
        LedgerCheck ledger = new LedgerCheck(tenant);
        Instant from = tenant.entries().get(3).settledAt();
        Instant to = tenant.entries().get(6).settledAt();

        for (AccountId account : List.of(tenant.root, tenant.user)) {
            for (CategoryFilter category :
                    List.of(CategoryFilter.ANY, CategoryFilter.NONE, CategoryFilter.of(new Category("image")))) {
                for (int size : new int[] {1, 2, 100}) {
                    assertThat(ledger.list(account, category, null, null, size))
                            .isEqualTo(ledger.expected(account, category, null, null));
                    assertThat(ledger.list(account, category, from, to, size))
                            .as("%s of %s by %s", category, account, size)
                            .isEqualTo(ledger.expected(account, category, from, to))
                            .allSatisfy(listed -> assertThat(listed.entry().settledAt())
                                    .isAfterOrEqualTo(from)
                                    .isBefore(to));
                    assertThat(ledger.list(account, category, Instant.MIN, Instant.MAX, size))
                            .isEqualTo(ledger.expected(account, category, null, null));
                }
            }
        }
        assertThat(ledger.list(tenant.root, CategoryFilter.ANY, from, to, 100)).hasSize(3);
    }

    @Test
    @Needs(Capability.LEDGER)
    default void shouldGoOnWhereAPageEndedWhileOthersWrite() {
        ContractTenant tenant = withEntries(this);
        LedgerCheck ledger = new LedgerCheck(tenant);
        List<LedgerEntry> before = ledger.expected(tenant.user, CategoryFilter.ANY, null, null);
        List<LedgerEntry> seen = new ArrayList<>();

        LedgerSlice slice = ledger.page(tenant.user, null, 2);
        for (int i = 0; slice.next() != null; i++) {
            seen.addAll(slice.entries());
            tenant.upload("later-" + i, 1_000).stored();
            slice = ledger.page(tenant.user, slice.next(), 2);
        }
        seen.addAll(slice.entries());

        assertThat(seen).isEqualTo(before);
    }

    /** Entries of one account fall behind where the page ended, those of another do not. */
    @Test
    @Checks(Rule.STORES_CLOCK)
    @Needs(Capability.LEDGER)
    default void shouldGoOnWhereAPageEndedWhileEntriesAreRolledUp() {
        ContractTenant tenant = ContractTenant.of(this);
        LedgerCheck ledger = new LedgerCheck(tenant);
        tenant.upload("early", 1).stored();
        clock().advance(Duration.ofHours(3));
        tenant.upload("a-1", 10).by(tenant.account("a")).stored();
        tenant.upload("b-1", 100).by(tenant.account("b")).stored();
        tenant.upload("a-2", 1_000).by(tenant.account("a")).stored();
        tenant.upload("b-2", 10_000).by(tenant.account("b")).stored();
        ledger.age();

        LedgerSlice slice = ledger.page(tenant.root, null, 2);
        ledger.rollUpAll(ledger.horizon(), 100);
        LedgerSlice next = ledger.page(tenant.root, slice.next(), 10);

        assertThat(slice.entries()).extracting(LedgerEntry::balanceAfter).containsExactly(11_111L, 1_111L);
        assertThat(next.entries()).extracting(LedgerEntry::balanceAfter).containsExactly(1L);
        ledger.assertRight();
    }

    @Test
    @Checks(Rule.LEDGER)
    @Needs(Capability.LEDGER)
    default void shouldNameWhoDidItAndWhy() {
        ContractTenant tenant = ContractTenant.of(this);
        tenant.upload("photo", 10).actor("kim").stored();
        tenant.upload("photo", 20)
                .version("v2")
                .actor("lee")
                .replacing("")
                .forced("moved")
                .stored();
        store().release(tenant.upload("film", 10).actor("sam").granted());
        store().delete(new DeleteCommand(tenant.user, "photo", "v2", "support", "ticket 4711"));

        List<Entry> entries = tenant.entries();

        assertThat(entries)
                .extracting(entry -> entry.kind() + " " + entry.actor() + " " + entry.reason())
                .containsExactlyInAnyOrder(
                        "COMMIT kim null",
                        "DELETE lee null",
                        "COMMIT lee moved",
                        "RELEASE sam null",
                        "DELETE support ticket 4711");
        assertThat(new LedgerCheck(tenant).list(tenant.user, 10))
                .extracting(listed -> listed.entry().actor())
                .containsExactlyInAnyOrder("support", "sam", "lee", "lee", "kim");
        assertThat(tenant.upload("photo", 10).actor("pat").granted().spec().actor())
                .isEqualTo("pat");
    }

    @Test
    @Needs(Capability.LEDGER)
    default void shouldNeverLetTheTimesOfSettlementGoBack() {
        ContractTenant tenant = withEntries(this);

        List<Instant> times = tenant.entries().stream().map(Entry::settledAt).toList();

        assertThat(times).isSorted();
    }

    @Test
    @Needs(Capability.LEDGER)
    default void shouldRefuseAPageOfTheLedgerOutsideItsRange() {
        ContractTenant tenant = ContractTenant.of(this);

        for (int size : new int[] {Integer.MIN_VALUE, 0, LedgerSearch.MAX_SIZE + 1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new LedgerSearch(tenant.root, CategoryFilter.ANY, null, null, null, size));
        }
    }
}
